"""When a launched stage has ended, record how; when a run was cancelled, stop or withdraw its stages."""

from __future__ import annotations

from goldfish.application import Session
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId, execution_id
from goldfish.policies.collecting import collect_the_evidence
from goldfish.policies.tools import Tools
from goldfish.ports import GRACE_SECONDS


def watch_the_stage(tools: Tools, run: str, stage: str) -> bool:
    """Look once at a launched stage, and return whether it has ended."""
    name = execution_id(run, stage)
    execution = Session(tools.application.journal).execution(name)
    if execution.intended is None or execution.launched is None:
        return False
    seen = tools.runners[execution.intended.backend].observe(name, execution.intended.attempt)
    match seen.state:
        case "exited" if seen.exited is not None:
            return _record(tools, name, execution.record_exit(seen.exited))
        case "gone":
            why = f"it stopped without a word ({seen.detail or 'its supervisor was killed'})"
            return _record(tools, name, execution.record_loss(why))
        case "absent":
            return _record(tools, name, execution.record_loss("its files are gone, and it is not running"))
        case _:
            return False


def stop_the_stage(tools: Tools, run: str, stage: str) -> None:
    """Ask a stage of a cancelled run to stop: the request is recorded first, then made."""
    name = execution_id(run, stage)

    def request(session: Session) -> None:
        execution = session.execution(name)
        session.record(execution, execution.request_stop(session.run(run).stop_reason(stage) or "cancelled"))

    tools.record("stop", name, request)
    execution = Session(tools.application.journal).execution(name)
    if execution.intended is not None and execution.exited is None:
        tools.runners[execution.intended.backend].stop(name, execution.intended.attempt, grace=GRACE_SECONDS)


def withdraw_the_launch(tools: Tools, run: str, stage: str) -> None:
    """Undo an intention: an execution that was not started is concluded, one that was is recorded, to be stopped.

    The stop request comes first, so that a start that is still on its way finds it and gives up.
    """
    name = execution_id(run, stage)
    execution = Session(tools.application.journal).execution(name)
    if execution.intended is None:
        return
    runner, attempt = tools.runners[execution.intended.backend], execution.intended.attempt
    runner.stop(name, attempt, grace=GRACE_SECONDS)
    if runner.observe(name, attempt).state == "absent":
        collect_the_evidence(tools, run, stage)
        return

    def found(session: Session) -> None:
        execution = session.execution(name)
        session.record(execution, execution.record_launch("found after its launch was withdrawn"))

    tools.record("launched", name, found)


def _record(tools: Tools, name: ExecutionId, events: list[Event]) -> bool:
    def record(session: Session) -> None:
        execution: Execution = session.execution(name)
        if execution.exited is None and execution.lost is None:
            session.record(execution, events)

    tools.record("ended", name, record)
    return True
