"""The values that events share: reasons, limits, signals, plans."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.contracts import Contract
from goldfish.domain.event import Value, later
from goldfish.domain.specs import ResultsSpec

SignalType = Literal["npy", "npz", "csv", "parquet", "json", "file", "directory"]
Origin = Literal["default", "config", "override"]
Outcome = Literal["succeeded", "failed", "cancelled", "lost"]
EndReason = Literal["exited", "signalled", "time-limit", "memory-limit", "stopped"]
Verdict = Literal["passed", "failed", "not-applicable"]
Severity = Literal["block", "warn", "record"]

SUFFIX: dict[SignalType, str] = {
    "npy": ".npy",
    "npz": ".npz",
    "csv": ".csv",
    "parquet": ".parquet",
    "json": ".json",
    "file": "",
    "directory": "",
}


class Reason(Value):
    """Why somebody wants a run: what they try, believe, do and expect."""

    description: str
    hypothesis: str | None = None
    approach: str | None = None
    expected: str | None = None


class Limits(Value):
    """What one stage execution may use: seconds of wall time, bytes of memory, of log and of outputs."""

    seconds: float = Field(default=3600, gt=0)
    memory: int = Field(default=4 << 30, gt=0)
    log: int = Field(default=64 << 20, gt=0)
    outputs: int = Field(default=64 << 30, gt=0)


class OutputPlan(Value):
    """An output that a stage promises to write."""

    name: str
    type: SignalType
    contract: Contract | None = later(None)
    optional: bool = later(False)  # a stage that does not write it succeeds all the same


class Loader(Value):
    """A function of the workspace that turns the path of an input into the object the stage gets."""

    script: str
    function: str = "load"


class InputPlan(Value):
    """An input of a stage and where its bytes come from: a stage of this run, or bytes known by digest."""

    name: str
    type: SignalType
    stage: str | None = None  # a stage of the same run …
    signal: str | None = None  # … and its output
    digest: str | None = None  # else: these bytes …
    ref: str | None = None  # … known as "digits@r1" or "run-3/prepare.features"
    contract: Contract | None = later(None)
    loader: Loader | None = later(None)
    overridden: bool = later(False)  # the request named these bytes, not the pipeline


class StagePlan(Value):
    """One stage of a run, resolved: nothing about it is decided later but the digests of upstream outputs.

    It is a Python module, or a command: a program and its arguments, run in the directory of the code.
    """

    name: str
    module: str = ""
    command: list[str] = later([])
    inputs: list[InputPlan] = Field(default_factory=list)
    outputs: list[OutputPlan] = Field(default_factory=list)
    config: dict[str, JsonValue] = Field(default_factory=dict)
    overridden: list[str] = Field(default_factory=list)  # dotted keys of config that the request set …
    defaulted: list[str] = later([])  # … and that only the pipeline's defaults gave
    environment: dict[str, str] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    results: ResultsSpec | None = later(None)
    code: list[str] | None = later(None)  # the files of the workspace that it can reach; None: all of them
    reuse: bool = later(True)  # earlier executions of the same work may stand in for this one
    gather: bool = later(False)  # files that the stage adds to or changes in its code directory are its output "files"
    printed: bool = later(False)  # lines like "loss: 0.3" in its log are metrics

    @property
    def upstream(self) -> list[str]:
        """The stages of this run whose outputs this stage reads, in order, each once."""
        return list(dict.fromkeys(i.stage for i in self.inputs if i.stage is not None))


class Environment(Value):
    """What the code ran on: interpreter, platform, and the digest of the full package list."""

    python: str
    platform: str
    packages: str | None = None  # digest of the JSON object {package: version} in the artifact store


class ResolvedInput(Value):
    """An input with the digest of the bytes that were really given to the stage."""

    name: str
    type: SignalType
    digest: str
    ref: str


class LogFile(Value):
    """The kept output of a process: digest of what was kept, bytes kept, bytes written."""

    digest: str
    kept: int
    written: int


class Failure(Value):
    """The error that a stage itself reported."""

    type: str
    message: str
    where: str | None = None  # "modules/train.py:41"


class MetricSummary(Value):
    """One metric of one execution. `None` where no finite value exists. Steps are the caller's or the point's index."""

    count: int
    non_finite: int
    first: float | None
    last: float | None
    last_is_finite: bool
    min: float | None
    max: float | None
    min_step: int | None
    max_step: int | None
    last_step: int | None


class Skipped(Value):
    """A path that a snapshot leaves out, and why."""

    path: str
    why: str
