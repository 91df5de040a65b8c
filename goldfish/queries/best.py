"""The best run by each metric."""

from __future__ import annotations

import re
from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections.projector import View

Direction = Literal["minimize", "maximize"]

_SMALLER_IS_BETTER = re.compile(r"loss|error|perplexity|rmse|(?:^|[^a-z])(?:mae|mse)(?:$|[^a-z])")


class Best(Value):
    """The best last value of a metric among runs that succeeded.

    The direction is that of the newest results spec of the metric, or else guessed from its name.
    """

    metric: str
    direction: Direction
    value: float
    run: str
    stage: str
    version: str
    among: int


def direction(metric: str) -> Direction:
    """Names that tell of loss, error, perplexity, RMSE, MAE or MSE are better small; all others are better large."""
    return "minimize" if _SMALLER_IS_BETTER.search(metric.lower()) else "maximize"


def best_runs(view: View, limit: int) -> tuple[list[Best], int]:
    """The best run by each of the `limit` metrics that most runs have, and how many metrics there are in all.

    Only runs that succeeded, and metrics whose last value is finite. The earlier of two equal runs is the better one.
    """
    rows = view.rows(
        """
        WITH good AS (
            SELECT metric, stage, last, run, version, runs.position AS position
            FROM metrics JOIN runs USING (run) WHERE outcome = 'succeeded' AND last_is_finite
        ), ends AS (
            SELECT metric, count(*) AS among, min(last) AS low, max(last) AS high FROM good GROUP BY metric
        )
        SELECT metric, among, last AS value, last = low AS smallest, last = high AS largest,
               unnest(min({'position': position, 'stage': stage, 'run': run, 'version': version}))
        FROM good JOIN ends USING (metric) WHERE last = low OR last = high
        GROUP BY metric, among, last, low, high ORDER BY among DESC, metric
        """
    )
    said = _said(view)
    found: dict[str, Best] = {}
    for row in rows:
        way = said.get(row["metric"]) or direction(row["metric"])
        if row["smallest" if way == "minimize" else "largest"]:
            fields = {name: row[name] for name in ("metric", "value", "run", "stage", "version", "among")}
            found[row["metric"]] = Best(direction=way, **fields)
    return list(found.values())[:limit], len(found)


def best_of_workspaces(view: View, workspaces: list[str]) -> dict[str, Best]:
    """The best run of each workspace, by the metric that most of its runs have."""
    rows = view.rows(
        """
        WITH good AS (
            SELECT workspace, metric, stage, last, run, version, runs.position AS position FROM metrics
            JOIN runs USING (run)
            WHERE outcome = 'succeeded' AND last_is_finite AND workspace IN (SELECT unnest(?::VARCHAR[]))
        ), ends AS (
            SELECT workspace, metric, count(*) AS among, min(last) AS low, max(last) AS high FROM good
            GROUP BY workspace, metric
            QUALIFY row_number() OVER (PARTITION BY workspace ORDER BY among DESC, metric) = 1
        )
        SELECT workspace, metric, among, last AS value, last = low AS smallest, last = high AS largest,
               unnest(min({'position': position, 'stage': stage, 'run': run, 'version': version}))
        FROM good JOIN ends USING (workspace, metric) WHERE last = low OR last = high
        GROUP BY workspace, metric, among, last, low, high
        """,
        workspaces,
    )
    said = _said(view)
    found: dict[str, Best] = {}
    for row in rows:
        way = said.get(row["metric"]) or direction(row["metric"])
        if row["smallest" if way == "minimize" else "largest"]:
            fields = {name: row[name] for name in ("metric", "value", "run", "stage", "version", "among")}
            found[row["workspace"]] = Best(direction=way, **fields)
    return found


def _said(view: View) -> dict[str, Direction]:
    """Which way each metric is better, where a results spec says so."""
    rows = view.rows("SELECT metric, max_by(direction, position) AS direction FROM results GROUP BY metric")
    return {row["metric"]: row["direction"] for row in rows}
