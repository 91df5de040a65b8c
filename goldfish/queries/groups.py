"""Groups of runs: what they reached, and how much their runs differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.specs import Direction
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.best import direction
from goldfish.queries.comparing.numbers import Number, independent, number, picked, reused, sampled
from goldfish.queries.comparing.specs import Spec
from goldfish.queries.grouping import MOST_RUNS

METRICS = 3  # metrics of a group that are shown


class GroupMetric(Value):
    """What the runs of a group reached: mean and deviation (n - 1) over `n` runs that succeeded, each seed once."""

    stage: str
    metric: str
    direction: Direction
    judged: bool  # whether a results spec names it
    n: int
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None


class GroupLine(Value):
    """A group. With one configuration its runs are repetitions, and the deviations tell how much seeds change."""

    group: str
    runs: int
    succeeded: int
    open: int
    seeds: int
    configurations: int
    workspaces: list[str]
    newest: str
    newest_at: datetime | None
    metrics: list[GroupMetric] = Field(default_factory=list)
    position: int


class Groups(Value):
    """Groups, those with the newest runs first. `more` is the `before` that asks for the next page."""

    as_of: int
    groups: list[GroupLine]
    matching: int
    more: int | None = None


_LINES = """
    SELECT c.run_group AS "group", count(*) AS runs, count(*) FILTER (r.outcome = 'succeeded') AS succeeded,
           count(*) FILTER (r.state IN ('requested', 'running')) AS open,
           count(DISTINCT coalesce(nullif(c.seeds, ''), c.run)) AS seeds,
           count(DISTINCT coalesce(c.configuration, c.run)) AS configurations,
           coalesce(list_sort(list(DISTINCT c.workspace) FILTER (c.workspace IS NOT NULL)), []) AS workspaces,
           max_by(c.run, c.position) AS newest, max(r.requested_at) AS newest_at,
           max(c.position) AS position, max(r.changed) AS changed
    FROM configurations AS c JOIN runs AS r USING (run)
    WHERE c.run_group IS NOT NULL AND (?::VARCHAR IS NULL OR c.workspace = ?)
    GROUP BY c.run_group
    HAVING max(r.changed) > ? ORDER BY position DESC
"""
_RUNS = """
    SELECT c.run, c.run_group, c.seeds, r.seed, r.outcome FROM configurations AS c JOIN runs AS r USING (run)
    WHERE c.run_group IN (SELECT unnest(?::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY c.run_group ORDER BY c.position DESC) <= ?
    ORDER BY c.position DESC
"""


def groups(
    view: View, *, workspace: str | None = None, limit: int = 20, before: int | None = None, since: int | None = None
) -> Groups:
    """Groups that have runs of a workspace, or all. `limit` is kept between 1 and 200."""
    limit = max(1, min(limit, 200))
    found = view.rows(_LINES, workspace, workspace, since or 0)
    page = [row for row in found if before is None or row["position"] < before]
    shown = page[:limit]
    metrics = _metrics(view, [row["group"] for row in shown]) if shown else {}
    return Groups(
        as_of=view.position,
        groups=[
            GroupLine(
                metrics=metrics.get(row["group"], []),
                **{name: row[name] for name in GroupLine.model_fields if name != "metrics"},
            )
            for row in shown
        ],
        matching=len(found),
        more=shown[-1]["position"] if len(page) > limit else None,
    )


def _metrics(view: View, names: Sequence[str]) -> dict[str, list[GroupMetric]]:
    runs = {row["run"]: row for row in view.rows(_RUNS, names, MOST_RUNS)}
    rows = view.rows("SELECT * FROM metrics WHERE run IN (SELECT unnest(?::VARCHAR[]))", [*runs])
    specs = view.rows("SELECT * FROM results WHERE run IN (SELECT unnest(?::VARCHAR[]))", [*runs])
    said = {
        (runs[row["run"]]["run_group"], row["stage"], row["metric"]): row
        for row in sorted(specs, key=lambda row: int(row["position"]))
    }
    taken_over = reused(view, [*runs])
    order = {run: place for place, run in enumerate(runs)}
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((runs[row["run"]]["run_group"], row["stage"], row["metric"]), []).append(row)
    lines: dict[str, list[tuple[int, GroupMetric]]] = {}
    for place, logged in found.items():
        spec = _spec(place[2], said.get(place))
        in_order = sorted(logged, key=lambda row: order[row["run"]])  # of the same work done twice the newest counts
        numbers = [number(runs[row["run"]], row, picked(row, spec), taken_over) for row in in_order]
        lines.setdefault(place[0], []).append((len(logged), _line(place, spec, numbers)))
    return {
        group: [line for _, line in sorted(made, key=lambda one: (not one[1].judged, -one[0], one[1].metric))][:METRICS]
        for group, made in lines.items()
    }


def _spec(metric: str, said: Row | None) -> Spec:
    if said is None:
        return Spec(direction=direction(metric), guessed=True)
    return Spec(direction=said["direction"], judged=True, pick=said["pick"])


def _line(place: tuple[str, str, str], spec: Spec, numbers: Sequence[Number]) -> GroupMetric:
    found = sampled(independent([one for one in numbers if one.counts]))
    known = {"mean": found.mean, "sd": found.sd, "low": found.low, "high": found.high} if found is not None else {}
    return GroupMetric(
        stage=place[1],
        metric=place[2],
        direction=spec.direction,
        judged=spec.judged,
        n=found.n if found is not None else 0,
        **known,
    )
