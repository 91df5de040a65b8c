"""Stage executions: what really happened when a stage of a run was carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from goldfish.domain.event import Event, later
from goldfish.domain.folding import after
from goldfish.domain.names import Stream
from goldfish.domain.values import (
    EndReason,
    Failure,
    LogFile,
    MetricSummary,
    Outcome,
    ResolvedInput,
    Severity,
    SignalType,
    Verdict,
)

BEYOND_REACH = "code.reach"  # the check that finds code which the fingerprint does not cover


@dataclass(frozen=True, slots=True)
class Execution:
    """One stage of one run. It is intended, launched, it ends, its evidence is kept, and it is concluded once."""

    class LaunchIntended(Event):
        """It is about to be launched with these inputs. Written before anything outside is touched."""

        NAME: ClassVar[str] = "execution.launch-intended"
        attempt: int
        backend: str
        inputs: list[ResolvedInput]
        fingerprint: str | None = later(None)  # equal for executions that do the same work on the same bytes

    class Reused(Event):
        """Nothing is launched: an earlier execution did the same work, and what it wrote is taken over."""

        NAME: ClassVar[str] = "execution.reused"
        execution: str  # "run-3/prepare"
        fingerprint: str
        inputs: list[ResolvedInput]

    class Launched(Event):
        """The backend says it is under way, under this handle."""

        NAME: ClassVar[str] = "execution.launched"
        handle: str

    class LaunchRefused(Event):
        """The backend will not have it, and asking again would not help."""

        NAME: ClassVar[str] = "execution.launch-refused"
        why: str

    class StopRequested(Event):
        """Somebody, or a policy, asked it to stop."""

        NAME: ClassVar[str] = "execution.stop-requested"
        reason: str

    class Exited(Event):
        """The process ended. Times are UTC, `seconds` is measured by a monotonic clock."""

        NAME: ClassVar[str] = "execution.exited"
        ended_by: EndReason
        exit_code: int | None
        signal: int | None
        seconds: float
        peak_memory: int | None
        failure: Failure | None

    class Lost(Event):
        """Nobody can say how it ended."""

        NAME: ClassVar[str] = "execution.lost"
        why: str

    class OutputCaptured(Event):
        """An output was kept, byte for byte, under its digest."""

        NAME: ClassVar[str] = "execution.output-captured"
        name: str
        type: SignalType
        digest: str
        size: int
        described: dict[str, JsonValue]  # what its header says: shape, dtype, columns, rows, files

    class OutputRefused(Event):
        """A declared output is missing or is not what was declared."""

        NAME: ClassVar[str] = "execution.output-refused"
        name: str
        type: SignalType
        why: str

    class MetricsSealed(Event):
        """All metric points were kept as one Parquet file; the summary is of every point."""

        NAME: ClassVar[str] = "execution.metrics-sealed"
        digest: str | None
        points: int
        summary: dict[str, MetricSummary]
        more: int = 0  # metrics beyond the summary's limit; their points are in the file

    class LogKept(Event):
        """What the process printed was kept."""

        NAME: ClassVar[str] = "execution.log-kept"
        log: LogFile

    class ArtifactLogged(Event):
        """The stage handed over a file besides its declared outputs."""

        NAME: ClassVar[str] = "execution.artifact-logged"
        name: str
        digest: str
        size: int

    class CheckEvaluated(Event):
        """A check looked at the evidence and came to a verdict; passes are recorded too."""

        NAME: ClassVar[str] = "execution.check-evaluated"
        check: str
        subject: str
        verdict: Verdict
        severity: Severity
        sentence: str
        evidence: dict[str, JsonValue]

    class Concluded(Event):
        """All evidence is in; this is how it ended, and why in one sentence."""

        NAME: ClassVar[str] = "execution.concluded"
        outcome: Outcome
        cause: str

    stream: Stream
    version: int = 0
    intended: Execution.LaunchIntended | None = None
    reused: Execution.Reused | None = None
    launched: Execution.Launched | None = None
    refused: Execution.LaunchRefused | None = None
    stop_reason: str | None = None
    exited: Execution.Exited | None = None
    lost: Execution.Lost | None = None
    outputs: dict[str, Execution.OutputCaptured] = field(default_factory=dict)
    sealed: Execution.MetricsSealed | None = None
    is_covered: bool = True  # whether its fingerprint covers all the code that it imported
    concluded: Execution.Concluded | None = None

    def apply(self, event: Event) -> Execution:
        """The execution after this fact. Late evidence is accepted in any state."""
        match event:
            case Execution.LaunchIntended():
                return after(self, intended=event)
            case Execution.Reused():
                return after(self, reused=event)
            case Execution.Launched():
                return after(self, launched=event)
            case Execution.LaunchRefused():
                return after(self, refused=event)
            case Execution.StopRequested():
                return after(self, stop_reason=event.reason)
            case Execution.Exited():
                return after(self, exited=event)
            case Execution.Lost():
                return after(self, lost=event)
            case _:
                return self._apply_evidence(event)

    def _apply_evidence(self, event: Event) -> Execution:
        match event:
            case Execution.OutputCaptured():
                return after(self, outputs={**self.outputs, event.name: event})
            case Execution.MetricsSealed():
                return after(self, sealed=event)
            case Execution.CheckEvaluated() if event.check == BEYOND_REACH:
                return after(self, is_covered=False)
            case Execution.Concluded():
                return after(self, concluded=event)
            case _:
                return after(self)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it has not."""
        return self.concluded.outcome if self.concluded else None

    @property
    def cause(self) -> str | None:
        """Why it ended so, in one sentence."""
        return self.concluded.cause if self.concluded else None

    def intend(self, backend: str, inputs: list[ResolvedInput], fingerprint: str | None = None) -> list[Event]:
        """State that it will be launched, once."""
        if self.version:
            return []
        return [Execution.LaunchIntended(attempt=1, backend=backend, inputs=inputs, fingerprint=fingerprint)]

    def reuse(self, name: str, earlier: Execution, inputs: list[ResolvedInput], fingerprint: str) -> list[Event]:
        """Take over what an earlier execution of the same work left, instead of a launch."""
        if self.version:
            return []
        evidence: list[Event] = [*earlier.outputs.values(), *([earlier.sealed] if earlier.sealed else [])]
        return [
            Execution.Reused(execution=name, fingerprint=fingerprint, inputs=inputs),
            *evidence,
            Execution.Concluded(outcome="succeeded", cause=f"{name} did the same work; its outputs were taken over"),
        ]

    def record_launch(self, handle: str) -> list[Event]:
        """State that the backend has it."""
        return [] if self.launched is not None else [Execution.Launched(handle=handle)]

    def refuse_launch(self, why: str) -> list[Event]:
        """State that the backend will not have it."""
        return [] if self.launched is not None or self.refused is not None else [Execution.LaunchRefused(why=why)]

    def request_stop(self, reason: str) -> list[Event]:
        """Ask it to stop, once."""
        if self.stop_reason is not None or self.exited is not None or self.concluded is not None:
            return []
        return [Execution.StopRequested(reason=reason)]

    def record_exit(self, exited: Execution.Exited) -> list[Event]:
        """State how the process ended, once."""
        return [] if self.exited is not None or self.lost is not None else [exited]

    def record_loss(self, why: str) -> list[Event]:
        """State that its end cannot be known."""
        return [] if self.exited is not None or self.lost is not None else [Execution.Lost(why=why)]

    def conclude(self, evidence: list[Event]) -> list[Event]:
        """Add the evidence and judge it, once; nothing while it is under way."""
        under_way = self.launched is not None and self.exited is None and self.lost is None
        if self.concluded is not None or under_way:
            return []
        outcome, cause = judge(self, evidence)
        return [*evidence, Execution.Concluded(outcome=outcome, cause=cause)]


