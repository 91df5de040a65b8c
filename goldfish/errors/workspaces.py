"""Refusals about workspaces, versions and slots."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class UnknownWorkspace(Refusal):
    """There is no workspace {given!r}.
    `goldfish status` lists the workspaces; `goldfish create` makes one."""


class WorkspaceExists(Refusal):
    """The workspace {given!r} exists already.
    Choose another name, or mount it."""


class UnknownVersion(Refusal):
    """There is no version {given!r}.
    `goldfish show WORKSPACE` lists its versions."""


class WorkspaceDeleted(Refusal):
    """The workspace {given!r} was deleted: {reason}.
    Bring it back with `goldfish restore {given}`, or choose another name: a deleted one's stays taken."""


class StillMounted(Refusal):
    """The workspace {given!r} is mounted in {slot}.
    Run `goldfish unmount {given}` first: that records its files."""


class WorkspaceInUse(Refusal):
    """The workspace {given!r} is being used by {run}, which has not ended.
    Wait for it with `goldfish wait {run}`, or end it with `goldfish cancel {run}`."""


class OtherWorkspace(Refusal):
    """{given} is {version}, which is no version of {workspace}.
    To begin a line of work with it: `goldfish create NAME --from {version}`."""


class Conflict(Refusal):
    """{workspace} is not at {expected} any more: {changes}.
    See what changed with `goldfish diff {expected} {latest}`, then repeat the command, expecting {latest}."""


class NotMounted(Refusal):
    """The workspace {given!r} is not mounted.
    Run `goldfish mount {given}` first."""


class AlreadyMounted(Refusal):
    """The workspace {given!r} is mounted in {slot}.
    Work there, or unmount it first."""


class SlotTaken(Refusal):
    """The slot {slot!r} holds the workspace {holder!r}.
    Choose another slot, or unmount {holder}."""


class SlotNotEmpty(Refusal):
    """{path} holds files that goldfish did not put there.
    Move them away, then mount again: goldfish does not overwrite files it does not know."""


class NothingToSave(Refusal):
    """Nothing changed in {workspace!r} since {version}.
    Edit files in workspaces/{slot} first."""


class SnapshotRefused(Refusal):
    """The workspace cannot be recorded exactly: {why}.
    Remove or exclude what is named, then try again."""


class SnapshotMissing(GoldfishError):
    """The recorded tree {tree} cannot be read: {why}.
    Run `goldfish verify`, and restore .goldfish from a backup."""

    exit_code = 4


class ArtifactMissing(GoldfishError):
    """The artifact {digest} cannot be read: {why}.
    Run `goldfish verify`, and restore .goldfish/artifacts from a backup."""

    exit_code = 4
