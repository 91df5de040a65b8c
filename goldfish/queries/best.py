"""The best run by each metric in each workspace, and how sure that is."""

from __future__ import annotations

import re
from typing import Literal

from goldfish.domain.event import Value
from goldfish.domain.specs import Direction, Judgement, Split
from goldfish.domain.trends import Course
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.brief import cut, quiet, rounded
from goldfish.queries.trends import Trend, settings_at, trend_of

METRICS = 8  # of a workspace that no spec names
NAMED = 60  # characters of a metric's name that are shown
RECENT = 300  # of the newest results, by which it is told where a series leads

Series = tuple[str | None, str, str, str | None, str]

_SMALLER_IS_BETTER = re.compile(r"loss|error|perplexity|rmse|(?:^|[^a-z])(?:mae|mse)(?:$|[^a-z])")


class Sure(Value):
    """How sure it is that the best is better than the next one of another configuration.

    `seeds` is how many runs of its configuration there are, `mean` and `sd` are theirs.
    """

    standing: Literal["established", "needs-seeds", "not-established", "unknown", "repeated", "single"]
    seeds: int
    mean: float | None = quiet(None)
    sd: float | None = quiet(None)
    than: str | None = quiet(None)  # the best run of another configuration
    more_seeds: int | None = quiet(None)  # of each that would do


class Newest(Value):
    """The newest result of a series that is not its best."""

    run: str
    value: float


class Best(Value):
    """The best run of a series: of one metric, workspace and, where specs say it, stage, split and direction.

    Where no spec is, the last values of runs that succeeded are compared, and the direction is guessed from the name.
    """

    metric: str
    workspace: str | None = quiet(None)  # None: imported
    stage: str | None = quiet(None)
    split: Split | None = quiet(None)
    direction: Direction
    guessed: bool = quiet(False)
    value: float
    run: str
    called: str | None = quiet(None)
    version: str | None = quiet(None)
    verdict: Judgement | None = quiet(None)
    among: int  # results
    sure: Sure | None = quiet(None)
    newest: Newest | None = quiet(None)
    course: Course | None = quiet(None)  # where the last results lead
    regressions: list[str] = quiet([])
    warnings: list[str] = quiet([])  # the findings that spoil it


def direction(metric: str) -> Direction:
    """Names that tell of loss, error, perplexity, RMSE, MAE or MSE are better small; all others are better large."""
    return "minimize" if _SMALLER_IS_BETTER.search(metric.lower()) else "maximize"


def best_runs(view: View, limit: int) -> tuple[list[Best], int]:
    """The best runs, and how many there are in all: of the series that specs name, the newest first.

    Then those of workspaces without any, by the metrics that most of their runs have. The earlier of two equal runs is
    the better one.
    """
    places: set[str | None] = {None, *_workspaces(view)}
    series = [row for row in view.rows(_SERIES) if row["workspace"] in places]
    judged = _winners(view, series[:limit])
    silent = places - {row["workspace"] for row in series}
    names = _few_of_each([row for row in _logged(view, silent) if row["workspace"] in silent])
    logged = _reached(view, names[: limit - len(judged)])
    rows = [*judged, *logged]
    about = _about(view, [row["run"] for row in rows])
    last = recent(view) if judged else {}
    found = [_best(row, about.get(row["run"], {}), last.get(series_of(row), [])) for row in rows]
    return found, len(series) + len(names)


def _best(row: Row, run: Row, last: list[Row]) -> Best:
    trend = _trend(row, last) if last and not row.get("guessed") else None
    newest = trend.newest if trend is not None and trend.newest.run != row["run"] else None
    return Best(
        metric=cut(row["metric"], NAMED),
        workspace=row["workspace"],
        stage=row["stage"] or None,
        split=row.get("split"),
        direction=row["direction"],
        guessed=bool(row.get("guessed")),
        value=rounded(row["value"]),
        run=row["run"],
        called=run.get("foreign_id"),
        version=run.get("version"),
        verdict=run.get("verdict"),
        among=row["among"],
        newest=Newest(run=newest.run, value=rounded(newest.value)) if newest is not None else None,
        course=trend.course if trend is not None else None,
        regressions=[cut(line) for line in trend.regressions[:2]] if trend is not None else [],
    )


def _trend(row: Row, last: list[Row]) -> Trend:
    own = {name: row[name] for name in ("workspace", "stage", "metric", "split", "direction")}
    values = [{"run": one["run"], "value": one["result"]} for one in last]
    told = {"results": row["among"], "best": row["value"], "best_run": row["run"], "tolerance": last[0]["tolerance"]}
    return trend_of({**own, **told, "last": values})


_SERIES = """
    SELECT workspace, stage, metric, split, direction, count(*) AS among, max(position) AS newest,
           CASE direction WHEN 'maximize' THEN max(result) ELSE min(result) END AS value
    FROM results WHERE result IS NOT NULL GROUP BY workspace, stage, metric, split, direction
    ORDER BY newest DESC, metric, stage, workspace, split, direction
"""


