"""Show whatever a reference names."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections.projector import View
from goldfish.queries.lines import ActivityLine, RunLine, more, run_lines
from goldfish.queries.references import resolve
from goldfish.queries.run_story import ExecutionStory, RunStory, execution_story, run_story
from goldfish.queries.thoughts import ThoughtLine, note_line, notes_about
from goldfish.queries.workspace_story import VersionStory, WorkspaceStory, version_story, workspace_story

RUNS, VERSIONS = 20, 50


class RevisionLine(Value):
    """A revision of a source."""

    ref: str
    type: str
    digest: str
    size: int
    came_from: str
    registered_at: datetime
    actor: str
    position: int


class SourceStory(Value):
    """A source: the revision that was asked for, all revisions, and the runs that read it."""

    as_of: int
    kind: Literal["source"] = "source"
    name: str
    revision: RevisionLine
    revisions: list[RevisionLine]
    runs: list[RunLine]
    left_out: list[str]


class NoteStory(Value):
    """A thought, a hypothesis or a decision: as it reads now, its history, and the notes about it."""

    as_of: int
    kind: Literal["note"] = "note"
    note: ThoughtLine
    history: list[ActivityLine]
    thoughts: list[ThoughtLine]


Story = RunStory | ExecutionStory | WorkspaceStory | VersionStory | SourceStory | NoteStory


def show(view: View, ref: str, *, pruned: bool = False) -> Story:
    """The story of what `ref` names; an output is shown with its execution. Raises as `resolve`.

    `pruned` shows a workspace's pruned versions too.
    """
    reference = resolve(view, ref)
    match reference.kind:
        case "run":
            return run_story(view, reference.id)
        case "execution":
            return execution_story(view, reference.id)
        case "output":
            return execution_story(view, reference.id.rpartition(".")[0])
        case "workspace":
            return workspace_story(view, reference.id, pruned=pruned)
        case "version":
            return version_story(view, reference.id)
        case "source":
            return _source(view, reference.id)
        case "note":
            return _note(view, reference.id)


def _source(view: View, ref: str) -> SourceStory:
    name = ref.rpartition("@")[0]
    rows = view.rows("SELECT * FROM sources WHERE name = ? ORDER BY revision DESC", name)
    lines = [RevisionLine(**{field: row[field] for field in RevisionLine.model_fields}) for row in rows]
    readers = "SELECT * FROM runs WHERE run IN (SELECT run FROM inputs WHERE ref = ?) ORDER BY position DESC"
    runs, left_out = _runs(view, readers, ref)
    chosen = next(line for line in lines if line.ref == ref)
    return SourceStory(
        as_of=view.position, name=name, revision=chosen, revisions=lines[:VERSIONS], runs=runs, left_out=left_out
    )


def _note(view: View, note: str) -> NoteStory:
    told = view.rows(
        "SELECT position, recorded_at, actor, summary FROM activity WHERE stream = ? ORDER BY position", note
    )
    return NoteStory(
        as_of=view.position,
        note=note_line(view, note),
        history=[ActivityLine.model_validate(row) for row in told],
        thoughts=notes_about(view, note),
    )


def _runs(view: View, sql: str, parameter: str) -> tuple[list[RunLine], list[str]]:
    rows = view.rows(sql, parameter)
    return run_lines(view, rows[:RUNS]), more(len(rows) - RUNS, "run", "runs", "goldfish history")
