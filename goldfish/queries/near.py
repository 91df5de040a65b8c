"""Which earlier runs were nearly this experiment, and what exactly differs?

Two steps, so that a hundred thousand runs cost little more than a few: SQL over the narrow model `traits` picks the
runs that share most of what is rare, and only those are loaded and compared as `goldfish.queries.likeness` says.
"""

from __future__ import annotations

from goldfish.application import Session
from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream, execution_id, version_id
from goldfish.domain.runs import Run
from goldfish.ledger.journal import Journal
from goldfish.projections.projector import View
from goldfish.queries.compare import CodeDiff, Packages
from goldfish.queries.differing import Experiment, differences
from goldfish.queries.likeness import NEAR, likeness
from goldfish.queries.nearby import Departure, NearRun
from goldfish.queries.picking import count, pick

SHOWN = 5


def near_runs(
    view: View,
    journal: Journal,
    new: Experiment,
    code_diff: CodeDiff | None = None,
    packages: Packages | None = None,
) -> list[NearRun]:
    """The runs most like a new one, at most five, most alike first. None where not even the first is near.

    With `code_diff` and `packages` the paths and package versions that differ are told too, else only that some do.
    Raises as the functions given.
    """
    runs = [_load(journal, position) for position in pick(view, new.sketch, new.work)]
    picked = [(run, Experiment.of(run.plan)) for run in runs]
    rarity = count(view, [new.sketch, *(one.sketch for _, one in picked)]).rarity
    scored = ((likeness(new.sketch, one.sketch, rarity), run, one) for run, one in picked)
    ranked = sorted(scored, key=lambda found: -found[0])[:SHOWN]
    best = ranked[0][0] if ranked else 0.0
    return [
        _near(journal, run, score, differences(one, new, code_diff, packages))
        for score, run, one in ranked
        if best >= NEAR and score >= best / 2
    ]


def _near(journal: Journal, run: Run, score: float, differs: list[Departure]) -> NearRun:
    asked = journal.load(run.stream)[0]
    ended = run.finished
    return NearRun(
        run=run.stream,
        version=version_id(run.plan.workspace, run.plan.number),
        likeness=round(score, 3),
        state="finished" if ended else "parked" if run.parked else "open",
        outcome=ended.outcome if ended else None,
        cause=_cause(run),
        tested=ended is not None and (ended.outcome == "succeeded" or _failed_a_check(journal, run)),
        description=run.plan.reason.description,
        requested_at=asked.at,
        actor=f"{asked.actor.kind}:{asked.actor.name}",
        differs=differs,
    )


def _load(journal: Journal, position: int) -> Run:
    return Session(journal).run(journal.rows(position - 1, position)[0][1])


def _cause(run: Run) -> str | None:
    if run.finished is None:
        return run.parked.error if run.parked else None
    return run.finished.cause if run.finished.outcome != "succeeded" else None


def _failed_a_check(journal: Journal, run: Run) -> bool:
    """Whether it failed by what it computed. Code that stops with an error has tested nothing."""
    failed = [stage for stage, outcome in run.finished.stages.items() if outcome == "failed"] if run.finished else []
    events = (e.event for stage in failed for e in journal.load(Stream(execution_id(run.stream, stage))))
    return any(
        isinstance(event, Execution.CheckEvaluated) and event.verdict == "failed" and event.severity == "block"
        for event in events
    )
