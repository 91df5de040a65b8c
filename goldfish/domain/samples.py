"""Numbers that differ by their seed alone: how many, their mean and their spread."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from pydantic import Field

from goldfish.domain.event import Value

LARGEST = 1.7976931348623157e308  # the largest finite float: a spread or a difference can be larger


class Sample(Value):
    """The numbers of a side: `sd` is the sample standard deviation (n - 1), None for a single number."""

    n: int = Field(ge=1)
    mean: float
    sd: float | None = Field(default=None, ge=0)
    low: float | None = None  # the smallest …
    high: float | None = None  # … and the largest of them


class Floor(Value):
    """How much numbers of one configuration differ from seed to seed, as runs elsewhere show."""

    sd: float = Field(ge=0)
    degrees: float = Field(ge=1)  # degrees of freedom: over configurations, their numbers of seeds less one, summed
    source: str = "other runs"  # what it is known from, as it is said: "8 seeds of run-3"


def sample(values: Iterable[float]) -> Sample | None:
    """Of finite numbers; None of none at all."""
    found = [float(value) for value in values if math.isfinite(value)]
    if not found:
        return None
    sd = _sd(found) if len(found) > 1 else None
    return Sample(n=len(found), mean=statistics.mean(found), sd=sd, low=min(found), high=max(found))


def pooled(spreads: Iterable[tuple[float, float]], source: str = "other runs") -> Floor | None:
    """The floor that several configurations show together: (standard deviation, degrees of freedom) of each."""
    known = [(sd, degrees) for sd, degrees in spreads if degrees >= 1]
    if not known:
        return None
    total, largest = math.fsum(degrees for _, degrees in known), max(sd for sd, _ in known)
    if not largest:
        return Floor(sd=0.0, degrees=total, source=source)
    share = math.fsum(degrees / total * (sd / largest) ** 2 for sd, degrees in known)
    return Floor(sd=min(largest * math.sqrt(share), largest), degrees=total, source=source)


def _sd(values: list[float]) -> float:
    try:
        return statistics.stdev(values)
    except OverflowError:
        return LARGEST
