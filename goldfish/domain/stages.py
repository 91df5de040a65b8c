"""Stages of a pipeline as they are written: what each reads, writes, and may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from goldfish.domain.values import Limits, OutputPlan, SignalType


@dataclass(frozen=True, slots=True)
class StageInput:
    """Something a stage reads: an output of another stage, or a source.

    `type` is None only for a source whose type is left to the source itself.
    """

    name: str
    type: SignalType | None
    stage: str | None = None
    signal: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a pipeline: a Python module that reads inputs and writes outputs."""

    name: str
    module: str
    description: str = ""
    inputs: tuple[StageInput, ...] = ()
    outputs: tuple[OutputPlan, ...] = ()
    defaults: dict[str, JsonValue] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    @property
    def upstream(self) -> list[str]:
        """The stages whose outputs this one reads, in order, each once."""
        return list(dict.fromkeys(i.stage for i in self.inputs if i.stage is not None))
