"""Which way a metric is better, told from what people called a gain."""

from __future__ import annotations

from collections import Counter
from typing import Final

from goldfish.domain.specs import Direction, Judgement

AGREED: Final = 2 / 3  # of what speaks for either way


class Directions:
    """Counts what speaks for either way, for each metric."""

    def __init__(self) -> None:
        self._larger: dict[str, Counter[bool]] = {}

    def add(self, metric: str, value: float, other: float, verdict: Judgement) -> None:
        """A value was judged beside another one: a success is a gain, and a miss a loss."""
        if value != other and verdict in ("success", "miss"):
            larger_is_better = (value > other) == (verdict == "success")
            self._larger.setdefault(metric, Counter())[larger_is_better] += 1

    def of(self, metric: str | None) -> Direction | None:
        """The way that most of them speak for; None where they do not agree."""
        votes = self._larger.get(metric or "", Counter())
        larger, smaller = votes[True], votes[False]
        if not votes or max(larger, smaller) < AGREED * (larger + smaller):
            return None
        return "maximize" if larger > smaller else "minimize"
