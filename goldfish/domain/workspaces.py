"""Workspaces: a line of code with numbered versions, edited as plain files in a slot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import Stream, nearest, split_version, version_id
from goldfish.domain.values import Skipped
from goldfish.errors import (
    AlreadyMounted,
    NothingToSave,
    NotMounted,
    UnknownVersion,
    UnknownWorkspace,
    VersionPruned,
    WorkspaceDeleted,
    WorkspaceExists,
)

SavedBy = Literal["creation", "save", "run", "rollback"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A line of code. Its versions are numbered from 1, never reused, and each names a tree of exact bytes."""

    class Created(Event):
        """Somebody began this line of code, empty or from a version of another one."""

        NAME: ClassVar[str] = "workspace.created"
        name: str
        goal: str | None
        tree: str
        base: str | None = None  # "baseline@v3"

    class Mounted(Event):
        """Its files were asked for in a slot, as this tree."""

        NAME: ClassVar[str] = "workspace.mounted"
        slot: str
        tree: str

    class EditsSynced(Event):
        """The files in the slot were recorded as this tree; what was left out is named."""

        NAME: ClassVar[str] = "workspace.edits-synced"
        slot: str
        tree: str
        files: int
        skipped: list[Skipped]

    class VersionSaved(Event):
        """This tree got the next number."""

        NAME: ClassVar[str] = "workspace.version-saved"
        number: int
        tree: str
        message: str
        by: SavedBy

    class FilesImported(Event):
        """Files from a directory that is no slot were recorded as this tree; what was left out is named."""

        NAME: ClassVar[str] = "workspace.files-imported"
        came_from: str
        tree: str
        files: int
        skipped: list[Skipped]

    class RolledBack(Event):
        """The files in the slot were put back to a version; what was there before is kept as `safety`."""

        NAME: ClassVar[str] = "workspace.rolled-back"
        slot: str
        to: int
        tree: str
        safety: str

    class EditsRescued(Event):
        """Files that nobody had recorded were found where others were due; they are kept as this tree."""

        NAME: ClassVar[str] = "workspace.edits-rescued"
        slot: str
        tree: str

    class Unmounted(Event):
        """The files left the slot; their last state is this tree."""

        NAME: ClassVar[str] = "workspace.unmounted"
        slot: str
        tree: str

    class ThoughtLogged(Event):
        """Somebody thought this about the workspace, or about what `about` names. Since then: note.logged."""

        NAME: ClassVar[str] = "workspace.thought-logged"
        text: str
        about: str | None = None

    class GoalSet(Event):
        """What it is for is from now on this; empty: nothing in particular."""

        NAME: ClassVar[str] = "workspace.goal-set"
        goal: str

    class VersionPruned(Event):
        """This version is of no use any more: lists leave it out. Its files stay, and so do the runs of it."""

        NAME: ClassVar[str] = "workspace.version-pruned"
        number: int
        reason: str

    class VersionRestored(Event):
        """This version is in the lists again."""

        NAME: ClassVar[str] = "workspace.version-restored"
        number: int

    class Deleted(Event):
        """The workspace is of no use any more. Nothing is erased, and its name stays taken."""

        NAME: ClassVar[str] = "workspace.deleted"
        reason: str

    class Restored(Event):
        """The deleted workspace is there again, as it was."""

        NAME: ClassVar[str] = "workspace.restored"

    stream: Stream
    version: int = 0  # of the stream
    name: str = ""
    goal: str | None = None
    slot: str | None = None
    tree: str = ""  # the last recorded state of the files
    placed_at: int = 0  # stream version of the last event that says what the slot must hold
    placed: str = ""  # … and the tree it says
    versions: dict[int, str] = field(default_factory=dict)  # number → tree, the pruned ones too
    pruned: dict[int, str] = field(default_factory=dict)  # number → reason
    deleted: str | None = None  # why
    came_from: str | None = None  # the directory that its files were last imported from

    def apply(self, event: Event) -> Workspace:
        """The workspace after this fact."""
        match event:
            case Workspace.Created():
                return after(self, name=event.name, goal=event.goal or None, tree=event.tree)
            case Workspace.Mounted():
                return after(self, slot=event.slot, tree=event.tree, placed=event.tree, placed_at=self.version + 1)
            case Workspace.EditsSynced():
                return after(self, tree=event.tree)
            case Workspace.FilesImported():
                return after(self, tree=event.tree, came_from=event.came_from)
            case Workspace.VersionSaved():
                return after(self, versions={**self.versions, event.number: event.tree})
            case Workspace.RolledBack():
                return after(self, tree=event.tree, placed=event.tree, placed_at=self.version + 1)
            case Workspace.Unmounted():
                return after(self, slot=None, tree=event.tree)
            case Workspace.GoalSet():
                return after(self, goal=event.goal or None)
            case _:
                return self._apply_to_lists(event)

    def _apply_to_lists(self, event: Event) -> Workspace:
        match event:
            case Workspace.VersionPruned():
                return after(self, pruned={**self.pruned, event.number: event.reason})
            case Workspace.VersionRestored():
                return after(self, pruned={n: why for n, why in self.pruned.items() if n != event.number})
            case Workspace.Deleted():
                return after(self, deleted=event.reason)
            case Workspace.Restored():
                return after(self, deleted=None)
            case _:
                return after(self)

    @property
    def exists(self) -> bool:
        """Whether it was created."""
        return self.version > 0

    @property
    def latest(self) -> int:
        """The highest version number; 0 before the first."""
        return max(self.versions, default=0)

    @property
    def kept(self) -> dict[int, str]:
        """The versions that are not pruned: number → tree."""
        return {number: tree for number, tree in self.versions.items() if number not in self.pruned}

    @property
    def is_dirty(self) -> bool:
        """Whether the recorded files differ from the latest version."""
        return self.versions.get(self.latest) != self.tree

    def create(self, name: str, goal: str | None, tree: str, base: str | None) -> list[Event]:
        """Begin the workspace; its first tree is version 1. The name of a deleted one stays taken."""
        if self.deleted is not None:
            raise WorkspaceDeleted(given=name, reason=self.deleted)
        if self.exists:
            raise WorkspaceExists(given=name)
        message = f"branched from {base}" if base else "created"
        return [
            Workspace.Created(name=name, goal=goal, tree=tree, base=base),
            Workspace.VersionSaved(number=1, tree=tree, message=message, by="creation"),
        ]

    def mount(self, slot: str) -> list[Event]:
        """Put the files into a slot."""
        self.must_be_there()
        if self.slot is not None:
            raise AlreadyMounted(given=self.name, slot=self.slot)
        return [Workspace.Mounted(slot=slot, tree=self.tree)]

    def in_slot(self) -> str:
        """The slot that holds it, or the refusal."""
        self.must_be_there()
        if self.slot is None:
            raise NotMounted(given=self.name)
        return self.slot

    def sync(self, tree: str, files: int, skipped: list[Skipped]) -> list[Event]:
        """Record the files as they are; nothing when they are known already."""
        slot = self.in_slot()
        return [] if tree == self.tree else [Workspace.EditsSynced(slot=slot, tree=tree, files=files, skipped=skipped)]

    def bring_in(self, came_from: str, tree: str, files: int, skipped: list[Skipped]) -> list[Event]:
        """Record files of a directory that is no slot, if nobody edits the workspace in one."""
        self.must_be_there()
        if self.slot is not None:
            raise AlreadyMounted(given=self.name, slot=self.slot)
        if tree == self.tree:
            return []
        return [Workspace.FilesImported(came_from=came_from, tree=tree, files=files, skipped=skipped)]

    def save(self, message: str, by: SavedBy) -> list[Event]:
        """Give the recorded files the next number."""
        self.must_be_there()
        if not self.is_dirty:
            raise NothingToSave(workspace=self.name, version=version_id(self.name, self.latest), slot=self.slot)
        return [Workspace.VersionSaved(number=self.latest + 1, tree=self.tree, message=message, by=by)]

    def ensure_saved(self, message: str, by: SavedBy) -> list[Event]:
        """As `save`, but content when the files are the latest version already."""
        self.must_be_there()
        return self.save(message, by) if self.is_dirty else []

    def roll_back(self, number: int) -> list[Event]:
        """Put the files back to a version; what is there now is kept as a version of its own first."""
        slot = self.in_slot()
        tree = self.kept_tree_of(number)
        known = self.tree in self.kept.values()
        saved = [] if known else self.ensure_saved(f"before the rollback to v{number}", "rollback")
        return [*saved, Workspace.RolledBack(slot=slot, to=number, tree=tree, safety=self.tree)]

    def rescue(self, slot: str, tree: str) -> list[Event]:
        """Keep files that would otherwise be overwritten, unless they are known already."""
        known = {self.tree, self.placed, *self.versions.values()}
        return [] if tree in known else [Workspace.EditsRescued(slot=slot, tree=tree)]

    def unmount(self, tree: str) -> list[Event]:
        """Take the files out of the slot."""
        return [Workspace.Unmounted(slot=self.in_slot(), tree=tree)]

    def set_goal(self, goal: str) -> list[Event]:
        """Change what it is for; setting the same goal again changes nothing."""
        self.must_be_there()
        return [] if goal == (self.goal or "") else [Workspace.GoalSet(goal=goal)]

    def must_be_there(self) -> None:
        """Raise the refusal of a workspace that was never created, or is deleted."""
        if not self.exists:
            raise UnknownWorkspace(given=self.stream.removeprefix("workspace:"))
        if self.deleted is not None:
            raise WorkspaceDeleted(given=self.name, reason=self.deleted)

    def tree_of(self, number: int) -> str:
        """The tree of a version, or the refusal with near ones."""
        if number not in self.versions:
            known = [version_id(self.name, n) for n in self.versions]
            raise UnknownVersion(
                given=version_id(self.name, number), near=nearest(version_id(self.name, number), known)
            )
        return self.versions[number]

    def kept_tree_of(self, number: int) -> str:
        """The tree of a version to work with, or the refusal when it is pruned."""
        tree = self.tree_of(number)
        if number in self.pruned:
            raise VersionPruned(version=version_id(self.name, number), reason=self.pruned[number])
        return tree

    def number_of(self, given: str) -> int:
        """The number that "v3", "3" or "baseline@v3" means here."""
        whole = split_version(given)
        if whole is not None and whole[0] == self.name:
            return whole[1]
        digits = given.removeprefix("v")
        if digits.isascii() and digits.isdigit() and len(digits) < 10:
            return int(digits)
        known = [f"v{n}" for n in self.versions]
        raise UnknownVersion(given=given, near=nearest(given, known))
