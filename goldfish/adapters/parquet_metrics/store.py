"""`MetricStore` as Parquet: the points of one execution, sealed into one file, in the order they were logged."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from goldfish.errors import ArtifactMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from goldfish.adapters.parquet_metrics.summaries import Summaries
    from goldfish.domain.names import Digest
    from goldfish.domain.values import MetricSummary
    from goldfish.ports import Artifacts

    Points = np.ndarray[tuple[int], np.dtype[np.void]]

_RECORD = [("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("at", "<f8")]
_RECORD_SIZE = 28  # bytes
_CHUNK = 1 << 20  # records held in memory, and rows of a row group
_MOST_NAMES = 10_000
_LARGEST_NAMES = 8 << 20  # bytes
_MOST_SUMMARIES = 1_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/:]{0,255}")
_LATEST = 253_402_300_799.0  # seconds since 1970 until the end of the year 9999
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class ParquetMetrics:
    """Seals metric points into `artifacts`; `scratch` is a directory for a file in the making."""

    def __init__(self, artifacts: Artifacts, scratch: Path) -> None:
        self._artifacts = artifacts
        self._scratch = scratch

    def seal(self, directory: Path) -> tuple[Digest | None, int, dict[str, MetricSummary], int]:
        """As the port says. Memory is bounded by a chunk of a million points, whatever the stage wrote."""
        from goldfish.adapters.parquet_metrics.summaries import Summaries

        names = _names(directory)
        with _opened(directory, "metrics.bin") as file:
            if file is None or not names:
                return None, 0, {}, 0
            used = _used(file, len(names))
            if not used:
                return None, 0, {}, 0
            # Sorted by name, so that the bytes depend on the points alone and not on who was named first.
            order = sorted(used, key=names.__getitem__)
            places = {number: place for place, number in enumerate(order)}
            series = Summaries(len(order))
            self._scratch.mkdir(parents=True, exist_ok=True)
            temporary = self._scratch / f"metrics.{secrets.token_hex(6)}.parquet"
            try:
                _write(temporary, [names[number] for number in order], _chunks(file, places), series)
                stored = self._artifacts.put_file(temporary)
            finally:
                temporary.unlink(missing_ok=True)
        summary = {names[number]: series.of(place) for place, number in enumerate(order[:_MOST_SUMMARIES])}
        return stored.digest, series.points, summary, max(0, len(order) - _MOST_SUMMARIES)

    def series(self, digest: Digest, metric: str | None = None) -> dict[str, list[tuple[int | None, float]]]:
        """As the port says."""
        import pyarrow
        import pyarrow.parquet

        try:
            table = pyarrow.parquet.read_table(
                self._artifacts.path(digest),
                columns=["metric", "step", "value"],
                filters=None if metric is None else [("metric", "=", metric)],
                page_checksum_verification=True,
            )
        except (pyarrow.ArrowException, OSError) as error:
            raise ArtifactMissing(digest=digest, why=str(error)) from error
        return _series(table)


def _series(table: pa.Table) -> dict[str, list[tuple[int | None, float]]]:
    """The points by metric; metrics come in the order of their names, points in the order they were logged."""
    import numpy as np

    metric = table.column("metric").unify_dictionaries().combine_chunks()
    if not len(metric):
        return {}
    numbers = metric.indices.to_numpy()
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    places = np.searchsorted(numbers[order], np.arange(len(metric.dictionary) + 1))
    steps = table.column("step").fill_null(-1).to_numpy()[order]
    values = table.column("value").to_numpy()[order]
    found: dict[str, list[tuple[int | None, float]]] = {}
    for number, name in enumerate(metric.dictionary.to_pylist()):
        here = slice(places[number], places[number + 1])
        known = [None if step < 0 else step for step in steps[here].tolist()]
        if known:
            found[name] = list(zip(known, values[here].tolist(), strict=True))
    return found


def _write(path: Path, names: list[str], chunks: Iterator[Points], series: Summaries) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [("metric", pa.dictionary(pa.int32(), pa.string())), ("step", pa.int64()), ("value", pa.float64())]
    schema = pa.schema([*columns, ("at", pa.timestamp("us", "UTC"))])
    with pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=1,
        use_dictionary=["metric"],
        write_page_checksum=True,
    ) as writer:
        for points in chunks:
            series.add(points["name"], points["step"], points["value"])
            writer.write_table(_table(points, names, schema), row_group_size=_CHUNK)


def _table(points: Points, names: list[str], schema: pa.Schema) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    seconds = np.clip(np.nan_to_num(points["at"]), 0.0, _LATEST)
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(points["name"].astype(np.int32), pa.array(names)),
            pa.array(points["step"], mask=points["step"] < 0),
            pa.array(np.ascontiguousarray(points["value"])),
            pa.array(np.round(seconds * 1e6).astype(np.int64)).cast(schema.field("at").type),
        ],
        schema=schema,
    )


def _names(directory: Path) -> list[str]:
    """The names by id. What follows a torn or unusable line is unknown, and so are the points that use it."""
    names: dict[str, None] = {}
    with _opened(directory, "metrics.names") as file:
        lines = file.read(_LARGEST_NAMES).split(b"\n")[:-1] if file is not None else []
    for line in lines[:_MOST_NAMES]:
        try:
            name = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in names:
            break
        names[name] = None
    return list(names)


def _used(file: BinaryIO, names: int) -> list[int]:
    """The name ids that occur."""
    import numpy as np

    counts = np.zeros(names, dtype=np.int64)
    for points in _raw(file):
        numbers = points["name"]
        counts += np.bincount(numbers[numbers < names], minlength=names)
    return [int(number) for number in np.flatnonzero(counts)]


def _chunks(file: BinaryIO, places: dict[int, int]) -> Iterator[Points]:
    """The points with their names replaced by places; points of unknown names are dropped."""
    import numpy as np

    place = np.full(_MOST_NAMES + 1, -1, dtype=np.int64)
    place[list(places)] = list(places.values())
    for points in _raw(file):
        found = place[np.minimum(points["name"], _MOST_NAMES)]
        known = points[found >= 0].copy()
        known["name"] = found[found >= 0]
        if len(known):
            yield known


def _raw(file: BinaryIO) -> Iterator[Points]:
    """Whole records from the beginning on; a torn last one is dropped."""
    import numpy as np

    file.seek(0)
    while data := file.read(_CHUNK * _RECORD_SIZE):
        yield np.frombuffer(data, dtype=_RECORD, count=len(data) // _RECORD_SIZE)


@contextmanager
def _opened(directory: Path, name: str) -> Iterator[BinaryIO | None]:
    """A regular file of the stage, links not followed; None when there is none."""
    try:
        descriptor = os.open(directory / name, _OPEN)
    except OSError:
        yield None
        return
    with os.fdopen(descriptor, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
