"""All that is known of a workspace, and of one of its versions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.awaiting import Awaiting, awaiting
from goldfish.queries.lines import RunLine, more, run_lines
from goldfish.queries.tags import tags_of
from goldfish.queries.thoughts import ThoughtLine, notes_about
from goldfish.queries.trends import TrendLine, trend_lines
from goldfish.queries.warnings import Caution, warnings_on

RUNS, VERSIONS = 20, 50


class VersionLine(Value):
    """A saved version in one line. `pruned` says why lists leave it out."""

    version: str
    tree: str
    message: str
    saved_by: str
    saved_at: datetime
    actor: str
    position: int
    pruned: str | None = None
    tags: list[str] = Field(default_factory=list)


class WorkspaceStory(Value):
    """A workspace: its state, versions and runs, newest first. `branches` are the workspaces that began with it."""

    as_of: int
    kind: Literal["workspace"] = "workspace"
    workspace: str
    goal: str | None
    base: str | None
    slot: str | None
    tree: str
    dirty: bool
    created_at: datetime
    created_by: str
    deleted: str | None = None
    branches: list[str] = Field(default_factory=list)
    versions: list[VersionLine]
    runs: list[RunLine]
    awaiting: list[Awaiting] = Field(default_factory=list)
    trends: list[TrendLine] = Field(default_factory=list)
    thoughts: list[ThoughtLine]
    left_out: list[str]


class VersionStory(Value):
    """A version and the runs of it, newest first."""

    as_of: int
    kind: Literal["version"] = "version"
    workspace: str
    version: VersionLine
    runs: list[RunLine]
    thoughts: list[ThoughtLine]
    left_out: list[str]
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


def workspace_story(view: View, name: str, *, pruned: bool = False) -> WorkspaceStory:
    """The story of a workspace that exists, deleted or not; with `pruned` its pruned versions too."""
    row = view.rows("SELECT * FROM workspaces WHERE workspace = ?", name)[0]
    all_versions = view.rows("SELECT * FROM versions WHERE workspace = ? ORDER BY number DESC", name)
    versions = [found for found in all_versions if pruned or found["pruned"] is None]
    branches = (
        "SELECT workspace FROM workspaces WHERE starts_with(base, ? || '@v') AND deleted IS NULL ORDER BY position"
    )
    runs, left_out = _runs(view, "SELECT * FROM runs WHERE workspace = ? ORDER BY position DESC", name)
    left_out += more(len(versions) - VERSIONS, "version", "versions", f"goldfish log --stream workspace:{name}")
    hidden = len(all_versions) - len(versions)
    left_out += more(hidden, "pruned version", "pruned versions", f"goldfish show {name} --pruned")
    own = {name: row[name] for name in WorkspaceStory.model_fields if name in row}
    return WorkspaceStory(
        as_of=view.position,
        branches=[found["workspace"] for found in view.rows(branches, name)],
        versions=_lines(view, versions[:VERSIONS]),
        runs=runs,
        awaiting=awaiting(view, name),
        trends=trend_lines(view, name, limit=RUNS),
        thoughts=notes_about(view, name),
        left_out=left_out,
        **own,
    )


def version_story(view: View, version: str) -> VersionStory:
    """The story of a version that exists, pruned or not."""
    row = view.rows("SELECT * FROM versions WHERE version = ?", version)[0]
    runs, left_out = _runs(view, "SELECT * FROM runs WHERE version = ? ORDER BY position DESC", version)
    return VersionStory(
        as_of=view.position,
        workspace=row["workspace"],
        version=_lines(view, [row])[0],
        runs=runs,
        thoughts=notes_about(view, version),
        left_out=left_out,
        warnings=warnings_on(view, version),
    )


def _runs(view: View, sql: str, parameter: str) -> tuple[list[RunLine], list[str]]:
    rows = view.rows(sql, parameter)
    return run_lines(view, rows[:RUNS]), more(len(rows) - RUNS, "run", "runs", "goldfish history")


def _lines(view: View, rows: list[Row]) -> list[VersionLine]:
    tags = tags_of(view, [row["version"] for row in rows])
    names = [name for name in VersionLine.model_fields if name != "tags"]
    return [
        VersionLine.model_validate({**{name: row[name] for name in names}, "tags": tags.get(row["version"], [])})
        for row in rows
    ]
