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


# The page is chosen first, by few columns: whole rows are read only of what is shown.
_FITS = """
    coalesce(workspace = $1, true) AND coalesce(list_contains(stages, $2::VARCHAR), true)
    AND coalesce(coalesce(outcome, state) = $3, true) AND coalesce(changed > $4, true)
    AND ($5::VARCHAR IS NULL OR run_group = $5)
"""
_NEWEST = f"""
    SELECT * FROM (SELECT run, position, count(*) OVER () AS matching FROM runs WHERE {_FITS})
    WHERE coalesce(position < $7, true) ORDER BY position DESC LIMIT $6
"""  # noqa: S608 constants
_SORTED = f"""
    WITH reached AS (
        SELECT run, CASE WHEN $7 LIKE '-%' THEN min(last) ELSE -max(last) END AS value FROM metrics
        WHERE metric = ltrim($7, '-') GROUP BY run
    )
    SELECT run, count(*) OVER () AS matching FROM runs JOIN reached USING (run) WHERE {_FITS}
    ORDER BY value NULLS LAST, position DESC LIMIT $6
"""  # noqa: S608 constants
_SHOWN = "SELECT * FROM runs WHERE list_contains($1::VARCHAR[], run) ORDER BY list_position($1::VARCHAR[], run)"


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
    asked = [workspace, stage, outcome, since, group, size + 1]
    found = view.rows(_NEWEST, *asked, before) if sort is None else view.rows(_SORTED, *asked, sort)
    matching = found[0]["matching"] if found else 0
    page = view.rows(_SHOWN, [row["run"] for row in found[:size]])
    more = page[-1]["position"] if len(found) > size and sort is None else None
    return History(as_of=view.position, runs=run_lines(view, page), matching=matching, more=more)
