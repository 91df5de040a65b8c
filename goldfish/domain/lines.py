"""Lines to draw: one of several runs together, with fewer points where there are more than an eye can tell apart."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from goldfish.domain.event import Value

MOST = 1_000  # points of a line

Point = tuple[float, float]  # a step and a value


class Line(Value):
    """Values by step. A line of several runs has their mean, and the deviation around it where two or more are."""

    steps: list[float]
    values: list[float]
    sd: list[float | None]
    runs: int


def points(series: Sequence[tuple[int | None, float]]) -> list[Point]:
    """What was logged, by step: a point without a step has its index; of a step logged twice the last value counts.

    Values that are not finite cannot be drawn and are left out.
    """
    found = {float(index if step is None else step): value for index, (step, value) in enumerate(series)}
    return sorted((step, value) for step, value in found.items() if math.isfinite(value))


def line(several: Sequence[Sequence[Point]]) -> Line | None:
    """One line of the points of several runs; None of no points at all.

    Between two of its points a run is taken to go straight; before its first and after its last one it does not count.
    """
    known = [run for run in several if run]
    if not known:
        return None
    if len(known) == 1:
        kept = thinned(known[0])
        return Line(
            steps=[step for step, _ in kept], values=[value for _, value in kept], sd=[None] * len(kept), runs=1
        )
    steps = sorted({step for run in known for step, _ in run})
    if len(steps) > MOST:
        steps = [steps[round(place * (len(steps) - 1) / (MOST - 1))] for place in range(MOST)]
    columns = [[value for run in known if (value := at(run, step)) is not None] for step in steps]
    return Line(
        steps=steps,
        values=[statistics.mean(column) for column in columns],
        sd=[_deviation(column) for column in columns],
        runs=len(known),
    )


def at(run: Sequence[Point], step: float) -> float | None:
    """The value of a run at a step, on a straight line between its points; None outside of them."""
    place = bisect_left(run, (step, -math.inf))
    if place < len(run) and run[place][0] == step:
        return run[place][1]
    if place in (0, len(run)):
        return None
    (before, low), (after, high) = run[place - 1], run[place]
    share = (step - before) / (after - before)
    return low * (1 - share) + high * share


def thinned(run: Sequence[Point], most: int = MOST) -> list[Point]:
    """At most so many points, with the ends and, of each part, the smallest and the largest value."""
    if len(run) <= most:
        return list(run)
    inner = run[1:-1]
    parts = max(1, (most - 2) // 2)
    bounds = [round(place * len(inner) / parts) for place in range(parts + 1)]
    kept = {run[0], run[-1]}
    for begin, end in pairwise(bounds):
        part = inner[begin:end]
        if part:
            kept |= {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
    return sorted(kept)


def wants_logarithm(values: Sequence[float]) -> bool:
    """Whether a logarithmic axis shows more: all values are positive, and they span two decades or more."""
    return bool(values) and min(values) > 0 and max(values) / 100 >= min(values)


def _deviation(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    try:
        return statistics.stdev(values)
    except OverflowError:
        return None
