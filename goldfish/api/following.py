"""Use cases around runs that were asked for: follow them, read what they print, end them."""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Callable
from pathlib import Path

from goldfish.api.answers import CancelAnswer, LogAnswer, LogPart, RunProgress, StageProgress, StageState
from goldfish.api.core import Core
from goldfish.application import Session
from goldfish.domain.executions import Execution
from goldfish.domain.names import Digest, ExecutionId, Stream, is_run, nearest, plain_text, split_execution
from goldfish.domain.runs import Run
from goldfish.errors import RunWasImported, StillRunning, UnknownRun
from goldfish.files import DIRECTORY, Changed, opened, opened_plain
from goldfish.ledger.envelope import Envelope
from goldfish.ports import GRACE_SECONDS

LOG_LIMIT = 256 << 10


class RunFollowing(Core):
    """What people and agents do with runs that were asked for."""

    def progress(self, run: str) -> RunProgress:
        """Where a run is, from the facts alone."""
        session = Session(self.application.journal)
        state = self._run(session, run)
        executions = session.executions_of(state)
        ended = state.finished is not None
        return RunProgress(
            run=state.stream,
            state="finished" if ended else "parked" if state.parked else "open",
            outcome=state.finished.outcome if state.finished else None,
            cause=state.finished.cause if state.finished else state.parked.error if state.parked else None,
            stages=[_stage(name, execution, ended) for name, execution in executions.items()],
            awaits_verdict=state.awaits_verdict,
        )

    def wait(
        self, run: str, *, seconds: float = 3600, on_progress: Callable[[RunProgress], None] | None = None
    ) -> RunProgress:
        """Follow a run to its end. Raises `StillRunning` after `seconds`; the run goes on all the same."""
        deadline = time.monotonic() + seconds
        token: object = None
        checked = 0.0
        while True:
            now = time.monotonic()
            if now - checked > 0.5:  # a conductor may have been killed: whoever waits brings another
                checked = now
                self.recover()
            seen = self.application.journal.token()
            if seen != token:
                token = seen
                progress = self.progress(run)
                if on_progress is not None:
                    on_progress(progress)
                if progress.state != "open":
                    return progress
            if now > deadline:
                raise StillRunning(run=run, seconds=round(seconds, 1))
            time.sleep(0.01)

    def cancel(self, run: str, reason: str, *, command_id: str | None = None) -> CancelAnswer:
        """Ask for the end of a run, or of one stage ("run-3/train"): what is meant is stopped or never started.

        What does not read the stage goes on.
        """
        reason = plain_text(reason, "reason", 2000)
        one = split_execution(run)
        stream = self._run(Session(self.application.journal), one[0] if one else run).stream

        def cancel(session: Session) -> None:
            state = session.run(stream)
            if one is None:
                session.record(state, state.cancel(reason, session.executions_of(state)))
            else:
                session.record(state, state.cancel_stage(one[1], reason, session.execution(run)))

        receipt = self.execute(cancel, {"cancel": run, "reason": reason}, command_id)
        if receipt.first(Run.Finished) is None:
            self.services.ensure_conductor()
        else:  # it was parked: no policy will stop what it left under way
            self._stop_what_runs(stream)
        return CancelAnswer(run=run, reason=reason)

    def logs(self, ref: str, *, lines: int = 200) -> list[LogAnswer]:
        """The last lines that a stage printed, or each stage of a run; while it runs and afterwards.

        Of a stage whose work was taken over it is what the execution printed that did the work.
        """
        execution = split_execution(ref)
        session = Session(self.application.journal)
        run = self._run(session, execution[0] if execution else ref)
        executions = session.executions_of(run)
        if execution is not None and execution[1] not in executions:
            raise UnknownRun(given=ref, near=nearest(ref, [f"{run.stream}/{name}" for name in executions]))
        wanted = [execution[1]] if execution else [name for name, e in executions.items() if e.version]
        return [self._printed(*self._who_did(executions[name]), lines) for name in wanted]

    def log_since(self, ref: str, since: int = 0, *, limit: int = LOG_LIMIT) -> LogPart:
        """What a stage printed from byte `since` on, also while it runs, at most `limit` bytes and whole characters."""
        most = min(max(limit, 4), LOG_LIMIT)  # four bytes hold any character
        name = split_execution(ref)
        run = self._run(Session(self.application.journal), name[0] if name else ref)
        execution = Session(self.application.journal).execution(ref)
        if name is None or name[1] not in {stage.name for stage in run.plan.stages}:
            near = nearest(ref, [f"{run.stream}/{stage.name}" for stage in run.plan.stages])
            raise UnknownRun(given=ref[:80], near=near)
        data = self._bytes_since(ExecutionId(ref), execution, max(0, since), most)
        ended = execution.concluded is not None
        text, used = _whole_characters(data, at_end=ended and len(data) < most)
        return LogPart(execution=ref, text=text, next=max(0, since) + used, ended=ended and len(data) < most)

    def _bytes_since(self, name: ExecutionId, execution: Execution, since: int, limit: int) -> bytes:
        kept = next((e.event.log for e in self._events(name) if isinstance(e.event, Execution.LogKept)), None)
        if kept is not None:
            return self.services.artifacts.read(Digest(kept.digest), limit=kept.kept + 1)[since : since + limit]
        attempt = execution.intended.attempt if execution.intended else 1
        return _part(self.layout.execution(name, attempt), since, limit)

    def _stop_what_runs(self, stream: str) -> None:
        session = Session(self.application.journal)
        for execution in session.executions_of(session.run(stream)).values():
            intended = execution.intended
            if intended is not None and execution.launched is not None and execution.exited is None:
                name = ExecutionId(execution.stream)
                self.services.runners[intended.backend].stop(name, intended.attempt, grace=GRACE_SECONDS)

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, session: Session, given: str) -> Run:
        name = given if is_run(given) else self.named_here(given)
        state = session.run(name) if is_run(name) else None
        if state is not None and state.imported is not None:
            raise RunWasImported(run=state.stream, system=state.imported.system)
        if state is None or state.requested is None:
            newest = self.application.journal.newest_run()
            near = nearest(given, [f"run-{n}" for n in range(max(1, newest - 200), newest + 1)])
            raise UnknownRun(given=given[:80], near=near)
        return state

    def _who_did(self, execution: Execution) -> tuple[ExecutionId, Execution]:
        """The execution that really did the work, and so printed something."""
        if execution.reused is None:
            return ExecutionId(execution.stream), execution
        return ExecutionId(execution.reused.execution), self._execution(execution.reused.execution)

    def _execution(self, name: str) -> Execution:
        return Session(self.application.journal).execution(name)

    def _printed(self, name: ExecutionId, execution: Execution, lines: int) -> LogAnswer:
        kept = next((e.event.log for e in self._events(name) if isinstance(e.event, Execution.LogKept)), None)
        if kept is not None:
            data = self.services.artifacts.read(Digest(kept.digest), limit=kept.kept + 1)
            written = kept.written
        else:
            attempt = execution.intended.attempt if execution.intended else 1
            data, written = _tail(self.layout.execution(name, attempt))
        shown = data[-LOG_LIMIT:].decode("utf-8", "replace").splitlines()[-lines:]
        text = "\n".join(shown)
        return LogAnswer(execution=name, text=text, bytes=written, truncated=len(text.encode()) < written - 1)

    def _events(self, stream: str) -> list[Envelope]:
        return self.application.journal.load(Stream(stream))


