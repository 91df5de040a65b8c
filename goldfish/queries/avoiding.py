"""What is not to be tried again as it was: what failed, what missed, what was found to be wrong. Grouped, with why."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.brief import cut, quiet

LOOKED_AT = 150  # of the newest of each kind
SETTINGS, NAMED = 3, 3  # settings and runs that are told of a group
_NUMBERS = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)

Kind = Literal["failed", "missed", "refuted"]


class Avoid(Value):
    """Work that came to nothing, with the newest of it first: how often, what was tried, and why it did.

    `failed`: it ended with this cause and the same work never succeeded. `missed`: somebody judged it a miss.
    `refuted`: a hypothesis that was found to be wrong, or was given up.
    """

    kind: Kind
    refs: list[str]  # runs or the hypothesis, the newest first
    called: list[str] = quiet([])  # their ids where they were imported from
    times: int = quiet(1)
    tried: str
    settings: dict[str, list[str]] = quiet({})  # what these runs set, and to which values
    why: str | None = quiet(None)


@dataclass(frozen=True, slots=True)
class _Setting:
    name: str
    value: str


def avoid(view: View) -> tuple[list[Avoid], int]:
    """The groups, those with the newest work first, and how many runs and hypotheses there are.

    Runs that failed of the same cause are one group, whatever the numbers in it; so are runs that changed the same
    settings and missed. Misses that changed none stand for themselves.
    """
    failed, refuted = _failed(view), _refuted(view)
    missed, misses = _missed(view)
    settings = _settings(view, [row["run"] for row in [*failed, *missed]])
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in failed:
        key = ("failed", _NUMBERS.sub("#", row["why"] or row["run"]), row["workspace"])
        groups.setdefault(key, []).append(row)
    for row in missed:
        names = _names(settings, row)
        groups.setdefault(("missed", names or row["run"], row["workspace"]), []).append(row)
    found = [(rows[0]["position"], _group(rows, settings)) for rows in groups.values()]
    found += [(row["changed"], _wrong(row)) for row in refuted]
    found.sort(key=lambda pair: -pair[0])
    return [line for _, line in found], len(failed) + misses + (refuted[0]["total"] if refuted else 0)


def _names(settings: dict[str, list[_Setting]], row: Row) -> tuple[str, ...]:
    return tuple(sorted({setting.name for setting in settings.get(row["run"], ())}))


def _group(rows: Sequence[Row], settings: dict[str, list[_Setting]]) -> Avoid:
    newest = rows[0]
    told: dict[str, list[str]] = {}
    for setting in (setting for row in rows for setting in settings.get(row["run"], ())):
        values = told.setdefault(cut(setting.name, 60), []) if setting.name in told or len(told) < SETTINGS else []
        value = cut(setting.value, 30)
        if value not in values and len(values) <= NAMED:
            values.append(value if len(values) < NAMED else "…")
    return Avoid(
        kind=newest["kind"],
        refs=[row["run"] for row in rows[:NAMED]],
        called=[row["foreign_id"] for row in rows[:NAMED] if row["foreign_id"]],
        times=len(rows),
        tried=cut(newest["description"] or "", 100),
        settings=told,
        why=cut(newest["why"], 140) if newest["why"] else None,
    )


def _wrong(row: Row) -> Avoid:
    why = f"{row['state']}: {row['ended']}" if row["ended"] else row["state"]
    return Avoid(kind="refuted", refs=[row["note"], *row["evidence"][:2]], tried=cut(row["text"], 140), why=cut(why))


def _failed(view: View) -> list[Row]:
    """The newest runs that failed, but for those whose work was done without failing."""
    rows = view.rows(
        """
        SELECT 'failed' AS kind, run, foreign_id, workspace, description, cause AS why, fingerprint, position
        FROM runs WHERE outcome = 'failed' ORDER BY position DESC LIMIT ?
        """,
        LOOKED_AT,
    )
    works = sorted({row["fingerprint"] for row in rows if row["fingerprint"] is not None})
    asked = "SELECT DISTINCT fingerprint FROM runs WHERE outcome = 'succeeded' AND fingerprint IN "
    mended = view.rows(asked + "(SELECT unnest(?::VARCHAR[]))", works) if works else []
    good = {row["fingerprint"] for row in mended}
    return [row for row in rows if row["fingerprint"] not in good]


def _missed(view: View) -> tuple[list[Row], int]:
    """The newest runs that somebody judged a miss, and that did not fail besides; how many were judged so."""
    rows = view.rows(
        """
        SELECT run, coalesce(learned, comment, reason) AS why, count(*) OVER () AS total FROM verdicts
        WHERE holds AND verdict = 'miss' ORDER BY position DESC LIMIT ?
        """,
        LOOKED_AT,
    )
    why = {row["run"]: row["why"] for row in rows}
    if not why:
        return [], 0
    runs = view.rows(
        """
        SELECT 'missed' AS kind, run, foreign_id, workspace, description, position FROM runs
        WHERE run IN (SELECT unnest(?::VARCHAR[])) AND outcome IS DISTINCT FROM 'failed' ORDER BY position DESC
        """,
        list(why),
    )
    return [{**row, "why": why[row["run"]]} for row in runs], rows[0]["total"] - (len(why) - len(runs))


def _refuted(view: View) -> list[Row]:
    return view.rows(
        """
        SELECT note, state, text, ended, evidence, changed, count(*) OVER () AS total FROM thoughts
        WHERE kind = 'hypothesis' AND state IN ('refuted', 'abandoned') ORDER BY changed DESC LIMIT ?
        """,
        LOOKED_AT,
    )


def _settings(view: View, runs: Sequence[str]) -> dict[str, list[_Setting]]:
    """What each run set, rather than the file."""
    if not runs:
        return {}
    rows = view.rows(
        """
        SELECT run, CASE stage WHEN '' THEN name ELSE stage || '.' || name END AS name, value FROM params
        WHERE overridden AND run IN (SELECT unnest(?::VARCHAR[])) ORDER BY run, name
        """,
        runs,
    )
    found: dict[str, list[_Setting]] = {}
    for row in rows:
        value = json.loads(row["value"])
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found.setdefault(row["run"], []).append(_Setting(row["name"], written))
    return found
