"""Who did this work before? Asked of the ledger itself, so that what was recorded a moment ago is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goldfish.application import Session
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId, Stream, execution_id, version_id
from goldfish.domain.runs import Run
from goldfish.domain.values import Outcome
from goldfish.ledger.envelope import Actor
from goldfish.ledger.journal import Journal


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that asked for the same work, in whatever state it is."""

    run: Run
    at: datetime
    by: Actor
    is_covered: bool = True  # whether its fingerprint covers all the code that its stages imported

    @property
    def name(self) -> Stream:
        """Its id."""
        return self.run.stream

    @property
    def version(self) -> str:
        """The version that it ran, like "baseline@v3"."""
        return version_id(self.run.plan.workspace, self.run.plan.number)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it has not."""
        return self.run.finished.outcome if self.run.finished else None

    @property
    def cause(self) -> str | None:
        """Why it ended so, or why it is parked; None when it succeeded or is under way."""
        if self.run.finished is not None:
            return None if self.run.finished.outcome == "succeeded" else self.run.finished.cause
        return self.run.parked.error if self.run.parked else None

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return self.run.finished is None and self.run.parked is None

    @property
    def tells(self) -> bool:
        """Whether it has tried this work, or is trying it: not when it was cancelled, lost or parked."""
        if self.run.finished is not None:
            return self.is_covered and self.run.finished.outcome in ("succeeded", "failed")
        return self.run.parked is None


def earlier_run(journal: Journal, fingerprint: str) -> EarlierRun | None:
    """The run that says most about work with this fingerprint.

    A run that is under way, succeeded or failed says more than one that was cancelled, lost or parked; among equals
    the newest is meant.
    """
    newest: EarlierRun | None = None
    for stream in journal.with_fingerprint(fingerprint, Run.Requested.NAME):
        found = _run(journal, stream)
        if found.tells:
            return found
        newest = newest or found
    return newest


def earlier_execution(journal: Journal, fingerprint: str) -> tuple[ExecutionId, Execution] | None:
    """The newest execution that really did this work and succeeded, with the outputs that it wrote.

    One that took over the outputs of another is no candidate: the other one carries the same fingerprint.
    """
    return _newest(journal, fingerprint, "succeeded")


def earlier_failure(journal: Journal, fingerprint: str) -> tuple[ExecutionId, Execution] | None:
    """The newest execution that did this work and failed."""
    return _newest(journal, fingerprint, "failed")


def _newest(journal: Journal, fingerprint: str, outcome: Outcome) -> tuple[ExecutionId, Execution] | None:
    for stream in journal.with_fingerprint(fingerprint, Execution.LaunchIntended.NAME):
        execution = Session(journal).execution(stream)
        if execution.outcome == outcome and execution.reused is None and execution.is_covered:
            return ExecutionId(stream), execution
    return None


def _run(journal: Journal, stream: Stream) -> EarlierRun:
    events = journal.load(stream)
    run = Run(stream)
    for envelope in events:
        run = run.apply(envelope.event)
    session = Session(journal)
    stages = run.finished.stages if run.finished is not None else {}
    is_covered = all(session.execution(execution_id(stream, stage)).is_covered for stage in stages)
    return EarlierRun(run, events[0].at, events[0].actor, is_covered)
