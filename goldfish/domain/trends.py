"""Whether results of the same metric, split and direction get better, and whether the newest fell behind.

The rule of the trend: a straight line is fitted to the last results, at least three of them. They improve or worsen
when the line rises or falls over all of them by more than the tolerance, and by more than twice the standard error of
that rise. Anything less is flat.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from goldfish.domain.results import Against
from goldfish.domain.specs import Direction

Course = Literal["improving", "flat", "worsening"]

FEWEST = 3


def course(values: Sequence[float], direction: Direction, tolerance: float = 0.0) -> Course | None:
    """What becomes of values, oldest first; None where there are too few to tell."""
    count = len(values)
    if count < FEWEST:
        return None
    scale = max(abs(value) for value in values)
    if not scale:
        return "flat"
    heights = [value / scale for value in values]  # so that no sum overflows
    middle, mean = (count - 1) / 2, fmean(heights)
    spread = count * (count * count - 1) / 12
    slope = sum((at - middle) * (height - mean) for at, height in enumerate(heights)) / spread
    left = sum((height - mean - slope * (at - middle)) ** 2 for at, height in enumerate(heights))
    error = math.sqrt(left / (count - 2) / spread)
    rise = slope * (count - 1)
    if abs(rise) <= max(tolerance / scale, 2 * error * (count - 1), 1e-9):
        return "flat"
    return "improving" if (rise > 0) == (direction == "maximize") else "worsening"


def regressions(metric: str, newest: float, best: Against | None, previous: Against | None) -> list[str]:
    """A sentence for each earlier result than which the newest is worse by more than the tolerance."""
    found = []
    if best is not None and best.beyond and best.gain < 0:
        found.append(_worse(metric, newest, "best", best))
    told = best.run if found and best is not None else None
    if previous is not None and previous.beyond and previous.gain < 0 and previous.run != told:
        found.append(_worse(metric, newest, "previous", previous))
    return found


def _worse(metric: str, newest: float, which: str, other: Against) -> str:
    return f"{metric} {newest:.6g} is worse than the {which}, {other.value:.6g} of {other.run}, by {-other.gain:.3g}"
