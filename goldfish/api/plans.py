"""What a dry run answers: the whole plan, with the origin of every value and what would not have to be done again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from goldfish.api.answers import Tried
from goldfish.domain.event import Value
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import Limits, Origin, SignalType
from goldfish.queries.nearby import NearRun

From = Literal["stage", "source", "earlier run", "request"]


class PlannedValue(Value):
    """One value of a configuration, by its dotted key, and who gave it: the pipeline, its file, or the request."""

    value: JsonValue
    origin: Origin


class PlannedInput(Value):
    """One input. Without a digest its bytes do not exist yet: a stage of this run will write them."""

    name: str
    type: SignalType
    origin: From
    ref: str  # "digits@r1", "run-3/prepare.features", "prepare.features"
    digest: str | None


class PlannedOutput(Value):
    """One output, and what it has to be."""

    name: str
    type: SignalType
    optional: bool
    contract: dict[str, JsonValue] | None


class PlannedStage(Value):
    """One stage, resolved. `earlier` names the execution whose outputs would be taken over; `why` explains it."""

    stage: str
    does: str
    config: dict[str, PlannedValue]
    inputs: list[PlannedInput]
    outputs: list[PlannedOutput]
    variables: list[str]  # names of environment variables
    limits: Limits
    code: int | None  # files of code within reach; None: all of them …
    code_why: str | None  # … because of this
    fingerprint: str | None
    earlier: str | None
    why: str
    checks: list[str]
    results: ResultsSpec | None
    seconds: float | None  # expected, from earlier executions
    measured: int  # how many executions that rests on


class PlanAnswer(Value):
    """What `run` would do. Nothing was recorded and nothing is started."""

    workspace: str
    version: str  # the version that would be run
    is_new: bool  # whether it would be saved first
    tree: str
    pipeline: str
    seed: int | None
    fingerprint: str
    stages: list[PlannedStage]
    seconds: float | None  # expected for what would really be carried out; None when a stage was never seen
    tried: Tried | None = None
    near: list[NearRun] = Field(default_factory=list)
