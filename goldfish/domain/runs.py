"""Runs: a request to carry out stages of one version, with a reason, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from goldfish.domain.event import Event, later
from goldfish.domain.executions import Execution
from goldfish.domain.folding import after
from goldfish.domain.names import Stream
from goldfish.domain.values import Environment, Outcome, Reason, StagePlan
from goldfish.errors import RunAlreadyEnded, RunExists, UnknownRun


@dataclass(frozen=True, slots=True)
class Run:
    """One request and its end. What its stages did is on their own streams."""

    class Requested(Event):
        """Somebody asked for these stages of this version, resolved to the last value, and gave a reason."""

        NAME: ClassVar[str] = "run.requested"
        workspace: str
        number: int
        tree: str
        pipeline: str
        stages: list[StagePlan]
        reason: Reason
        environment: Environment
        seed: int | None
        fingerprint: str
        rerun_of: str | None = None
        rerun_reason: str | None = None
        group: str | None = later(None)
        fresh: bool = later(True)  # no stage takes over what an earlier execution of the same work wrote

    class CancelRequested(Event):
        """Somebody asked for its end: nothing is started after this."""

        NAME: ClassVar[str] = "run.cancel-requested"
        reason: str

    class Parked(Event):
        """A policy failed on it again and again; it waits until somebody resumes it."""

        NAME: ClassVar[str] = "run.parked"
        policy: str
        error: str
        tries: int

    class Finished(Event):
        """Every stage has ended or will never start."""

        NAME: ClassVar[str] = "run.finished"
        outcome: Outcome
        cause: str
        stages: dict[str, Outcome]

    stream: Stream
    version: int = 0
    requested: Run.Requested | None = None
    cancel_reason: str | None = None
    parked: Run.Parked | None = None
    finished: Run.Finished | None = None

    def apply(self, event: Event) -> Run:
        """The run after this fact."""
        match event:
            case Run.Requested():
                return after(self, requested=event)
            case Run.CancelRequested():
                return after(self, cancel_reason=event.reason)
            case Run.Parked():
                return after(self, parked=event)
            case Run.Finished():
                return after(self, finished=event)
            case _:
                return after(self)

    @property
    def plan(self) -> Run.Requested:
        """What was asked for, or the refusal when nothing was."""
        if self.requested is None:
            raise UnknownRun(given=self.stream)
        return self.requested

    @property
    def is_open(self) -> bool:
        """Whether something may still happen by itself."""
        return self.requested is not None and self.finished is None and self.parked is None

    def request(self, requested: Run.Requested) -> list[Event]:
        """Ask for it. A number that is taken is taken for ever."""
        if self.version:
            raise RunExists(run=self.stream)
        return [requested]

    def cancel(self, reason: str, executions: Mapping[str, Execution] | None = None) -> list[Event]:
        """Ask for its end; asking twice changes nothing. A parked run, which no policy touches, ends with it."""
        if self.requested is None:
            raise UnknownRun(given=self.stream)
        if self.finished is not None:
            raise RunAlreadyEnded(run=self.stream, outcome=self.finished.outcome)
        if self.cancel_reason is not None:
            return []
        asked = Run.CancelRequested(reason=reason)
        if self.parked is None:
            return [asked]
        stages = {name: e.outcome for name, e in (executions or {}).items() if e.outcome is not None}
        return [asked, Run.Finished(outcome="cancelled", cause=reason, stages=stages)]

    def park(self, policy: str, error: str, tries: int) -> list[Event]:
        """Set it aside after repeated failures of a policy."""
        return [Run.Parked(policy=policy, error=error, tries=tries)] if self.is_open else []

    def ready(self, executions: Mapping[str, Execution]) -> list[StagePlan]:
        """The stages that can be launched now: not begun, and all they read has succeeded."""
        if not self.is_open or self.cancel_reason is not None or _broken(executions):
            return []
        return [
            stage
            for stage in self.plan.stages
            if executions[stage.name].version == 0
            and all(executions[name].outcome == "succeeded" for name in stage.upstream)
        ]

    def finish(self, executions: Mapping[str, Execution]) -> list[Event]:
        """State the end, once nothing is under way and nothing can start."""
        if not self.is_open:
            return []
        begun = {name: e for name, e in executions.items() if e.version}
        if any(e.outcome is None for e in begun.values()) or self.ready(executions):
            return []
        stages: dict[str, Outcome] = {name: e.outcome for name, e in begun.items() if e.outcome is not None}
        broken = _broken(executions)
        if broken is not None:
            name, execution = broken
            cancelled = self.cancel_reason is not None and execution.outcome == "cancelled"
            outcome: Outcome = "cancelled" if cancelled else (execution.outcome or "failed")
            cause = self.cancel_reason if cancelled and self.cancel_reason else f"{name}: {execution.cause}"
        elif self.cancel_reason is not None and len(begun) < len(executions):
            outcome, cause = "cancelled", self.cancel_reason
        else:
            outcome, cause = "succeeded", "every stage succeeded"
        return [Run.Finished(outcome=outcome, cause=cause, stages=stages)]


def _broken(executions: Mapping[str, Execution]) -> tuple[str, Execution] | None:
    """The first stage, in plan order, that ended otherwise than well."""
    return next(((n, e) for n, e in executions.items() if e.outcome not in (None, "succeeded")), None)
