"""What runs achieved, beside what they are compared with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from goldfish.domain.event import Value
from goldfish.domain.results import Against, Reached, against
from goldfish.domain.specs import Direction, Judgement, Pick, ResultsSpec, Split
from goldfish.domain.values import Outcome
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.awaiting import Awaiting, awaiting
from goldfish.queries.baselines import Baselines
from goldfish.queries.trends import Trend, trends


class ResultLine(Value):
    """What one stage of a run achieved. `value` is the number that holds: confirmed, or automatic until then."""

    run: str
    stage: str
    workspace: str | None  # None for an imported run
    version: str | None
    metric: str
    direction: Direction
    split: Split
    pick: Pick
    minimum: float | None
    goal: float | None
    tolerance: float
    value: float | None
    step: int | None
    best: float | None
    best_step: int | None
    baseline: Against | None
    previous: Against | None  # of the same workspace, stage, metric, split and direction
    taken_over: str | None = None  # the earlier execution that logged the numbers; then there is no previous one
    outcome: Outcome | None  # how the run ended as a program
    verdict: Judgement | None  # what it achieved; None until somebody has judged it
    awaits: bool
    position: int


class Judged(Value):
    """One judgement of a run."""

    number: int
    holds: bool
    verdict: Judgement
    confirmed: dict[str, float | None]  # stage → number
    comment: str | None
    learned: str | None
    next_steps: list[str]
    reason: str | None
    recorded_at: datetime
    actor: str
    position: int


class Results(Value):
    """Results, newest run first; `more` is the cursor of the next page of runs."""

    as_of: int
    workspace: str | None
    results: list[ResultLine]
    awaiting: list[Awaiting]
    trends: list[Trend]
    more: int | None


_WORKED_OUT = ("value", "step", "baseline", "previous")
_LINES = """
    WITH paged AS (
        SELECT * FROM results WHERE ($1 IS NULL OR workspace = $1) AND ($3 IS NULL OR run = $3)
        AND position IN (
            SELECT DISTINCT position FROM results WHERE ($1 IS NULL OR workspace = $1) AND ($3 IS NULL OR run = $3)
            AND ($2 IS NULL OR position < $2)
            AND ($5 IS NULL OR key IN (SELECT key FROM events WHERE events.position > $5))
            ORDER BY position DESC LIMIT $4)
    ), held AS (
        SELECT workspace, stage, metric, split, direction, position, {'run': run, 'value': result} AS earlier
        FROM results WHERE result IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY workspace, stage, metric, split, direction, measured, result ORDER BY position) = 1
    )
    SELECT paged.*, earlier FROM paged ASOF LEFT JOIN held
        ON paged.workspace = held.workspace AND paged.stage = held.stage AND paged.metric = held.metric
        AND paged.split = held.split AND paged.direction = held.direction AND paged.position > held.position
    ORDER BY position DESC, stage
"""


def results(
    view: View,
    workspace: str | None = None,
    *,
    limit: int = 20,
    before: int | None = None,
    since: int | None = None,
    trend: bool = False,
) -> Results:
    """Results of a workspace, or of all; with `trend`, how each series goes on. `limit` is kept between 1 and 200.

    `since` leaves out the runs that nothing happened to after that position.
    """
    limit = max(1, min(limit, 200))
    rows = view.rows(_LINES, workspace, before, None, limit + 1, since)
    runs = list(dict.fromkeys(row["run"] for row in rows))
    shown = [row for row in rows if row["run"] in runs[:limit]]
    return Results(
        as_of=view.position,
        workspace=workspace,
        results=_lines(view, shown),
        awaiting=awaiting(view, workspace),
        trends=trends(view, workspace) if trend else [],
        more=shown[-1]["position"] if len(runs) > limit else None,
    )


def results_of(view: View, run: str) -> list[ResultLine]:
    """What the stages of one run achieved, in the order of their names."""
    return _lines(view, view.rows(_LINES, None, None, run, 1, None))


def judgements(view: View, run: str) -> list[Judged]:
    """Every judgement of a run, oldest first."""
    return [_judged(row) for row in view.rows("SELECT * FROM verdicts WHERE run = ? ORDER BY number", run)]


def _judged(row: Row) -> Judged:
    values: list[dict[str, JsonValue]] = json.loads(row["confirmed"])
    own = {name: row[name] for name in Judged.model_fields if name != "confirmed"}
    return Judged.model_validate({**own, "confirmed": {str(v["stage"]): v["value"] for v in values}})


def _recorded(row: Row) -> Reached | None:
    """What an imported run was compared with, as its record says: others may have measured that anew since."""
    if row["against_value"] is None:
        return None
    ref = row["baseline"] or "what is recorded"
    return Reached(ref=ref, run=row["baseline"] or "", value=row["against_value"])


def _lines(view: View, rows: Sequence[Row]) -> list[ResultLine]:
    baselines = Baselines(view)
    return [_line(baselines, row) for row in rows]


def _line(baselines: Baselines, row: Row) -> ResultLine:
    spec = ResultsSpec.model_validate({name: row[name] for name in ResultsSpec.model_fields if name != "caveats"})
    value, earlier = row["result"], row["earlier"]
    baseline = previous = None
    taken_over = row["measured"] if row["measured"] not in (None, f"{row['run']}/{row['stage']}") else None
    if value is not None:
        other = _recorded(row) or baselines.of(row["run"], row["stage"], spec)
        baseline = against(spec, value, other) if other else None
        if earlier and taken_over is None:
            previous = against(spec, value, Reached(ref="the previous", **earlier))
    own = {name: row[name] for name in ResultLine.model_fields if name in row and name not in _WORKED_OUT}
    step = row["confirmed_step"] if row["confirmed"] is not None else row["step"]
    return ResultLine(**own, value=value, step=step, baseline=baseline, previous=previous, taken_over=taken_over)
