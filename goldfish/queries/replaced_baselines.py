"""Claims that compare with what was no longer the baseline when they were made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from goldfish.domain.names import is_run
from goldfish.domain.suspicion import Suspicion
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.claims import claims_of, compared_with
from goldfish.queries.suspects import WHEN

# In words: baseline_set, "set the baseline to", "is the new baseline"; not "remove the flag from the baseline".
_SETS = re.compile(
    r"""\bbaseline[\s_-]?(?:set|reset|changed|updated|is|now)\b
    |\b(?:sets?|makes?|made|becomes?|became|promoted?|adopt(?:ed)?|new|is|as|reverts?|reverted|restored?|updated?)\b
        (?:(?!\b(?:from|against|than|over|below|above|no|not)\b)[^.;]){0,40}?\bbaseline\b""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class _Baseline:
    since: datetime
    position: int
    note: str
    runs: frozenset[str]


def compared_with_replaced(
    view: View, suspicion: Suspicion, only: set[str] | None, among: list[str] | None = None
) -> list[str]:
    """The claims that compare with older runs than the baseline of their time: of those that are named, if any are.

    Where nobody wrote down what the baseline was, only names tell.
    """
    named = compared_with(view, suspicion, only, among) if suspicion.compared_with else None
    asked = f"SELECT run, run_group, foreign_id, {WHEN} AS happened FROM runs"  # noqa: S608 made of constants
    runs = {row["run"]: row for row in view.rows(asked)}
    times = _baselines(view) or _named(suspicion, runs)
    if not times:
        return named or []
    found = [row["note"] for row in claims_of(view, suspicion, among) if _is_late(row, times, runs)]
    if named is not None:
        return [note for note in found if note in set(named)]
    rows = {row["note"]: set(row["because"]) for row in claims_of(view, suspicion, among)}
    return [note for note in found if only is None or only & rows[note]]


def _is_late(claim: Row, times: list[_Baseline], runs: dict[str, Row]) -> bool:
    """Whether a claim compares with runs from before the baseline of its time, and with none of it."""
    at = (claim["happened_at"] or claim["recorded_at"], claim["position"])
    held = [one for one in times if (one.since, one.position) < at and one.since < at[0]]
    against = _runs(claim["instead_of"])
    if not held or not against:
        return False
    current = held[-1]
    belongs = current.runs | {_group(run, runs) for run in current.runs} - {None}
    of_current = {run for run in against | _runs(claim["because"]) if run in belongs or _group(run, runs) in belongs}
    if of_current:
        return False
    return all(run in runs and runs[run]["happened"] < current.since for run in against)


def _baselines(view: View) -> list[_Baseline]:
    """The baselines that decisions set, the earliest first."""
    rows = {row["note"]: row for row in view.rows("SELECT * FROM thoughts WHERE kind IN ('claim', 'decision')")}
    chosen: dict[str, set[str]] = {}
    for row in view.rows("SELECT note, run FROM baselines WHERE NOT withdrawn"):
        chosen.setdefault(row["note"], set()).add(row["run"])
    made = []
    for note, row in rows.items():
        sets = row["kind"] == "decision" and row["state"] != "withdrawn" and _SETS.search(row["text"].replace("_", " "))
        if note not in chosen and not sets:
            continue
        meant = frozenset(run for run in chosen.get(note) or _rests_on(note, rows) if is_run(run))
        if meant:
            since = row["happened_at"] or row["recorded_at"]
            made.append(_Baseline(since, row["position"], note, meant))
    return sorted(made, key=lambda one: (one.since, one.position))


def _named(suspicion: Suspicion, runs: dict[str, Row]) -> list[_Baseline]:
    """The baseline that a finding says was the right one, since its runs were there."""
    meant = frozenset(
        run for run, row in runs.items() if {run, row["run_group"], row["foreign_id"]} & set(suspicion.sound_runs)
    )
    return [_Baseline(max(runs[run]["happened"] for run in meant), 0, "", meant)] if meant else []


def _rests_on(note: str, rows: dict[str, Row]) -> set[str]:
    """The runs that a decision rests on: its own, those of its claims, and of the decisions before it."""
    found: set[str] = set()
    seen: set[str] = set()
    frontier = [note]
    while frontier:
        row = rows.get(frontier.pop())
        if row is None or row["note"] in seen:
            continue
        seen.add(row["note"])
        found |= _runs(row["because"])
        frontier += [ref for ref in row["because"] if not is_run(ref)]
    return found


def _runs(refs: list[str] | None) -> set[str]:
    return {run for ref in refs or [] if is_run(run := ref.partition("/")[0])}


def _group(run: str, runs: dict[str, Row]) -> str | None:
    return runs[run]["run_group"] if run in runs else None
