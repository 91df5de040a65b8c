"""When a stage has ended, keep what it left, evaluate the checks, and conclude."""

from __future__ import annotations

from dataclasses import replace

from goldfish.application import Session
from goldfish.domain.checks import evaluate
from goldfish.domain.checks.reach import code_in_reach
from goldfish.domain.checks.readable import metrics_readable
from goldfish.domain.contract_checks import contract_checks
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import TreeId, execution_id
from goldfish.errors import OutputRefused
from goldfish.policies.contracts import read_by
from goldfish.policies.gathering import FILES, gather, in_words
from goldfish.policies.launching import order_of
from goldfish.policies.tools import Tools
from goldfish.ports import Captured, LaunchOrder


def collect_the_evidence(tools: Tools, run: str, stage: str) -> None:
    """Take outputs, metrics, artifacts and log into the store, then record all of it with the conclusion at once."""
    name = execution_id(run, stage)
    session = Session(tools.application.journal)
    execution = session.execution(name)
    if execution.concluded is not None:
        return
    order = order_of(tools, session.run(run), execution)
    tree = TreeId(session.run(run).plan.tree)
    evidence = _evidence(tools, execution, order, tree) if order.directory.is_dir() else []
    evidence += _contracts(session, run, order, evidence)

    def conclude(session: Session) -> None:
        execution = session.execution(name)
        session.record(execution, execution.conclude(evidence))

    tools.record("concluded", name, conclude)


def _evidence(tools: Tools, execution: Execution, order: LaunchOrder, tree: TreeId) -> list[Event]:
    ended_well = execution.exited is not None and execution.exited.exit_code == 0
    captured = _gathered(tools, order, tree) if order.stage.gather else tools.capture.outputs(order)
    outputs = [_output(c) for c in captured if ended_well or c.stored is not None]
    artifacts = [
        Execution.ArtifactLogged(name=name, digest=stored.digest, size=stored.size)
        for name, stored in tools.capture.artifacts(order)
    ]
    found = tools.metrics.seal(order.directory, printed=order.stage.printed)
    sealed = Execution.MetricsSealed(digest=found.digest, points=found.points, summary=found.summary, more=found.more)
    checks = evaluate(tools.metrics.series(found.digest)) if found.digest is not None else []
    if found.unread is not None:
        checks.append(metrics_readable(found.unread.file, found.unread.lines, found.unread.named, found.points))
    if (surprise := code_in_reach(order.stage, tools.capture.loaded(order))) is not None:
        checks.append(surprise)
    log = tools.capture.log(order)
    kept = [Execution.LogKept(log=log)] if log is not None else []
    return [*outputs, *artifacts, sealed, *kept, *checks]


def _gathered(tools: Tools, order: LaunchOrder, tree: TreeId) -> list[Captured]:
    """The outputs, with the files that the stage added or changed among them."""
    stage = order.stage
    if all(output.name != FILES.name for output in stage.outputs):
        order = replace(order, stage=stage.model_copy(update={"outputs": [*stage.outputs, FILES]}))
    try:
        left_out = in_words(gather(tools, order, tree))
    except OutputRefused as refusal:
        refused = Captured(FILES.name, FILES.type, None, refused=str(refusal.facts["why"]))
        return [refused, *(c for c in tools.capture.outputs(order) if c.name != FILES.name)]
    return [
        replace(c, described={**c.described, **left_out}) if c.name == FILES.name else c
        for c in tools.capture.outputs(order)
    ]


def _contracts(session: Session, run: str, order: LaunchOrder, evidence: list[Event]) -> list[Event]:
    """The verdicts on contracts; of a stage that left nothing there are none."""
    written = {event.name: event.described for event in evidence if isinstance(event, Execution.OutputCaptured)}
    return [*contract_checks(order.stage, written, read_by(session, run, order.stage))] if evidence else []


def _output(captured: Captured) -> Event:
    if captured.stored is None:
        return Execution.OutputRefused(name=captured.name, type=captured.type, why=captured.refused or "it is missing")
    stored = captured.stored
    return Execution.OutputCaptured(
        name=captured.name,
        type=captured.type,
        digest=stored.digest,
        size=stored.size,
        described=dict(captured.described),
    )
