"""What is told about an earlier run that was nearly the same experiment."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.event import Value
from goldfish.domain.values import Outcome

Aspect = Literal["stage", "setting", "input", "code", "seed", "environment"]
Side = Literal["before", "after"]


class Departure(Value):
    """One thing that differs, from the earlier run to the new one.

    `only` says which of them has it at all. Of code, `paths` are the first files that differ, and `more` counts others.
    """

    aspect: Aspect
    stage: str | None = None
    name: str
    before: JsonValue = None
    after: JsonValue = None
    only: Side | None = None
    paths: list[str] = Field(default_factory=list)
    more: int = 0


class NearRun(Value):
    """An earlier run that was nearly the same experiment. What differs leads from that run to the new one."""

    run: str
    version: str
    likeness: float  # 0 to 1
    state: Literal["open", "finished", "parked"]
    outcome: Outcome | None
    cause: str | None
    tested: bool  # it came to an end that says something: not when it crashed, was stopped or lost, or is under way
    description: str
    requested_at: datetime
    actor: str
    differs: list[Departure]
