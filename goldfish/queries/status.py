"""One call to find one's bearings."""

from __future__ import annotations

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.notes import NoteKind
from goldfish.projections.projector import View
from goldfish.queries.awaiting import Awaiting, awaiting
from goldfish.queries.best import Best, best_runs
from goldfish.queries.failures import FailedWork, failures
from goldfish.queries.invariants import InvariantLine, invariant_lines
from goldfish.queries.lines import ActivityLine, RunLine, activity, more, run_lines
from goldfish.queries.tags import TagLine, tag_lines, tags_of
from goldfish.queries.thoughts import ThoughtLine, current_notes
from goldfish.queries.trends import TrendLine, trend_lines

TRENDS = 8
UNDER_WAY = ("requested", "running")
RESULTS, WORKSPACES, SOURCES, METRICS, FAILURES, CHANGES, TAGS = 8, 10, 10, 8, 5, 20, 10
NOTES: dict[NoteKind, int] = {"decision": 8, "hypothesis": 8, "thought": 5}


class WorkspaceLine(Value):
    """A workspace in one line. `dirty` means: its recorded files differ from its latest version.

    Where they do, `same_as` is the newest version that has them, as after a rollback; None for edits never saved.
    """

    workspace: str
    goal: str | None
    slot: str | None
    version: str
    dirty: bool
    same_as: str | None
    tags: list[str] = Field(default_factory=list)  # of that version


class SourceLine(Value):
    """The newest revision of a source."""

    ref: str
    type: str
    size: int
    changed: bool = False  # it was found changed in place, and no run can use it


class Counts(Value):
    """How much there is."""

    events: int
    workspaces: int
    versions: int
    sources: int
    runs: int
    succeeded: int
    failed: int
    cancelled: int
    lost: int
    parked: int
    under_way: int
    never_mended: int  # kinds of work that failed and never succeeded
    metrics: int  # names of metrics of runs that succeeded
    tags: int
    decisions: int  # standing
    hypotheses: int  # open
    thoughts: int  # not withdrawn


class Status(Value):
    """Where the project stands. `left_out` names what was cut from the lists and how to ask for it."""

    as_of: int
    project: str
    goal: str | None
    invariants: list[InvariantLine] = Field(default_factory=list)
    workspaces: list[WorkspaceLine]
    tags: list[TagLine] = Field(default_factory=list)
    sources: list[SourceLine]
    under_way: list[RunLine]
    results: list[RunLine]
    best: list[Best]
    best_is: str = "the last value among runs that succeeded; the direction is the spec's, or guessed from the name"
    awaiting: list[Awaiting] = Field(default_factory=list)
    trends: list[TrendLine] = Field(default_factory=list)
    failures: list[FailedWork]
    decisions: list[ThoughtLine]
    hypotheses: list[ThoughtLine]
    thoughts: list[ThoughtLine]
    counts: Counts
    since: int | None
    changes: list[ActivityLine]
    left_out: list[str]


