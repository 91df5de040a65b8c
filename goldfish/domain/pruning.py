"""Pruning: which versions of a workspace may leave the lists, and which are still needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from goldfish.domain.event import Event
from goldfish.domain.names import version_id
from goldfish.domain.tags import Tags
from goldfish.domain.workspaces import Workspace
from goldfish.errors import (
    NothingToPrune,
    NothingToRestore,
    StillMounted,
    VersionInUse,
    VersionPruned,
    VersionTagged,
    WorkspaceInUse,
)

_RANGE = re.compile(r"(.+?)\.\.(.+)")


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is pruned, and which versions of those asked for stay: number → why."""

    events: list[Event]
    stays: dict[int, str]


def ends_of(given: str) -> tuple[str, str] | None:
    """("v1", "v4") for "v1..v4"; None for one version."""
    match = _RANGE.fullmatch(given)
    return (match[1], match[2]) if match else None


def prune_one(workspace: Workspace, number: int, tags: Tags, reason: str) -> list[Event]:
    """Take one version out of the lists. Refused by name when it is needed."""
    workspace.must_be_there()
    workspace.tree_of(number)
    version = version_id(workspace.name, number)
    if number in workspace.pruned:
        raise VersionPruned(version=version, reason=workspace.pruned[number])
    if tagged := tags.of(version):
        raise VersionTagged(version=version, tags=", ".join(tagged))
    if why := _needed(workspace, number):
        raise VersionInUse(version=version, why=why)
    return [Workspace.VersionPruned(number=number, reason=reason)]


def prune_many(workspace: Workspace, numbers: Iterable[int], tags: Tags, reason: str) -> Pruning:
    """Take versions out of the lists, those that are needed excepted; refused when none is left."""
    workspace.must_be_there()
    stays: dict[int, str] = {}
    events: list[Event] = []
    for number in sorted(set(numbers) & set(workspace.kept)):
        tagged = tags.of(version_id(workspace.name, number))
        why = f"it is tagged {', '.join(tagged)}" if tagged else _needed(workspace, number)
        if why:
            stays[number] = why
        else:
            events.append(Workspace.VersionPruned(number=number, reason=reason))
    if not events:
        named = [f"{version_id(workspace.name, number)} stays, {why}" for number, why in stays.items()]
        raise NothingToPrune(workspace=workspace.name, why=named or "every one of them is pruned, or there is none")
    return Pruning(events, stays)


def restore_versions(workspace: Workspace, numbers: Iterable[int]) -> list[Event]:
    """Bring pruned versions back into the lists; refused when none of them is pruned."""
    workspace.must_be_there()
    events: list[Event] = [Workspace.VersionRestored(number=n) for n in sorted(set(numbers) & set(workspace.pruned))]
    if not events:
        raise NothingToRestore(given=workspace.name, why="none of these versions is pruned")
    return events


def delete(workspace: Workspace, used_by: str | None, reason: str) -> list[Event]:
    """Take a workspace out of the lists: one whose files are nowhere, and which no open run is using."""
    workspace.must_be_there()
    if workspace.slot is not None:
        raise StillMounted(given=workspace.name, slot=workspace.slot)
    if used_by is not None:
        raise WorkspaceInUse(given=workspace.name, run=used_by)
    return [Workspace.Deleted(reason=reason)]


def undelete(workspace: Workspace) -> list[Event]:
    """Bring a deleted workspace back as it was."""
    if workspace.deleted is None:
        why = "it is not deleted"
        if workspace.pruned:
            why += f"; {', '.join(version_id(workspace.name, n) for n in workspace.pruned)} can be restored by name"
        raise NothingToRestore(given=workspace.name, why=why)
    return [Workspace.Restored()]


def _needed(workspace: Workspace, number: int) -> str:
    """Why a version that no tag protects cannot be pruned; empty when it can."""
    if number == workspace.latest:
        return "it is the latest version"
    if workspace.slot is not None and workspace.versions[number] == workspace.placed:
        return f"the files in workspaces/{workspace.slot} began with it"
    return ""
