"""Levels of a series: where it began, how good and how bad it became, where it ended, and how noisy it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from goldfish.domain.checks.series import Points, at

WINDOWS = 100  # parts of a series whose medians are its course
SAMPLE = 33  # points looked at in each
STEPS = 3_000  # differences looked at for the noise
SIGMAS = 4.0
FAR = 10.0  # times the first level
MOST = 1e300  # larger ratios are not told apart


@dataclass(frozen=True, slots=True)
class Levels:
    """The course of one series. Levels are medians of a few points, but for `first`, which may be the first point.

    `times` is the late level in units of the first: 1 where nothing changed, and late / first for positive series.
    """

    points: int
    first: float
    best: float
    worst: float
    late: float
    times: float
    noise: float  # standard deviation of single points, on a scale that is logarithmic above the first level
    beyond_noise: bool  # the rise is more than four standard deviations of its own error
    stays: bool  # the late level is at least half of the worst that was usual, or half of the course was as far
    rising: bool  # … and a fifth above all of the third quarter
    since: str = ""  # from where on the level stayed above ten times the first; where the end begins, if it did not


def levels(points: Points, fewest: int) -> Levels | None:
    """The course of the finite values, measured from their first point, or from the median of the first few.

    The median serves where it is higher, so that a single low first point decides nothing unless the rise is clear.

    None when there are fewer than `fewest`. Reads every value once and then at most 10,000 of them.
    """
    kept = [index for index, (_, value) in enumerate(points) if math.isfinite(value)]
    if len(kept) < fewest:
        return None
    values = [points[index][1] for index in kept]
    few = min(25, max(3, len(values) // 50))
    width = _width(values)
    starts = range(0, len(values) - width + 1, width)
    course = [median(values[start : start + width : max(1, width // SAMPLE)]) for start in starts]
    course.append(median(values[-few:]))
    firsts = [(values[0], 1.0)]
    if (begun := median(values[:few])) > values[0]:
        firsts.append((begun, math.pi / 2 / few))
    found = [_measured(first, error, values, course, few) for first, error in firsts]
    chosen, onset = max(found, key=lambda pair: (pair[0].beyond_noise, pair[0].times))
    return replace(chosen, since=at(points, kept[onset]))


def _measured(
    first: float, error: float, values: Sequence[float], course: Sequence[float], few: int
) -> tuple[Levels, int]:
    """The course as seen from one first level, whose variance is `error` times that of a point; and where it rose."""
    scale = _Scale.of(first, course)
    noise = scale.noise(values) * (1 + 8 / len(values))  # few differences may agree by chance
    above = [scale.times(level) for level in course]
    third_quarter = above[len(above) // 2 - 1 : max(len(above) // 2, len(above) * 3 // 4)]
    levels = Levels(
        points=len(values),
        first=first,
        best=min(first, *course),
        worst=max(first, *course),
        late=course[-1],
        times=above[-1],
        noise=noise,
        beyond_noise=scale.log(course[-1]) - scale.log(first) > SIGMAS * noise * math.sqrt(error + math.pi / 2 / few),
        stays=above[-1] >= sorted(above)[len(above) * 9 // 10] / 2 or median(above) >= FAR,
        rising=above[-1] >= 1.2 * max(third_quarter),
    )
    calm = next((i for i in range(len(above) - 1, -1, -1) if above[i] < FAR), -1)  # the last part that was not high
    return levels, _onset(scale, values, max(0, min(calm * _width(values), len(values) - few)))


def _onset(scale: _Scale, values: Sequence[float], start: int) -> int:
    """Where the values become high and are no single spike, from `start` on."""

    def high(value: float) -> bool:
        return scale.times(value) >= FAR

    onsets = (i for i in range(start, len(values)) if high(values[i]) and high(median(values[i : i + 3])))
    return next(onsets, start)


def _width(values: Sequence[float]) -> int:
    return max(3, len(values) // WINDOWS)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Measures levels in the largest of: the first level, the best one, the way between them. Signs do not matter."""

    first: float
    unit: float

    @classmethod
    def of(cls, first: float, course: Sequence[float]) -> _Scale:
        best = min(first, *course)
        unit = max(abs(first), abs(best), _bounded(first - best))
        return cls(first, unit or median([abs(level) for level in course]) or 1.0)

    def times(self, level: float) -> float:
        return 1 + _bounded(level / self.unit) - _bounded(self.first / self.unit)

    def log(self, value: float) -> float:
        """Linear within the unit, logarithmic far above it, and defined for negative values."""
        return math.asinh(_bounded(value / self.unit))

    def noise(self, values: Sequence[float]) -> float:
        """The standard deviation of single points around their course, from the median absolute deviation of steps."""
        stride = max(1, len(values) // STEPS)
        steps = [self.log(values[i + 1]) - self.log(values[i]) for i in range(0, len(values) - 1, stride)]
        middle = median(steps)
        return 1.4826 / math.sqrt(2) * median([abs(step - middle) for step in steps])


def median(values: Sequence[float]) -> float:
    """The lower median: always one of the values, so that it cannot overflow."""
    return sorted(values)[(len(values) - 1) // 2]


def _bounded(value: float) -> float:
    return max(-MOST, min(MOST, value))
