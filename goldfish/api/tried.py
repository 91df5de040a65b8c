"""What an earlier run of exactly this came to, as an answer that makes another one needless."""

from __future__ import annotations

from goldfish.api.answers import Tried, TriedMetric
from goldfish.application import Session
from goldfish.domain.names import execution_id
from goldfish.domain.values import MetricSummary
from goldfish.ledger.journal import Journal
from goldfish.policies.earlier import EarlierRun

TOLD = 20  # metrics


def tried(journal: Journal, earlier: EarlierRun) -> Tried:
    """When, by whom and why it was asked for, how it ended, its verdict, and its metrics."""
    metrics = _metrics(journal, earlier)
    return Tried(
        run=earlier.name,
        outcome=earlier.outcome,
        cause=earlier.cause,
        verdict=earlier.run.judgements[-1].verdict if earlier.run.judgements else None,
        metrics=metrics[:TOLD],
        left_out=max(0, len(metrics) - TOLD),
        requested_at=earlier.at,
        actor=f"{earlier.by.kind}:{earlier.by.name}",
        reason=earlier.run.plan.reason.description,
    )


def _metrics(journal: Journal, earlier: EarlierRun) -> list[TriedMetric]:
    """Those it is judged by, then the others of the last stage, then of the stages before it."""
    judged: list[TriedMetric] = []
    others: list[TriedMetric] = []
    for stage in reversed(earlier.run.plan.stages):
        spec = stage.results
        first = [spec.metric, *spec.secondary] if spec is not None else []
        summary = _sealed(journal, execution_id(earlier.name, stage.name))
        told = {
            name: TriedMetric(
                stage=stage.name, metric=name, last=found.last if found.last_is_finite else None, min=found.min,
                max=found.max,
            )
            for name, found in summary.items()
        }  # fmt: skip
        judged += [told.pop(name) for name in dict.fromkeys(first) if name in told]
        others += told.values()
    return [*judged, *others]


def _sealed(journal: Journal, execution: str) -> dict[str, MetricSummary]:
    state = Session(journal).execution(execution)
    return dict(state.sealed.summary) if state.sealed is not None else {}
