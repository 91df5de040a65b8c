"""When the log says what a slot holds, make it so. Files that nobody recorded are kept before they are overwritten."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from goldfish import durable
from goldfish.application import Session
from goldfish.domain.names import TreeId
from goldfish.domain.workspaces import Workspace
from goldfish.errors import OutsideProject, SlotNotEmpty
from goldfish.policies.tools import Tools


class Slots:
    """Places workspaces in their directories. Idempotent: a marker says what was placed last, and whether wholly.

    Without a marker the files are taken as the user's own work: it is written before the first file is placed, so that
    its absence means that somebody deleted it, not that a placing was cut short.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    @contextlib.contextmanager
    def alone(self, slot: str) -> Iterator[None]:
        """Hold a slot while a command changes what it holds and its files follow; others wait."""
        with durable.exclusive(self._path(slot).with_suffix(".command")):
            yield

    def refuse_strangers(self, slot: str) -> None:
        """Raise `SlotNotEmpty` when the directory holds files that goldfish did not put there."""
        directory = self._tools.layout.slot(slot)
        if self._marker(slot) is None and _has_files(directory):
            raise SlotNotEmpty(path=directory)

    def settle(self, workspace: Workspace) -> None:
        """Make the slot of a mounted workspace hold its last recorded tree, if it was not placed there already."""
        slot, whole = workspace.slot, (workspace.name, workspace.placed_at, True)
        if slot is None:
            return
        directory = self._tools.layout.slot(slot)
        if directory.is_symlink() or directory.parent.is_symlink():
            raise OutsideProject(path=directory)
        if self._marker(slot) == whole and directory.is_dir():
            return
        with durable.exclusive(self._lock(slot)):
            found = self._marker(slot)
            lost = not directory.is_dir()  # somebody deleted it: that is no edit, and nothing that was recorded is lost
            if lost or (found != whole and (found is not None or not _has_files(directory))):
                self._rescue(slot, workspace.name)
                self._mark(slot, (workspace.name, workspace.placed_at, False))
                self._place(slot, workspace.tree)
            self._mark(slot, whole)

    def clear(self, slot: str, workspace: str) -> None:
        """Empty a slot whose workspace has left. Files that goldfish does not record, such as caches, stay."""
        if self._marker(slot) is None:
            return
        with durable.exclusive(self._lock(slot)):
            self._rescue(slot, workspace)
            self._place(slot, self._tools.snapshots.empty())
            self._path(slot).unlink(missing_ok=True)
            directory = self._tools.layout.slot(slot)
            if directory.is_dir() and not any(directory.iterdir()):
                directory.rmdir()

    def _place(self, slot: str, tree: str) -> None:
        self._tools.snapshots.place(TreeId(tree), self._tools.layout.slot(slot), cache=slot)

    def _rescue(self, slot: str, workspace: str) -> None:
        """Record what is in the slot if no event knows it: edits made between a crash and now."""
        directory = self._tools.layout.slot(slot)
        if not _has_files(directory):
            return
        found = self._tools.snapshots.take(directory, cache=slot)

        def rescue(session: Session) -> None:
            holder = session.workspace(workspace)
            session.record(holder, holder.rescue(slot, found.tree))

        self._tools.application.execute(rescue, request={"rescue": slot, "tree": found.tree})

    def _marker(self, slot: str) -> tuple[str, int, bool] | None:
        """Which workspace was placed, at which version of its stream, and whether that was finished."""
        try:
            name, placed_at, whole = json.loads(self._path(slot).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return str(name), int(placed_at), bool(whole)

    def _mark(self, slot: str, marker: tuple[str, int, bool]) -> None:
        durable.write(self._path(slot), json.dumps(marker).encode())

    def _path(self, slot: str) -> Path:
        return self._tools.layout.markers / f"{slot}.json"

    def _lock(self, slot: str) -> Path:
        return self._tools.layout.markers / f"{slot}.lock"


def _has_files(directory: Path) -> bool:
    return directory.is_dir() and any(directory.iterdir())
