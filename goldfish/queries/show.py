"""Show whatever a reference names."""

from __future__ import annotations

from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections.projector import View
from goldfish.queries.claims import ClaimStanding, standings
from goldfish.queries.findings import FindingStory, finding_story
from goldfish.queries.lines import ActivityLine, RunLine, more, run_lines
from goldfish.queries.references import resolve
from goldfish.queries.run_story import ExecutionStory, RunStory, execution_story, run_story
from goldfish.queries.sources import SourceStory, source_story
from goldfish.queries.thoughts import ThoughtLine, note_line, notes_about
from goldfish.queries.workspace_story import VersionStory, WorkspaceStory, version_story, workspace_story

RUNS, VERSIONS = 20, 50


class NoteStory(Value):
    """A thought, a hypothesis, a claim or a decision: as it reads now, its history, and the notes about it."""

    as_of: int
    kind: Literal["note"] = "note"
    note: ThoughtLine
    history: list[ActivityLine]
    thoughts: list[ThoughtLine]
    standing: ClaimStanding | None = None  # of a claim: whether its numbers show more than noise


Story = RunStory | ExecutionStory | WorkspaceStory | VersionStory | SourceStory | NoteStory | FindingStory


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
            return source_story(view, reference.id)
        case "note":
            return _note(view, reference.id)
        case "finding":
            return finding_story(view, reference.id)


def _note(view: View, note: str) -> NoteStory:
    told = view.rows(
        "SELECT position, recorded_at, actor, summary FROM activity WHERE stream = ? ORDER BY position", note
    )
    line = note_line(view, note)
    return NoteStory(
        as_of=view.position,
        note=line,
        standing=_standing(view, note) if line.kind == "claim" else None,
        history=[ActivityLine.model_validate(row) for row in told],
        thoughts=notes_about(view, note),
    )


def _standing(view: View, claim: str) -> ClaimStanding:
    return standings(view, view.rows("SELECT * FROM thoughts WHERE note = ?", claim))[claim]


def _runs(view: View, sql: str, parameter: str) -> tuple[list[RunLine], list[str]]:
    rows = view.rows(sql, parameter)
    return run_lines(view, rows[:RUNS]), more(len(rows) - RUNS, "run", "runs", "goldfish history")
