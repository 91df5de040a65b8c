"""When a stage is ready, state the intention, put its files in place, launch it, and record where it lives."""

from __future__ import annotations

from goldfish.application import Session
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import TreeId, execution_id
from goldfish.domain.runs import Run
from goldfish.domain.values import SUFFIX, InputPlan, ResolvedInput, StagePlan
from goldfish.errors import ArtifactMissing, LaunchRefused, SnapshotMissing, SourceChanged
from goldfish.policies.contracts import refuse_broken_inputs
from goldfish.policies.placing import place_input
from goldfish.policies.reusing import Circumstances
from goldfish.policies.tools import Tools
from goldfish.ports import LaunchOrder

BACKEND = "process"


def launch_the_stage(tools: Tools, run: str, stage: str) -> None:
    """Launch one stage of a run, or take over what an earlier execution of the same work wrote.

    The intention is refused by the ledger if the run was cancelled meanwhile; everything after it can be repeated.
    """
    name = execution_id(run, stage)
    tools.record("intend", name, lambda session: _intend(tools, session, run, stage))
    session = Session(tools.application.journal)
    execution, request = session.execution(name), session.run(run)
    if execution.intended is None or execution.launched is not None:
        return
    try:
        _refuse_what_was_not_written(execution)
        refuse_broken_inputs(session, request, execution)
        handle = tools.runners[execution.intended.backend].launch(prepare(tools, request, execution))
    except (LaunchRefused, ArtifactMissing, SnapshotMissing, SourceChanged) as refusal:
        why = str(refusal.facts["why"]) if isinstance(refusal, LaunchRefused) else refusal.message
        tools.record("refused", name, lambda s: _record(s, name, s.execution(name).refuse_launch(why)))
        return
    tools.record("launched", name, lambda s: _record(s, name, s.execution(name).record_launch(handle)))


def _intend(tools: Tools, session: Session, run: str, stage: str) -> None:
    request, execution = session.run(run), session.execution(execution_id(run, stage))
    if request.stop_reason(stage) is not None:
        return
    asked, plan = request.plan, _plan(request, stage)
    inputs = [_resolve(session, run, given) for given in plan.inputs]
    shared = Circumstances(asked.tree, asked.environment, asked.seed)
    mark = tools.work.fingerprint(shared, plan, inputs)
    earlier = None if asked.fresh else tools.work.done(plan, mark)
    if earlier is not None:
        session.record(execution, execution.reuse(earlier.name, earlier.execution, inputs, mark))
    else:
        session.record(execution, execution.intend(BACKEND, inputs, mark))


def prepare(tools: Tools, request: Run, execution: Execution) -> LaunchOrder:
    """The order for an intended execution, its code and inputs in place. Idempotent."""
    order = order_of(tools, request, execution)
    tools.snapshots.place(TreeId(request.plan.tree), order.code)
    for given in execution.intended.inputs if execution.intended else []:
        place_input(tools, execution.stream, given, order.inputs[given.name])
    return order


def order_of(tools: Tools, request: Run, execution: Execution) -> LaunchOrder:
    """The order for an execution, as its facts say; nothing is touched."""
    attempt = execution.intended.attempt if execution.intended else 1
    name = execution_id(*execution.stream.split("/", 1))
    directory = tools.layout.execution(name, attempt)
    stage = _plan(request, name.partition("/")[2])
    inputs = {given.name: directory / "inputs" / f"{given.name}{SUFFIX[given.type]}" for given in stage.inputs}
    return LaunchOrder(name, attempt, stage, directory, directory / "code", inputs, request.plan.seed)


def _plan(run: Run, stage: str) -> StagePlan:
    return next(s for s in run.plan.stages if s.name == stage)


def _resolve(session: Session, run: str, given: InputPlan) -> ResolvedInput:
    if given.stage is None or given.signal is None:
        return ResolvedInput(name=given.name, type=given.type, digest=given.digest or "", ref=given.ref or "")
    output = session.execution(execution_id(run, given.stage)).outputs.get(given.signal)
    ref = f"{run}/{given.stage}.{given.signal}"
    return ResolvedInput(name=given.name, type=given.type, digest=output.digest if output else "", ref=ref)


def _refuse_what_was_not_written(execution: Execution) -> None:
    """Raise `LaunchRefused` for an optional output that its stage did not write, and this one reads."""
    inputs = execution.intended.inputs if execution.intended else []
    missing = next((given for given in inputs if not given.digest), None)
    if missing is not None:
        why = f"its input {missing.name} is {missing.ref}, which is optional and was not written"
        raise LaunchRefused(execution=execution.stream, why=why)


def _record(session: Session, name: str, events: list[Event]) -> None:
    session.record(session.execution(name), events)