def judge(execution: Execution, evidence: list[Event]) -> tuple[Outcome, str]:
    """How an execution ended, from facts alone, the strongest evidence first."""
    if execution.lost is not None:
        return "lost", execution.lost.why
    if execution.refused is not None:
        return "failed", f"it could not be launched: {execution.refused.why}"
    exited = execution.exited
    if exited is None:
        return "cancelled", execution.stop_reason or "cancelled before it was launched"
    if exited.ended_by == "stopped":
        return "cancelled", execution.stop_reason or "it was asked to stop"
    bad = next((e for e in evidence if _blocks(e)), None)
    if bad is not None and exited.exit_code == 0 and isinstance(bad, Execution.CheckEvaluated):
        return "failed", f"the check {bad.check} failed: {bad.sentence}"
    problem = _exit_problem(exited)
    if problem is not None:
        return "failed", problem
    refused = next((e for e in evidence if isinstance(e, Execution.OutputRefused)), None)
    if refused is not None:
        return "failed", f"the output {refused.name} was refused: {refused.why}"
    return "succeeded", "it ended by itself and no check stands against it"


def _blocks(event: Event) -> bool:
    return isinstance(event, Execution.CheckEvaluated) and event.verdict == "failed" and event.severity == "block"


def _exit_problem(exited: Execution.Exited) -> str | None:
    if exited.ended_by == "time-limit":
        return f"it was stopped at its time limit after {exited.seconds:.1f} s"
    if exited.ended_by == "memory-limit" and exited.failure is not None:
        at = f" ({exited.failure.where})" if exited.failure.where else ""
        return f"it asked for more memory than its limit: {exited.failure.type}{at}"
    if exited.ended_by == "memory-limit":
        peak = f" at {exited.peak_memory / 2**20:.0f} MiB" if exited.peak_memory else ""
        return f"it was stopped at its memory limit{peak}"
    if exited.failure is not None:
        at = f" ({exited.failure.where})" if exited.failure.where else ""
        return f"{exited.failure.type}: {exited.failure.message}{at}"
    if exited.signal is not None:
        return f"it was killed by signal {exited.signal}"
    if exited.exit_code is None:
        return "it ended without an exit code"
    return f"it exited with code {exited.exit_code}" if exited.exit_code else None
