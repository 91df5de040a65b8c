"""What another system recorded of an experiment, told in our words. Its ids stay as they are: people know them."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue

from goldfish.domain.event import Value
from goldfish.domain.specs import Direction, Judgement
from goldfish.domain.values import MetricSummary, Outcome, Reason

Format = Literal["experiments", "incident", "results", "mlflow", "wandb", "tensorboard"]  # what can be read
System = Literal["experiments", "incident", "mlflow", "wandb", "tensorboard", "autoresearch"]


class Change(Value):
    """One thing that an experiment changed against what it was compared with. Values as the record writes them."""

    name: str
    before: str | None = None
    after: str | None = None


class ForeignInput(Value):
    """Data that an experiment read: how it was called, and its digest where one was recorded."""

    name: str
    digest: str | None = None


class ForeignCode(Value):
    """The code of an experiment: a commit or another hash, what people called it, and whether it was ever committed."""

    hash: str | None = None
    label: str | None = None
    committed: bool | None = None


class ForeignVerdict(Value):
    """What somebody said that an experiment achieved: in our words, and in theirs."""

    verdict: Judgement
    said: str  # their word, like "win"


class ForeignJudgement(ForeignVerdict):
    """What somebody said later on of an experiment: `of` is its id there."""

    of: str
    happened: AwareDatetime
    by: str | None = None  # the experiment that showed it, or who said it
    note: str | None = None  # what is known of it since then


class ForeignExperiment(Value):
    """One experiment as it was recorded elsewhere. What has no field of its own is kept in `labels`."""

    system: System
    id: str  # its id there, like E2278
    item: str | None = None  # what its rounds have in common there, like a pull request
    group: str | None = None  # the experiment, sweep or series that it belongs to
    happened: AwareDatetime  # when its outcome was known there
    began: AwareDatetime | None = None
    by: str | None = None
    reason: Reason
    changed: list[Change] = Field(default_factory=list)
    config: dict[str, JsonValue] = Field(default_factory=dict)
    inputs: list[ForeignInput] = Field(default_factory=list)
    code: ForeignCode | None = None
    seed: int | None = None
    parents: list[str] = Field(default_factory=list)  # ids of experiments there that it builds on
    metrics: dict[str, MetricSummary] = Field(default_factory=dict)
    points: str | None = None  # the digest of its metric points, a Parquet file
    metric: str | None = None  # the one it is judged by …
    direction: Direction | None = None  # … and which way that is better
    against: str | None = None  # the id there of what it was compared with …
    against_metrics: dict[str, float] = Field(default_factory=dict)  # … and what that had reached
    outcome: Outcome | None = None  # None: it had not ended
    cause: str | None = None
    seconds: float | None = None
    verdict: ForeignVerdict | None = None
    note: str | None = None
    labels: dict[str, JsonValue] = Field(default_factory=dict)
