"""What is answered about contracts and pipelines."""

from __future__ import annotations

from pydantic import JsonValue

from goldfish.domain.event import Value
from goldfish.domain.values import SignalType

WrittenContract = dict[str, JsonValue]  # in the words of pipeline.yaml


class SignalContract(Value):
    """One output of a stage: what it must be, what was found in the bytes, and what about them is not as declared."""

    stage: str
    signal: str
    type: SignalType
    declared: WrittenContract | None
    observed: WrittenContract | None
    ref: str | None  # the bytes that were looked at: "run-3/prepare.features"
    violated: list[str]


class ContractsAnswer(Value):
    """The contracts of a run, or of the pipeline of a workspace held against what was written there last."""

    of: str
    pipeline: str
    signals: list[SignalContract]
    yaml: str  # the observed contracts, as a pipeline would say them


class AdoptedAnswer(Value):
    """Contracts that were written into a pipeline, or would be."""

    workspace: str
    path: str
    adopted: list[SignalContract]
    written: bool
    patch: str


class PipelineProblem(Value):
    """Something that keeps a pipeline from being run, and the file it is in."""

    file: str
    error: str
    problem: str


class PipelineCheck(Value):
    """One pipeline of a workspace, looked at without running it."""

    workspace: str
    pipeline: str
    file: str
    stages: list[str]
    problems: list[PipelineProblem]


class CheckAnswer(Value):
    """Every pipeline that was looked at."""

    checked: list[PipelineCheck]


class DrawnSignal(Value):
    """An input or output: its name, type if it is known, where it comes from, and what it must be."""

    name: str
    type: SignalType | None
    source: str | None  # "prepare.features", "source:digits"; None for an output
    contract: WrittenContract | None
    optional: bool = False


class DrawnStage(Value):
    """A stage in the order of its data."""

    name: str
    does: str
    description: str
    inputs: list[DrawnSignal]
    outputs: list[DrawnSignal]


class PipelineAnswer(Value):
    """A pipeline as it is written."""

    workspace: str
    name: str
    file: str
    description: str
    stages: list[DrawnStage]
    mermaid: str
