"""Runs, newest first."""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.projections.projector import View
from goldfish.queries.lines import RunLine, run_lines


class History(Value):
    """A page of runs. `more` is the value of `before` that asks for the next page; None on the last one."""

    as_of: int
    runs: list[RunLine]
    matching: int
    more: int | None


def history(
    view: View,
    *,
    workspace: str | None = None,
    stage: str | None = None,
    outcome: str | None = None,
    group: str | None = None,
    sort: str | None = None,
    limit: int = 20,
    before: int | None = None,
    since: int | None = None,
) -> History:
    """Runs of a workspace, with a stage, an outcome (or state), of a group, that something happened to after `since`.

    `sort` names a metric: by its last value, largest first, or smallest first as in "-loss"; runs without it are left
    out, and there is one page. `limit` is kept between 1 and 200. `matching` counts all of them, on whichever page.
    """
    size = max(1, min(limit, 200))
    if sort is not None:
        before = None
    rows = view.rows(
        """
        SELECT * FROM (
            SELECT *, count(*) OVER () AS matching FROM runs
            WHERE coalesce(workspace = ?, true) AND coalesce(list_contains(stages, ?::VARCHAR), true)
              AND coalesce(coalesce(outcome, state) = ?, true) AND coalesce(changed > ?, true)
              AND (?::VARCHAR IS NULL OR run_group = ?)
              AND (?::VARCHAR IS NULL OR run IN (SELECT run FROM metrics WHERE metric = ltrim(?, '-')))
        ) AS found WHERE coalesce(position < ?, true)
        ORDER BY (SELECT CASE WHEN ?::VARCHAR LIKE '-%' THEN min(last) ELSE -max(last) END FROM metrics
                  WHERE metrics.run = found.run AND metric = ltrim(?, '-')) NULLS LAST, position DESC LIMIT ?
        """,
        workspace,
        stage,
        outcome,
        since,
        group,
        group,
        sort,
        sort,
        before,
        sort,
        sort,
        size + 1,
    )
    matching = rows[0]["matching"] if rows else 0
    page = rows[:size]
    more = page[-1]["position"] if len(rows) > size and sort is None else None
    return History(as_of=view.position, runs=run_lines(view, page), matching=matching, more=more)