def _tail(directory: Path) -> tuple[bytes, int]:
    """The last bytes of a log that is being written, and its size. The stage may have put a link in its place."""
    try:
        with opened(directory, DIRECTORY) as place, opened_plain("log.txt", within=place) as (descriptor, found):
            return os.pread(descriptor, LOG_LIMIT, max(0, found.st_size - LOG_LIMIT)), found.st_size
    except Changed:
        return b"", 0


def _part(directory: Path, since: int, limit: int) -> bytes:
    """Bytes of a log that is being written."""
    try:
        with opened(directory, DIRECTORY) as place, opened_plain("log.txt", within=place) as (descriptor, _):
            return os.pread(descriptor, limit, since)
    except Changed:
        return b""


def _whole_characters(data: bytes, *, at_end: bool) -> tuple[str, int]:
    """The text in these bytes, without a character that is cut at their end, and how many bytes it was."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data, final=at_end)
    return text, len(data) - (0 if at_end else len(decoder.getstate()[0]))


def _stage(name: str, execution: Execution, run_ended: bool) -> StageProgress:
    return StageProgress(
        stage=name,
        state=_state(execution, run_ended),
        outcome=execution.outcome,
        cause=None if execution.outcome == "succeeded" else execution.cause,
        seconds=execution.exited.seconds if execution.exited else None,
        reused=execution.reused.execution if execution.reused else None,
    )


def _state(execution: Execution, run_ended: bool) -> StageState:
    if execution.concluded is not None:
        return "ended"
    if execution.exited is not None or execution.lost is not None:
        return "collecting"
    if execution.launched is not None:
        return "running"
    if execution.intended is not None:
        return "launching"
    return "never started" if run_ended else "waiting"
