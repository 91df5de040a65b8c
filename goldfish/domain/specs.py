"""What a run is judged by, said before it runs: the metric, its direction, and what would be good enough."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value, later

Direction = Literal["maximize", "minimize"]
Split = Literal["train", "val", "test", "other"]
Pick = Literal["last", "best"]
Judgement = Literal["success", "partial", "miss", "unknown"]


class ResultsSpec(Value):
    """How a stage is judged. `pick` says which logged value counts: the last one, or the best over all steps."""

    metric: str
    direction: Direction
    split: Split = "val"
    pick: Pick = "last"
    minimum: float | None = later(None)  # worse than this is a miss
    goal: float | None = later(None)  # at least this good is a success
    tolerance: float = Field(default=0.0, ge=0)  # differences up to this are noise
    secondary: list[str] = later([])
    baseline: str | None = later(None)  # "@best", "run-3": what it is compared with
    context: str | None = later(None)
    caveats: list[str] = later([])

    def gain(self, value: float, other: float) -> float:
        """By how much a value is better than another one; negative where it is worse."""
        return value - other if self.direction == "maximize" else other - value


class StageValue(Value):
    """The number that a stage is judged by, as somebody confirmed it, with all that tells it from other numbers."""

    stage: str
    metric: str
    split: Split
    direction: Direction
    value: float | None  # None: it has no number
    step: int | None = None
