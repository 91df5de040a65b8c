"""Runs that pass the filters of a search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from goldfish.domain.search_grammar import Filter, Search
from goldfish.projections.projector import View
from goldfish.queries.search_filters import condition

_NUMBER = "substr(run, 5)::BIGINT"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that is found: a run by its number, all else by an id below zero. Its best text is at `position`."""

    subject: int
    position: int
    score: float | None = None
    value: float | None = None  # of the metric by which is sorted


def numbers(view: View, filters: Sequence[Filter], among: Collection[int] | None = None) -> set[int]:
    """The numbers of the runs that pass; of these, if some are given."""
    made = condition(filters)
    asked = f"SELECT list({_NUMBER}) AS found FROM runs WHERE {made.sql}"  # noqa: S608 conditions are ours
    if among is not None:
        asked += f" AND {_NUMBER} IN (SELECT unnest(?::BIGINT[]))"
    row = view.row(asked, *made.parameters, *([[*among]] if among is not None else []))
    return set(row["found"] or ()) if row else set()


def page_of_runs(
    view: View,
    asked: Search,
    *,
    size: int,
    before: int | None,
    since: int,
    among: Collection[int] | None = None,
    excluded: Collection[int] = (),
) -> tuple[list[Hit], int, bool]:
    """A page of the runs that pass, how many pass in all, and whether there is a next page.

    The newest first; or by the last finite value of the metric that the search is sorted by: those without are left
    out. Of several stages with the metric, the best value counts.
    """
    made = condition(asked.filters)
    parts, parameters = [made.sql], list(made.parameters)
    if since:
        parts.append("changed > ?")
        parameters.append(since)
    if among is not None:
        parts.append(f"{_NUMBER} IN (SELECT unnest(?::BIGINT[]))")
        parameters.append([*among])
    if excluded:
        parts.append(f"{_NUMBER} NOT IN (SELECT unnest(?::BIGINT[]))")
        parameters.append([*excluded])
    passing = " AND ".join(parts)
    if asked.sort is None:
        rows = view.rows(_NEWEST.format(passing=passing), *parameters, before, before, size + 1)
    else:
        best, sign = ("min", "-") if asked.ascending else ("max", "")
        all_runs = passing == "true"
        sorted_by = _SORTED.format(
            best=best, sign=sign, passing="true" if all_runs else f"run IN ({_RUNS.format(passing)})"
        )
        rows = view.rows(sorted_by, asked.sort, *parameters, before, before, before, size + 1)
    hits = [Hit(row["number"], row["position"], value=row["value"]) for row in rows[:size]]
    return hits, rows[0]["matching"] if rows else 0, len(rows) > size


_RUNS = "SELECT run FROM runs WHERE {}"

_NEWEST = """
    SELECT substr(run, 5)::BIGINT AS number, position, NULL AS value, matching
    FROM (SELECT run, position, count(*) OVER () AS matching FROM runs WHERE {passing})
    WHERE ?::BIGINT IS NULL OR position < ? ORDER BY position DESC LIMIT ?
"""

_SORTED = """
    WITH found AS MATERIALIZED (
        SELECT run, {best}(last) AS value, {sign}value AS sorting FROM metrics
        WHERE metric = ? AND last_is_finite AND {passing} GROUP BY run
    ), placed AS (
        SELECT run, value, sorting, runs.position, count(*) OVER () AS matching FROM found JOIN runs USING (run)
    ), last AS (
        SELECT max((sorting, position)) AS place FROM placed WHERE position = ?
    )
    SELECT substr(run, 5)::BIGINT AS number, position, value, matching FROM placed, last
    WHERE ?::BIGINT IS NULL OR coalesce((sorting, position) < place, position < ?)
    ORDER BY sorting DESC, position DESC LIMIT ?
"""
