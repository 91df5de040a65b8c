"""Runs: a request to carry out stages of one version, with a reason, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import AwareDatetime

from goldfish.domain.event import Event, later
from goldfish.domain.executions import Execution
from goldfish.domain.folding import after
from goldfish.domain.imported import ForeignExperiment, ForeignVerdict
from goldfish.domain.names import Stream, nearest
from goldfish.domain.specs import Judgement, StageValue
from goldfish.domain.values import Environment, Outcome, Reason, StagePlan
from goldfish.errors import RunAlreadyEnded, RunExists, RunWasImported, UnknownRun, UnknownStage


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

    class StageCancelRequested(Event):
        """Somebody asked for the end of one stage: neither it nor what reads it is started after this."""

        NAME: ClassVar[str] = "run.stage-cancel-requested"
        stage: str
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

    class Finalized(Event):
        """Somebody judged what it achieved, whatever became of it as a program."""

        NAME: ClassVar[str] = "run.finalized"
        verdict: Judgement
        values: list[StageValue]
        comment: str | None
        learned: str | None
        next_steps: list[str]
        reason: str | None  # why the verdict is another one than the numbers say

    class Amended(Event):
        """Somebody judged it anew. This is now the whole judgement; the earlier ones stand in the log."""

        NAME: ClassVar[str] = "run.amended"
        verdict: Judgement
        values: list[StageValue]
        comment: str | None
        learned: str | None
        next_steps: list[str]
        reason: str

    class Imported(ForeignExperiment, Event):
        """It was carried out and recorded elsewhere; this is what that record says."""

        NAME: ClassVar[str] = "run.imported"

    class VerdictImported(ForeignVerdict, Event):
        """Elsewhere, somebody judged it anew at that time."""

        NAME: ClassVar[str] = "run.verdict-imported"
        happened: AwareDatetime
        by: str | None  # the experiment that showed it, or who said it
        note: str | None = None  # what is known of it since then

    stream: Stream
    version: int = 0
    requested: Run.Requested | None = None
    imported: Run.Imported | None = None
    later_verdicts: tuple[Run.VerdictImported, ...] = ()  # what was said of it elsewhere, oldest first
    cancel_reason: str | None = None
    cancelled_stages: dict[str, str] = field(default_factory=dict)  # stage → reason
    parked: Run.Parked | None = None
    finished: Run.Finished | None = None
    judgements: tuple[Run.Finalized | Run.Amended, ...] = ()  # oldest first; the last one holds

    def apply(self, event: Event) -> Run:
        """The run after this fact."""
        match event:
            case Run.Requested():
                return after(self, requested=event)
            case Run.Imported():
                return after(self, imported=event)
            case Run.VerdictImported():
                return after(self, later_verdicts=(*self.later_verdicts, event))
            case Run.CancelRequested():
                return after(self, cancel_reason=event.reason)
            case Run.StageCancelRequested():
                return after(self, cancelled_stages={**self.cancelled_stages, event.stage: event.reason})
            case Run.Parked():
                return after(self, parked=event)
            case Run.Finished():
                return after(self, finished=event)
            case Run.Finalized() | Run.Amended():
                return after(self, judgements=(*self.judgements, event))
            case _:
                return after(self)

    @property
    def plan(self) -> Run.Requested:
        """What was asked for, or the refusal when nothing was, or not here."""
        if self.imported is not None:
            raise RunWasImported(run=self.stream, system=self.imported.system)
        if self.requested is None:
            raise UnknownRun(given=self.stream)
        return self.requested

    def must_exist(self) -> Run:
        """The run itself, requested or imported, or the refusal when it is neither."""
        if not self.version:
            raise UnknownRun(given=self.stream)
        return self

    @property
    def is_open(self) -> bool:
        """Whether something may still happen by itself."""
        return self.requested is not None and self.finished is None and self.parked is None

    @property
    def awaits_verdict(self) -> bool:
        """Whether it came to an end of its own, has something to be judged by, and nobody has judged it."""
        ended = self.finished is not None and self.finished.outcome in ("succeeded", "failed")
        return ended and not self.judgements and any(stage.results is not None for stage in self.plan.stages)

    def stop_reason(self, stage: str) -> str | None:
        """Why a stage is to end, or never to start; None when it is not."""
        return self.cancel_reason if self.cancel_reason is not None else self.cancelled_stages.get(stage)

    def request(self, requested: Run.Requested) -> list[Event]:
        """Ask for it. A number that is taken is taken for ever."""
        if self.version:
            raise RunExists(run=self.stream)
        return [requested]

    def take_over(self, imported: Run.Imported) -> list[Event]:
        """Record what was carried out elsewhere. A number that is taken is taken for ever."""
        if self.version:
            raise RunExists(run=self.stream)
        return [imported]

    def judged_elsewhere(self, verdict: Run.VerdictImported) -> list[Event]:
        """Record what was said of it elsewhere later on."""
        if self.imported is None:
            raise UnknownRun(given=self.stream)
        return [verdict]

    def cancel(self, reason: str, executions: Mapping[str, Execution] | None = None) -> list[Event]:
        """Ask for its end; asking twice changes nothing. A parked run, which no policy touches, ends with it."""
        if self.plan and self.finished is not None:
            raise RunAlreadyEnded(run=self.stream, outcome=self.finished.outcome)
        if self.cancel_reason is not None:
            return []
        asked = Run.CancelRequested(reason=reason)
        if self.parked is None:
            return [asked]
        stages = {name: e.outcome for name, e in (executions or {}).items() if e.outcome is not None}
        return [asked, Run.Finished(outcome="cancelled", cause=reason, stages=stages)]

    def cancel_stage(self, stage: str, reason: str, execution: Execution) -> list[Event]:
        """Ask for the end of one stage; what does not read it goes on. Asking twice changes nothing."""
        known = [plan.name for plan in self.plan.stages]
        if stage not in known:
            raise UnknownStage(given=stage, stages=", ".join(known), near=nearest(stage, known))
        ended = self.finished.outcome if self.finished is not None else execution.outcome
        if ended is not None:
            raise RunAlreadyEnded(run=f"{self.stream}/{stage}", outcome=ended)
        if self.stop_reason(stage) is not None:
            return []
        return [Run.StageCancelRequested(stage=stage, reason=reason)]

    def park(self, policy: str, error: str, tries: int) -> list[Event]:
        """Set it aside after repeated failures of a policy."""
        return [Run.Parked(policy=policy, error=error, tries=tries)] if self.is_open else []

    def ready(self, executions: Mapping[str, Execution]) -> list[StagePlan]:
        """The stages that can be launched now: not begun, and all they read has succeeded."""
        if not self.is_open or self.cancel_reason is not None or self._broken(executions):
            return []
        return [
            stage
            for stage in self.plan.stages
            if executions[stage.name].version == 0
            and stage.name not in self.cancelled_stages
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
        outcome, cause = self._end(executions)
        return [Run.Finished(outcome=outcome, cause=cause, stages=stages)]

    def _end(self, executions: Mapping[str, Execution]) -> tuple[Outcome, str]:
        """How it ended, and why, once nothing more will happen."""
        broken = self._broken(executions)
        if broken is not None:
            name, execution = broken
            if self.cancel_reason is not None and execution.outcome == "cancelled":
                return "cancelled", self.cancel_reason
            return execution.outcome or "failed", f"{name}: {execution.cause}"
        unfinished = [name for name, execution in executions.items() if execution.outcome != "succeeded"]
        if unfinished and self.cancel_reason is not None:
            return "cancelled", self.cancel_reason
        if unfinished:
            named = next((name for name in unfinished if name in self.cancelled_stages), unfinished[0])
            return "cancelled", f"{named}: {self.cancelled_stages.get(named, 'it was never started')}"
        return "succeeded", "every stage succeeded"

    def _broken(self, executions: Mapping[str, Execution]) -> tuple[str, Execution] | None:
        """The first stage, in plan order, that ended otherwise than well and otherwise than by request."""
        return next(
            ((n, e) for n, e in executions.items() if e.outcome not in (None, "succeeded", *self._asked(n))), None
        )

    def _asked(self, stage: str) -> tuple[Outcome, ...]:
        """The ends of a stage that are no reason to stop the others: it was to end, and they were not."""
        return ("cancelled",) if stage in self.cancelled_stages else ()
