"""What a reference names; or the refusal with near names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from goldfish.domain.findings import is_finding
from goldfish.domain.names import is_note, is_run, nearest, split_execution, split_version
from goldfish.errors import (
    Refusal,
    UnknownFinding,
    UnknownNote,
    UnknownReference,
    UnknownRevision,
    UnknownRun,
    UnknownSource,
    UnknownTag,
    UnknownVersion,
    UnknownWorkspace,
)
from goldfish.projections.projector import View
from goldfish.queries.foreign import by_foreign_id

_REVISION = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})@r([1-9][0-9]{0,8})")
_RECENT = 200  # runs among which a near name is looked for

Kind = Literal["run", "execution", "output", "workspace", "version", "source", "note", "finding"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that exists. `id` is its full name: `run-3`, `run-3/train`, `baseline@v2`, `digits@r1` …"""

    kind: Kind
    id: str


def resolve(view: View, given: str) -> Reference:
    """What `given` names. A plain name is a workspace, or else the newest revision of a source, or else a tag.

    `@name` is always the tag. A tag names the version or run that it points to. What names nothing of ours may be the
    id of something imported: E7, or experiments:E7.

    Raises `UnknownRun`, `UnknownVersion`, `UnknownWorkspace`, `UnknownSource`, `UnknownTag` or `UnknownReference`, and
    `AmbiguousReference` for an id that several things have elsewhere.
    """
    try:
        return _ours(view, given)
    except Refusal:
        ours = by_foreign_id(view, given)
        if ours is None:
            raise
    return _ours(view, ours)


def _ours(view: View, given: str) -> Reference:
    version, revision = split_version(given), _REVISION.fullmatch(given)
    head, dot, signal = given.rpartition(".")
    if given.startswith("@"):
        return _tag(view, given.removeprefix("@"))
    if is_run(given):
        return _run(view, given)
    if is_note(given):
        return _note(view, given)
    if is_finding(given):
        return _finding(view, given)
    if split_execution(given):
        return _execution(view, given)
    if dot and signal and split_execution(head):
        return _output(view, given)
    if version:
        return _version(view, given, version[0])
    if revision:
        return _revision(view, given, revision[1])
    return _name(view, given)


def _run(view: View, given: str) -> Reference:
    if view.row("SELECT run FROM runs WHERE run = ?", given):
        return Reference("run", given)
    recent = view.rows("SELECT run FROM runs ORDER BY position DESC LIMIT ?", _RECENT)
    raise UnknownRun(given=given, near=nearest(given, [row["run"] for row in recent]))


def _note(view: View, given: str) -> Reference:
    if view.row("SELECT note FROM thoughts WHERE note = ?", given):
        return Reference("note", given)
    raise UnknownNote(given=given, near=nearest(given, _notes(view)))


def _finding(view: View, given: str) -> Reference:
    if view.row("SELECT finding FROM findings WHERE finding = ?", given):
        return Reference("finding", given)
    known = view.rows("SELECT finding FROM findings ORDER BY position DESC LIMIT ?", _RECENT)
    raise UnknownFinding(given=given, near=nearest(given, [row["finding"] for row in known]))


def _execution(view: View, given: str) -> Reference:
    run = _run(view, given.partition("/")[0])
    asked = view.rows("SELECT unnest(stages) AS stage FROM runs WHERE run = ?", run.id)  # begun or not
    known = [f"{run.id}/{row['stage']}" for row in asked]
    if given in known:
        return Reference("execution", given)
    raise UnknownReference(given=given, near=nearest(given, known))


def _output(view: View, given: str) -> Reference:
    run = _run(view, given.partition("/")[0])
    if view.row("SELECT ref FROM outputs WHERE ref = ?", given):
        return Reference("output", given)
    known = view.rows("SELECT ref FROM outputs WHERE run = ?", run.id)
    raise UnknownReference(given=given, near=nearest(given, [row["ref"] for row in known]))


def _version(view: View, given: str, workspace: str) -> Reference:
    if view.row("SELECT version FROM versions WHERE version = ?", given):
        return Reference("version", given)
    known = view.rows("SELECT version FROM versions WHERE workspace = ?", workspace)
    if not known:
        raise UnknownWorkspace(given=workspace, near=nearest(workspace, _workspaces(view)))
    raise UnknownVersion(given=given, near=nearest(given, [row["version"] for row in known]))


def _revision(view: View, given: str, source: str) -> Reference:
    if view.row("SELECT ref FROM sources WHERE ref = ?", given):
        return Reference("source", given)
    known = [row["ref"] for row in view.rows("SELECT ref FROM sources WHERE name = ?", source)]
    if known:
        raise UnknownRevision(given=given, source=source, near=nearest(given, known))
    raise UnknownSource(given=source, near=nearest(source, _sources(view)))


def _tag(view: View, name: str) -> Reference:
    targets = _tags(view)
    if name not in targets:
        raise UnknownTag(given=name, near=nearest(name, targets))
    return Reference("run" if is_run(targets[name]) else "version", targets[name])


def _name(view: View, given: str) -> Reference:
    workspaces, sources = _workspaces(view), _sources(view)
    if given in workspaces:
        return Reference("workspace", given)
    if given in sources:
        row = view.row("SELECT ref FROM sources WHERE name = ? ORDER BY revision DESC LIMIT 1", given)
        return Reference("source", row["ref"] if row else given)
    tags = _tags(view)
    if given in tags:
        return _tag(view, given)
    if (ours := by_foreign_id(view, given)) is not None:
        return _ours(view, ours)
    recent = [row["run"] for row in view.rows("SELECT run FROM runs ORDER BY position DESC LIMIT ?", _RECENT)]
    raise UnknownReference(given=given, near=nearest(given, {*workspaces, *sources, *tags, *recent, *_notes(view)}))


def _notes(view: View) -> list[str]:
    rows = view.rows("SELECT note FROM thoughts WHERE note IS NOT NULL ORDER BY position DESC LIMIT ?", _RECENT)
    return [row["note"] for row in rows]


def _workspaces(view: View) -> set[str]:
    return {row["workspace"] for row in view.rows("SELECT workspace FROM workspaces")}


def _tags(view: View) -> dict[str, str]:
    return {row["tag"]: row["target"] for row in view.rows("SELECT tag, target FROM tags")}


def _sources(view: View) -> set[str]:
    return {row["name"] for row in view.rows("SELECT DISTINCT name FROM sources")}
