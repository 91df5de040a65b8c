"""How results go on. A series is of one workspace, stage, metric, split and direction: nothing else is compared."""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.domain.project_settings import ProjectSettings
from goldfish.domain.projects import Project
from goldfish.domain.results import Against, Reached, against
from goldfish.domain.specs import Direction, ResultsSpec, Split
from goldfish.domain.trends import Course, course, regressions
from goldfish.projections import Row
from goldfish.projections.projector import View


class RunValue(Value):
    """A result and whose it is."""

    run: str
    value: float


class TrendLine(Value):
    """A series of results in one line: the best, the newest, and where the last ones lead.

    A result counts with its confirmed number, or before that with the automatic one of a stage that succeeded. One that
    was taken over from an earlier execution is no new one: it counts once, where it was measured.
    """

    workspace: str | None  # None: imported
    stage: str
    metric: str
    split: Split
    direction: Direction
    tolerance: float  # the newest spec's
    results: int
    best: RunValue
    newest: RunValue
    course: Course | None  # None where there are too few to tell
    regressions: list[str]


class Trend(TrendLine):
    """A series of results with its last ones, and the newest beside the best and the one before it."""

    last: list[RunValue]  # oldest first
    against_best: Against | None  # None when the newest is the best
    against_previous: Against | None


def trends(view: View, workspace: str | None = None, *, limit: int = 20) -> list[Trend]:
    """The series of a workspace, or of all that are not deleted; those with the newest results first."""
    last = settings_at(view).trend_runs
    rows = view.rows(
        """
        WITH held AS (
            SELECT workspace, stage, metric, split, direction, run, result, tolerance, position FROM results
            WHERE result IS NOT NULL AND CASE WHEN $1 IS NOT NULL THEN workspace = $1
                  ELSE workspace IN (SELECT workspace FROM workspaces WHERE deleted IS NULL) END
            QUALIFY row_number() OVER (
                PARTITION BY workspace, stage, metric, split, direction, measured, result ORDER BY position) = 1
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
    return [trend_of(row) for row in rows]


def trend_lines(view: View, workspace: str | None = None, *, limit: int) -> list[TrendLine]:
    """The same in one line each."""
    return [
        TrendLine.model_validate(found.model_dump(include=set(TrendLine.model_fields)))
        for found in trends(view, workspace, limit=limit)
    ]


def settings_at(view: View) -> ProjectSettings:
    """The project's settings at that position."""
    row = view.row("SELECT data FROM events WHERE name = 'project.configured' ORDER BY position DESC LIMIT 1")
    return Project.Configured.model_validate_json(row["data"]).settings if row else ProjectSettings()


def trend_of(row: Row) -> Trend:
    """A series from its last results, the newest first, and its best one."""
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
        newest=newest,
        last=values,
        against_best=beside_best,
        against_previous=beside_previous,
        course=course([found.value for found in values], spec.direction, spec.tolerance),
        regressions=regressions(spec.metric, newest.value, beside_best, beside_previous),
    )


def _against(spec: ResultsSpec, newest: RunValue, ref: str, other: RunValue) -> Against:
    return against(spec, newest.value, Reached(ref=ref, run=other.run, value=other.value))
