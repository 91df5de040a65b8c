"""All that could be said of where a project stands: a bounded number of candidates for each section, and how many more.

Each question is asked of the newest or best few, so that it costs the same however long the project has gone on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from goldfish.domain.notes import NoteKind
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.avoiding import avoid
from goldfish.queries.awaiting import awaiting
from goldfish.queries.best import best_runs
from goldfish.queries.brief import NoteBrief, RunBrief, cut, note_brief, run_briefs
from goldfish.queries.lines import ActivityLine, activity
from goldfish.queries.next_steps import next_steps
from goldfish.queries.status_lines import (
    Baseline,
    Counts,
    InvariantBrief,
    SourceLine,
    Status,
    TagBrief,
    Warned,
    WorkspaceLine,
)
from goldfish.queries.surely import how_sure
from goldfish.queries.tags import tags_of
from goldfish.queries.thoughts import standing_notes
from goldfish.queries.untested import untested
from goldfish.queries.warnings import warnings_of

if TYPE_CHECKING:
    from goldfish.projections._moment import Moment
    from goldfish.projections.projector import Projector

GOAL, NAME = 400, 100  # characters
KEPT = 4  # moments that are remembered


@dataclass(frozen=True, slots=True)
class Bearings:
    """Everything that may be said, and how many items each section would have if it were said in full."""

    status: Status
    totals: Mapping[str, int]


_remembered: WeakKeyDictionary[Projector, dict[tuple[Moment, int | None, int], Bearings]] = WeakKeyDictionary()
_lock = threading.Lock()


def bearings(view: View, *, since: int | None = None, most: int = 20) -> Bearings:
    """At most `most` candidates for each section. Asked again of the same moment, it is not computed again."""
    asked = (view.moment, since, most)
    with _lock:
        known = _remembered.setdefault(view.projector, {})
        if asked in known:
            return known[asked]
    found = _gathered(view, since, most)
    with _lock:
        while len(known) >= KEPT:
            known.pop(next(iter(known)))
        known[asked] = found
    return found


def _gathered(view: View, since: int | None, most: int) -> Bearings:
    project = view.row("SELECT name, goal FROM project") or {"name": "", "goal": None}
    counts = _counts(view)
    under_way, results = _runs(view, most)
    best, all_best = best_runs(view, most)
    avoided, all_avoided = avoid(view)
    waiting, all_waiting = untested(view, most, counts.not_ended)
    decisions, all_decisions = _notes(view, "decision", most)
    thoughts, all_thoughts = _notes(view, "thought", most)
    tags, all_tags = _tags(view, most)
    due, invariants = awaiting(view), _invariants(view)
    warned, all_warned = _warned(view, most)
    found = Status(
        as_of=view.position,
        project=cut(project["name"], NAME),
        goal=cut(project["goal"], GOAL) if project["goal"] else None,
        counts=counts,
        since=since,
        changes=[] if since is None else [_brief(line) for line in activity(view, most, since)],
        invariants=invariants,
        findings=warned,
        under_way=under_way,
        baseline=_baseline(view),
        best=how_sure(view, best),
        awaiting=due[:most],
        results=results,
        do_not_repeat=avoided[:most],
        untested=waiting[:most],
        decisions=decisions,
        workspaces=_workspaces(view, most),
        thoughts=thoughts,
        tags=tags,
        sources=_sources(view, most),
    )
    totals = {
        "changes": 0 if since is None else _changes(view, since),
        "invariants": len(invariants),
        "findings": all_warned,
        "under_way": counts.under_way + counts.parked,
        "best": all_best,
        "awaiting": len(due),
        "results": counts.runs - counts.under_way - counts.parked - counts.not_ended,
        "do_not_repeat": all_avoided,
        "untested": all_waiting,
        "decisions": all_decisions,
        "workspaces": counts.workspaces,
        "thoughts": all_thoughts,
        "tags": all_tags,
        "sources": counts.sources,
    }
    return Bearings(_warning(view, found).model_copy(update={"next": next_steps(view, found)}), totals)


def _warning(view: View, found: Status) -> Status:
    """The same with the findings that spoil what is told: the best runs, the baseline, decisions."""
    if not found.findings:
        return found
    named = [line.run for line in found.best]
    named += [name for line in found.baseline for name in (line.run, line.note)]
    spoiled = warnings_of(view, [*named, *(line.note for line in found.decisions if line.note)])

    def ids(*nodes: str | None) -> dict[str, list[str]]:
        return {"warnings": sorted({caution.finding for node in nodes for caution in spoiled.get(node or "", ())})}

    return found.model_copy(
        update={
            "best": [line.model_copy(update=ids(line.run)) for line in found.best],
            "baseline": [line.model_copy(update=ids(line.run, line.note)) for line in found.baseline],
            "decisions": [line.model_copy(update=ids(line.note)) for line in found.decisions],
        }
    )


def _brief(line: ActivityLine) -> ActivityLine:
    return line.model_copy(update={"summary": cut(line.summary), "actor": cut(line.actor, 40)})


def _changes(view: View, since: int) -> int:
    return int(view.rows("SELECT count(*) AS n FROM activity WHERE position > ?", since)[0]["n"])


def _runs(view: View, most: int) -> tuple[list[RunBrief], list[RunBrief]]:
    """What has not ended, parked runs among it, and what has, the newest first."""
    rows = view.rows(
        """
        SELECT * FROM runs WHERE position IN (
            (SELECT position FROM runs WHERE state IN ('requested', 'running', 'parked')
             ORDER BY position DESC LIMIT $1)
            UNION ALL
            (SELECT position FROM runs WHERE state = 'finished'
             ORDER BY position DESC LIMIT $1))
        """,
        most,
    )
    found = run_briefs(view, sorted(rows, key=_newest_first))
    open_ = ("requested", "running", "parked")
    return [run for run in found if run.state in open_], [run for run in found if run.state not in open_]


def _newest_first(row: Row) -> int:
    return -int(row["position"])


def _notes(view: View, kind: NoteKind, most: int) -> tuple[list[NoteBrief], int]:
    """The newest notes that hold. Decisions about what the baseline is are told apart."""
    found, total = standing_notes(view, kind, most)
    return [note_brief(line) for line in found], total


def _invariants(view: View) -> list[InvariantBrief]:
    rows = view.rows("SELECT number, text FROM invariants WHERE retired IS NULL ORDER BY number")
    return [InvariantBrief(number=row["number"], text=cut(row["text"], 200)) for row in rows]


def _warned(view: View, most: int) -> tuple[list[Warned], int]:
    rows = view.rows(
        """
        SELECT finding, recorded_at, reason, count(*) OVER () AS total FROM findings WHERE state = 'standing'
        ORDER BY position DESC LIMIT ?
        """,
        most,
    )
    found = [Warned(finding=r["finding"], day=f"{r['recorded_at']:%Y-%m-%d}", reason=cut(r["reason"])) for r in rows]
    return found, rows[0]["total"] if rows else 0


def _baseline(view: View) -> list[Baseline]:
    """What was made the baseline last, if it still stands."""
    rows = view.rows(
        """
        SELECT baselines.note AS note, baselines.run AS run, foreign_id, since, baselines.text AS text FROM baselines
        JOIN thoughts ON thoughts.note = baselines.note AND thoughts.state = 'standing'
        LEFT JOIN runs ON runs.run = baselines.run ORDER BY since DESC, baselines.position DESC LIMIT 1
        """
    )
    return [
        Baseline(
            run=row["run"],
            called=row["foreign_id"],
            day=f"{row['since']:%Y-%m-%d}",
            note=row["note"],
            text=cut(row["text"]),
        )
        for row in rows
    ]


def _workspaces(view: View, most: int) -> list[WorkspaceLine]:
    rows = view.rows(
        """
        WITH ran AS (SELECT workspace, max(position) AS newest FROM runs GROUP BY workspace
        ), shown AS (
            SELECT workspaces.*, newest FROM workspaces LEFT JOIN ran USING (workspace) WHERE deleted IS NULL
            ORDER BY slot IS NULL, greatest(changed, newest) DESC LIMIT ?
        )
        SELECT workspace, goal, slot, workspace || '@v' || latest AS version, dirty,
               CASE WHEN dirty THEN (SELECT max_by(version, number) FROM versions WHERE
                    versions.workspace = shown.workspace AND versions.pruned IS NULL
                    AND versions.tree = shown.tree) END AS same_as
        FROM shown ORDER BY slot IS NULL, greatest(changed, newest) DESC
        """,
        most,
    )
    tags = tags_of(view, [row["version"] for row in rows]) if rows else {}
    return [
        WorkspaceLine.model_validate(
            {**row, "goal": cut(row["goal"], 120) if row["goal"] else None, "tags": tags.get(row["version"], [])[:4]}
        )
        for row in rows
    ]


def _tags(view: View, most: int) -> tuple[list[TagBrief], int]:
    rows = view.rows("SELECT tag, target, count(*) OVER () AS total FROM tags ORDER BY position DESC LIMIT ?", most)
    found = [TagBrief(tag=row["tag"], target=row["target"]) for row in rows]
    return found, rows[0]["total"] if rows else 0


def _sources(view: View, most: int) -> list[SourceLine]:
    rows = view.rows(
        """
        SELECT max_by(ref, revision) AS ref, max_by(type, revision) AS type, max_by(size, revision) AS size,
               max_by(changed IS NOT NULL, revision) AS changed
        FROM sources WHERE retired IS NULL GROUP BY name ORDER BY changed DESC, max(position) DESC LIMIT ?
        """,
        most,
    )
    return [SourceLine.model_validate(row) for row in rows]


def _counts(view: View) -> Counts:
    row = view.row(
        """
        SELECT (SELECT count(*) FROM workspaces WHERE deleted IS NULL) AS workspaces,
               (SELECT count(*) FROM versions WHERE pruned IS NULL AND workspace IN
                (SELECT workspace FROM workspaces WHERE deleted IS NULL)) AS versions,
               (SELECT count(DISTINCT name) FROM sources WHERE retired IS NULL) AS sources,
               count(*) AS runs, count(system) AS imported,
               count(*) FILTER (outcome = 'succeeded') AS succeeded, count(*) FILTER (outcome = 'failed') AS failed,
               count(*) FILTER (outcome = 'cancelled') AS cancelled, count(*) FILTER (outcome = 'lost') AS lost,
               count(*) FILTER (state = 'parked') AS parked,
               count(*) FILTER (state IN ('requested', 'running')) AS under_way,
               count(*) FILTER (state = 'imported') AS not_ended
        FROM runs
        """
    )
    return Counts(events=view.position, **(row or {"runs": 0}))
