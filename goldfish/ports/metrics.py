"""Points of metrics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

from goldfish.domain.names import Digest
from goldfish.ports.data import Sealed


class Point(NamedTuple):
    """One value of a metric. `at` is in seconds since 1970."""

    metric: str
    value: float
    step: int | None = None
    at: float | None = None


class MetricStore(Protocol):
    """Metric points as sealed Parquet files."""

    def seal(self, directory: Path, *, printed: bool = False) -> Sealed:
        """Turn the points that a stage wrote in `directory` into one stored Parquet file.

        They are in metrics.bin, in metrics.txt, or, when `printed` and neither says anything, in lines of the log.
        Columns: metric (dictionary of text), step (int64, nullable), value (float64, NaN and infinities kept),
        at (timestamp[us, UTC], null where nobody wrote it). A torn last record, as kill -9 leaves it, is dropped.
        Deterministic: the same points give the same digest.
        """

    def keep(self, points: Iterable[Point]) -> Sealed:
        """Seal points that were recorded elsewhere, as `seal` does. Metrics may have any name of up to 256 characters.

        A negative step is none. What has an unusable name or step is left out, and counted in `unread`.
        """

    def series(self, digest: Digest, metric: str | None = None) -> dict[str, list[tuple[int | None, float]]]:
        """The points of a sealed file in the order they were logged: metric → (step, value).

        Raises `ArtifactMissing`.
        """
