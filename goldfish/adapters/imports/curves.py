"""The points of one run, counted before they are handed on, so that what is wrong with them is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pydantic import JsonValue

from goldfish.adapters.imports.fields import NAME, summary
from goldfish.domain.values import MetricSummary
from goldfish.ports import Point

MOST: Final = 10_000  # metrics of a run
SUMMARIES: Final = 1_000  # of them in the record itself
COUNTED: Final = 1_000_000  # further ones
HELD: Final = 20_000  # points in memory; more are read twice
_LARGEST_STEP: Final = (1 << 63) - 1

Reader = Callable[[], Iterator[Point | None]]  # None: a point that cannot be understood


@dataclass(frozen=True, slots=True)
class Curves:
    """What is known of the metrics of a run; `points` is None where every metric has one point at most."""

    metrics: dict[str, MetricSummary] = field(default_factory=dict)
    points: Callable[[], Iterable[Point]] | None = None
    left_out: dict[str, JsonValue] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def gathered(read: Reader) -> Curves:
    """Read all points once. Raises `Unusable` as `read` does."""
    held = list(islice(read(), HELD + 1))
    many = len(held) > HELD
    counted = _Counted()
    for point in read() if many else held:
        counted.add(point)
    left_out: dict[str, JsonValue] = {"points": counted.bad} if counted.bad else {}
    left_out |= {"metrics": len(counted.beyond)} if counted.beyond else {}
    names = counted.first
    if not counted.repeated and len(names) <= SUMMARIES:
        return Curves({name: _alone(point) for name, point in names.items()}, None, left_out, frozenset(names))

    def points() -> Iterator[Point]:
        for point in read() if many else held:
            if point is not None and point.metric in names and _usable(point):
                yield point

    return Curves({}, points, left_out, frozenset(names))


@dataclass
class _Counted:
    first: dict[str, Point] = field(default_factory=dict)
    beyond: set[str] = field(default_factory=set)
    repeated: bool = False
    bad: int = 0

    def add(self, point: Point | None) -> None:
        if point is None or not _usable(point):
            self.bad += 1
            return
        if point.metric in self.first:
            self.repeated = True
        elif len(self.first) < MOST:
            self.first[point.metric] = point
        elif len(self.beyond) < COUNTED:
            self.beyond.add(point.metric)


def _usable(point: Point) -> bool:
    fits = 0 < len(point.metric) <= NAME and point.metric.isprintable()
    return fits and (point.step is None or point.step <= _LARGEST_STEP)


def _alone(point: Point) -> MetricSummary:
    found = summary(point.value)
    step = point.step if point.step is not None and point.step >= 0 else 0
    known = step if found.last_is_finite else None
    return found.model_copy(update={"min_step": known, "max_step": known, "last_step": step})
