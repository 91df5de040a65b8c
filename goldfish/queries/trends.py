"""How results go on. A series is of one workspace, stage, metric, split and direction: nothing else is compared."""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.domain.results import Against, Reached, against
from goldfish.domain.specs import Direction, ResultsSpec, Split
from goldfish.domain.trends import Course, course, regressions
from goldfish.projections import Row
from goldfish.projections.projector import View

LAST = 10


class RunValue(Value):
    """A result and whose it is."""

    run: str
    value: float


class Trend(Value):
    """A series of results: the best, the newest beside it, and where the last ones lead.

    A result counts with its confirmed number, or before that with the automatic one of a stage that succeeded.
    """

    workspace: str
    stage: str
    metric: str
    split: Split
    direction: Direction
    tolerance: float  # the newest spec's
    results: int
    best: RunValue
    last: list[RunValue]  # oldest first
    against_best: Against | None  # the newest beside the best, unless it is the best
    against_previous: Against | None
    course: Course | None
    regressions: list[str]


def trends(view: View, workspace: str | None = None, *, last: int = LAST, limit: int = 20) -> list[Trend]:
    """The series that have the newest results first."""
    rows = view.rows(
        """
        WITH held AS (
            SELECT workspace, stage, metric, split, direction, run, result, tolerance, position FROM results
            WHERE result IS NOT NULL AND ($1 IS NULL OR workspace = $1)
        ), series AS (
            SELECT workspace, stage, metric, split, direction, count(*) AS results, max(position) AS newest,
                   max_by(tolerance, position) AS tolerance,
                   max_by({'run': run, 'value': result}, position, $2) AS last,
                   CASE direction WHEN 'maximize' THEN max(result) ELSE min(result) END AS best
            FROM held GROUP BY workspace, stage, metric, split, direction ORDER BY newest DESC LIMIT $3
        ), firsts AS (
            SELECT workspace, stage, metric, split, direction, min_by(run, position) AS best_run
            FROM held JOIN series USING (workspace, stage, metric, split, direction) WHERE result = best GROUP BY ALL
        )
        SELECT * FROM series JOIN firsts USING (workspace, stage, metric, split, direction)
        ORDER BY newest DESC, stage, metric
        """,
        workspace,
        last,
        limit,
    )
    return [_trend(row) for row in rows]


def _trend(row: Row) -> Trend:
    spec = ResultsSpec(metric=row["metric"], direction=row["direction"], split=row["split"], tolerance=row["tolerance"])
    values = [RunValue.model_validate(found) for found in reversed(row["last"])]
    newest, best = values[-1], RunValue(run=row["best_run"], value=row["best"])
    beside_best = None if best.run == newest.run else _against(spec, newest, "the best", best)
    beside_previous = _against(spec, newest, "the previous", values[-2]) if len(values) > 1 else None
    return Trend(
        workspace=row["workspace"],
        stage=row["stage"],
        metric=spec.metric,
        split=spec.split,
        direction=spec.direction,
        tolerance=spec.tolerance,
        results=row["results"],
        best=best,
        last=values,
        against_best=beside_best,
        against_previous=beside_previous,
        course=course([found.value for found in values], spec.direction, spec.tolerance),
        regressions=regressions(spec.metric, newest.value, beside_best, beside_previous),
    )


def _against(spec: ResultsSpec, newest: RunValue, ref: str, other: RunValue) -> Against:
    return against(spec, newest.value, Reached(ref=ref, run=other.run, value=other.value))
