"""Stages of a pipeline as they are written: what each reads, writes, and may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from goldfish.domain.config_schema import ConfigSchema
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import Limits, Loader, SignalType

WrittenContract = Mapping[str, JsonValue]  # as in the file; placeholders stand in it until the stage is configured


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
    contract: WrittenContract | None = None
    loader: Loader | None = None


@dataclass(frozen=True, slots=True)
class StageOutput:
    """Something a stage promises to write, or may write."""

    name: str
    type: SignalType
    contract: WrittenContract | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a pipeline: a Python module, or a command, that reads inputs and writes outputs."""

    name: str
    module: str = ""
    command: tuple[str, ...] = ()
    description: str = ""
    inputs: tuple[StageInput, ...] = ()
    outputs: tuple[StageOutput, ...] = ()
    defaults: dict[str, JsonValue] = field(default_factory=dict)
    config_schema: ConfigSchema = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    results: ResultsSpec | None = None
    printed: bool = False
    gather: bool = False
    reuse: bool = True

    @property
    def upstream(self) -> list[str]:
        """The stages whose outputs this one reads, in order, each once."""
        return list(dict.fromkeys(i.stage for i in self.inputs if i.stage is not None))
