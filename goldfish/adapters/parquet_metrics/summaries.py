"""Summaries of many metric series at once, added up chunk by chunk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goldfish.domain.values import MetricSummary

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Summaries:
    """One summary per series; series are numbered from 0. Ties of the extremes go to the earliest point."""

    def __init__(self, series: int) -> None:
        self.points = 0
        self._count = np.zeros(series, np.int64)
        self._finite = np.zeros(series, np.int64)
        self._last_is_finite = np.zeros(series, np.bool_)
        self._first, self._last = np.zeros(series), np.zeros(series)
        self._min, self._max = np.full(series, np.inf), np.full(series, -np.inf)
        self._min_step, self._max_step, self._last_step = (np.zeros(series, np.int64) for _ in range(3))

    def add(self, number: NDArray[np.integer], step: Integers, value: Floats) -> None:
        """Take the next points; a negative step is none, and becomes the point's index in its series."""
        order = np.argsort(number.astype(np.uint16), kind="stable")  # 16 bits: numpy sorts by radix
        numbers, steps, values = number[order].astype(np.int64), step[order], value[order]
        starts, sizes = _groups(numbers)
        here = numbers[starts]
        index = np.arange(len(numbers)) - np.repeat(starts - self._count[here], sizes)
        steps = np.where(steps < 0, index, steps)
        finite = np.isfinite(values)
        self.points += len(numbers)
        self._count[here] += sizes
        self._last_is_finite[here] = finite[starts + sizes - 1]
        if finite.any():
            self._add_finite(numbers[finite], steps[finite], values[finite])

    def of(self, number: int) -> MetricSummary:
        """The summary of one series."""
        some = bool(self._finite[number])
        return MetricSummary(
            count=int(self._count[number]),
            non_finite=int(self._count[number] - self._finite[number]),
            first=float(self._first[number]) if some else None,
            last=float(self._last[number]) if some else None,
            last_is_finite=bool(self._last_is_finite[number]),
            min=float(self._min[number]) if some else None,
            max=float(self._max[number]) if some else None,
            min_step=int(self._min_step[number]) if some else None,
            max_step=int(self._max_step[number]) if some else None,
            last_step=int(self._last_step[number]) if some else None,
        )

    def _add_finite(self, numbers: Integers, steps: Integers, values: Floats) -> None:
        starts, sizes = _groups(numbers)
        ends = starts + sizes - 1
        here = numbers[starts]
        self._first[here] = np.where(self._finite[here] > 0, self._first[here], values[starts])
        self._last[here], self._last_step[here] = values[ends], steps[ends]
        self._finite[here] += sizes
        lowest = _earliest(values, np.minimum.reduceat(values, starts), starts, sizes)
        highest = _earliest(values, np.maximum.reduceat(values, starts), starts, sizes)
        lower = values[lowest] < self._min[here]
        higher = values[highest] > self._max[here]
        self._min[here[lower]], self._min_step[here[lower]] = values[lowest[lower]], steps[lowest[lower]]
        self._max[here[higher]], self._max_step[here[higher]] = values[highest[higher]], steps[highest[higher]]


def _groups(numbers: Integers) -> tuple[Integers, Integers]:
    """Where each series begins in sorted numbers, and how long it is."""
    starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    return starts, np.diff(np.append(starts, len(numbers)))


def _earliest(values: Floats, wanted: Floats, starts: Integers, sizes: Integers) -> Integers:
    """Where each series has the value wanted for it first."""
    places = np.where(values == np.repeat(wanted, sizes), np.arange(len(values)), len(values))
    found: Integers = np.minimum.reduceat(places, starts)
    return found