def status(view: View, *, since: int | None = None) -> Status:
    """Goal, workspaces, what runs, results, what failed, decisions, recent thoughts; changes after `since`."""
    project = view.row("SELECT name, goal FROM project") or {"name": "", "goal": None}
    counted = _counts(view)
    workspaces, runs = _workspaces(view), _runs(view)
    best, metrics = best_runs(view, METRICS)
    failed, all_failed = failures(view, FAILURES)
    changes = [] if since is None else activity(view, CHANGES + 1, since)
    sources = _sources(view)
    notes, noted = current_notes(view, NOTES)
    counts = Counts(
        **counted,
        events=view.position,
        never_mended=all_failed,
        metrics=metrics,
        tags=_tags(view),
        decisions=noted["decision"],
        hypotheses=noted["hypothesis"],
        thoughts=noted["thought"],
    )
    finished = counts.runs - counts.under_way
    left_out = [
        *more(counts.workspaces - len(workspaces), "workspace", "workspaces", "goldfish show WORKSPACE"),
        *more(counts.tags - TAGS, "tag", "tags", "goldfish tags"),
        *more(counts.sources - len(sources), "source", "sources", "goldfish show SOURCE"),
        *more(counts.under_way - RESULTS, "run under way", "runs under way", "goldfish history"),
        *more(finished - RESULTS, "result", "results", "goldfish history"),
        *more(metrics - METRICS, "metric", "metrics", "goldfish show RUN"),
        *more(all_failed - FAILURES, "failure", "failures", "goldfish history --outcome failed"),
        *more(noted["decision"] - NOTES["decision"], "decision", "decisions", "goldfish thoughts --kind decision"),
        *more(noted["hypothesis"] - NOTES["hypothesis"], "hypothesis", "hypotheses", "goldfish hypothesis list"),
        *more(len(changes) - CHANGES, "or more changes", "or more changes", f"goldfish log --after {since}"),
    ]
    return Status(
        as_of=view.position,
        project=project["name"],
        goal=project["goal"],
        invariants=invariant_lines(view),
        workspaces=workspaces,
        tags=tag_lines(view, TAGS),
        sources=sources,
        under_way=[run for run in runs if run.state in UNDER_WAY],
        results=[run for run in runs if run.state not in UNDER_WAY],
        best=best,
        awaiting=awaiting(view)[:WORKSPACES],
        trends=trend_lines(view, limit=TRENDS),
        failures=failed,
        decisions=notes["decision"],
        hypotheses=notes["hypothesis"],
        thoughts=notes["thought"],
        counts=counts,
        since=since,
        changes=changes[:CHANGES],
        left_out=left_out,
    )


def _runs(view: View) -> list[RunLine]:
    rows = view.rows(
        """
        SELECT * FROM runs WHERE run IN (
            SELECT run FROM runs
            QUALIFY row_number() OVER (PARTITION BY state IN ('requested', 'running') ORDER BY position DESC) <= ?
        ) ORDER BY position DESC
        """,
        RESULTS,
    )
    return run_lines(view, rows)


def _workspaces(view: View) -> list[WorkspaceLine]:
    rows = view.rows(
        """
        SELECT workspace, goal, slot, workspace || '@v' || latest AS version, dirty,
               CASE WHEN dirty THEN (SELECT max_by(version, number) FROM versions WHERE
                    versions.workspace = workspaces.workspace AND versions.pruned IS NULL
                    AND versions.tree = workspaces.tree) END AS same_as
        FROM workspaces WHERE deleted IS NULL
        ORDER BY slot IS NULL, greatest(changed, (SELECT max(position) FROM runs WHERE
                 runs.workspace = workspaces.workspace)) DESC LIMIT ?
        """,
        WORKSPACES,
    )
    tags = tags_of(view, [row["version"] for row in rows])
    return [WorkspaceLine.model_validate({**row, "tags": tags.get(row["version"], [])}) for row in rows]


def _tags(view: View) -> int:
    return int(view.rows("SELECT count(*) AS n FROM tags")[0]["n"])


def _sources(view: View) -> list[SourceLine]:
    rows = view.rows(
        """
        SELECT max_by(ref, revision) AS ref, max_by(type, revision) AS type, max_by(size, revision) AS size,
               max_by(changed IS NOT NULL, revision) AS changed
        FROM sources WHERE retired IS NULL GROUP BY name ORDER BY changed DESC, max(position) DESC LIMIT ?
        """,
        SOURCES,
    )
    return [SourceLine.model_validate(row) for row in rows]


def _counts(view: View) -> dict[str, int]:
    row = view.row(
        """
        SELECT (SELECT count(*) FROM workspaces WHERE deleted IS NULL) AS workspaces,
               (SELECT count(*) FROM versions WHERE pruned IS NULL AND workspace IN
                (SELECT workspace FROM workspaces WHERE deleted IS NULL)) AS versions,
               (SELECT count(DISTINCT name) FROM sources WHERE retired IS NULL) AS sources,
               count(*) AS runs,
               count(*) FILTER (outcome = 'succeeded') AS succeeded, count(*) FILTER (outcome = 'failed') AS failed,
               count(*) FILTER (outcome = 'cancelled') AS cancelled, count(*) FILTER (outcome = 'lost') AS lost,
               count(*) FILTER (state = 'parked') AS parked,
               count(*) FILTER (state IN ('requested', 'running')) AS under_way
        FROM runs
        """
    )
    return row or {}