def _winners(view: View, series: list[Row]) -> list[Row]:
    """The series, each with the first run that reached its best result."""
    if not series:
        return []
    rows = view.rows(
        """
        WITH asked AS (
            SELECT unnest(?::BIGINT[]) AS nth, unnest(?::VARCHAR[]) AS workspace, unnest(?::VARCHAR[]) AS stage,
                   unnest(?::VARCHAR[]) AS metric, unnest(?::VARCHAR[]) AS split, unnest(?::VARCHAR[]) AS direction,
                   unnest(?::DOUBLE[]) AS value
        )
        SELECT nth, min_by(run, position) AS run FROM asked JOIN results
            ON results.result = asked.value AND results.metric = asked.metric AND results.stage = asked.stage
            AND results.split = asked.split AND results.direction = asked.direction
            AND results.workspace IS NOT DISTINCT FROM asked.workspace
        GROUP BY nth
        """,
        list(range(len(series))),
        *([row[name] for row in series] for name in ("workspace", "stage", "metric", "split", "direction", "value")),
    )
    runs = {row["nth"]: row["run"] for row in rows}
    return [{**row, "run": runs[at]} for at, row in enumerate(series)]


def _logged(view: View, places: set[str | None]) -> list[Row]:
    """The metrics of runs that succeeded, with both ends of their last values; those that most runs have first."""
    if not places - {None} and not view.rows("SELECT 1 FROM runs WHERE system IS NOT NULL LIMIT 1"):
        return []
    rows = view.rows(
        """
        SELECT workspace, metric, count(*) AS among, min(last) AS low, max(last) AS high FROM metrics WHERE counts
        GROUP BY workspace, metric ORDER BY among DESC, metric, workspace
        """
    )
    ways = {row["metric"]: direction(row["metric"]) for row in rows}
    values = {"minimize": "low", "maximize": "high"}
    return [
        {**row, "direction": ways[row["metric"]], "value": row[values[ways[row["metric"]]]], "guessed": True}
        for row in rows
    ]


def _few_of_each(rows: list[Row]) -> list[Row]:
    """Of each workspace the metrics that most of its runs have."""
    taken: dict[str | None, int] = {}
    for row in rows:
        taken[row["workspace"]] = taken.get(row["workspace"], 0) + 1
        row["rank"] = taken[row["workspace"]]
    return sorted((row for row in rows if row["rank"] <= METRICS), key=lambda row: int(row["rank"]))


def _reached(view: View, series: list[Row]) -> list[Row]:
    """The metrics, each with the first run whose last value was the best."""
    if not series:
        return []
    rows = view.rows(
        """
        WITH asked AS (
            SELECT unnest(?::BIGINT[]) AS nth, unnest(?::VARCHAR[]) AS workspace, unnest(?::VARCHAR[]) AS metric,
                   unnest(?::DOUBLE[]) AS value
        )
        SELECT nth, min_by({'run': run, 'stage': stage}, (position, stage)) AS first FROM asked JOIN metrics
            ON metrics.last = asked.value AND metrics.metric = asked.metric
            AND metrics.workspace IS NOT DISTINCT FROM asked.workspace
        WHERE counts GROUP BY nth
        """,
        list(range(len(series))),
        *([row[name] for row in series] for name in ("workspace", "metric", "value")),
    )
    first = {row["nth"]: row["first"] for row in rows}
    return [{**row, **first[at]} for at, row in enumerate(series)]


def _about(view: View, runs: list[str]) -> dict[str, Row]:
    """Version, id elsewhere and verdict of runs."""
    if not runs:
        return {}
    asked = "SELECT run, version, foreign_id FROM runs WHERE run IN (SELECT unnest(?::VARCHAR[]))"
    judged = "SELECT run, verdict FROM verdicts WHERE holds AND run IN (SELECT unnest(?::VARCHAR[]))"
    verdicts = {row["run"]: row["verdict"] for row in view.rows(judged, runs)}
    return {row["run"]: {**row, "verdict": verdicts.get(row["run"])} for row in view.rows(asked, runs)}


def _workspaces(view: View) -> list[str]:
    return [row["workspace"] for row in view.rows("SELECT workspace FROM workspaces WHERE deleted IS NULL")]


def series_of(row: Row) -> Series:
    """What is compared with each other."""
    return row["workspace"], row["stage"], row["metric"], row.get("split"), row["direction"]


def recent(view: View) -> dict[Series, list[Row]]:
    """The last results of each series among the newest of all, the newest first. One taken over is no new one."""
    rows = view.rows(
        """
        SELECT workspace, stage, metric, split, direction, run, result, tolerance FROM results
        WHERE result IS NOT NULL AND (measured IS NULL OR measured = run OR starts_with(measured, run || '/'))
        ORDER BY position DESC LIMIT ?
        """,
        RECENT,
    )
    most, found = settings_at(view).trend_runs, dict[Series, list[Row]]()
    for row in rows:
        mine = found.setdefault(series_of(row), [])
        if len(mine) < most:
            mine.append(row)
    return found
