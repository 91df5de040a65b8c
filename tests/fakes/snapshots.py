"""InMemorySnapshots: trees in a dictionary, for tests of everything above the port.

It shares the rules of what is recorded with the git adapter; how it keeps, places and compares trees is its own.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from pathlib import Path
from typing import Literal

from goldfish.adapters.git_snapshots import rules
from goldfish.adapters.git_snapshots.walk import Found, walk
from goldfish.domain.names import TreeId
from goldfish.domain.values import Skipped
from goldfish.errors import SlotNotEmpty, SnapshotMissing, SnapshotRefused
from goldfish.ports import FileChange, Snapshot, TreeFile

_BIG = 1 << 20
_EMPTY = TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
_LINK = 0o120000

Files = dict[str, tuple[int, bytes]]


class InMemorySnapshots:
    """The port without a repository; `pins` shows what was pinned."""

    def __init__(self) -> None:
        self.trees: dict[TreeId, Files] = {_EMPTY: {}}
        self.pins: dict[str, TreeId] = {}

    def take(self, directory: Path, *, cache: str | None = None) -> Snapshot:
        found = _look(directory)
        files: Files = {}
        for path, mode in _recorded(found):
            depth = path.count("/")
            if mode == _LINK:
                data = os.readlink(os.fsencode(directory / path))
                if problem := rules.link_problem(data, depth):
                    raise SnapshotRefused(why=f"the link {path} leads {problem}")
            else:
                data = (directory / path).read_bytes()
            files[path] = (mode, data)
        tree = _name(files)
        self.trees[tree] = files
        skipped = [Skipped(path=rules.shown(path), why=why) for path, why in sorted(found.left_out)]
        return Snapshot(tree, len(files), sum(len(data) for _, data in files.values()), skipped)

    def place(self, tree: TreeId, directory: Path, *, cache: str | None = None) -> None:
        wanted = self._get(tree)
        directory.mkdir(parents=True, exist_ok=True)
        found = _look(directory)
        present = dict(_recorded(found))
        for path in wanted.keys() - present.keys():
            if found.left_out and not _below_link(directory, path) and os.path.lexists(directory / path):
                raise SlotNotEmpty(path=directory / path)
        for path, mode in present.items():
            if wanted.get(path) != (mode, _bytes(directory / path)):
                (directory / path).unlink()
                _remove_empty((directory / path).parent, directory)
        for path, (mode, data) in wanted.items():
            target = directory / path
            if os.path.lexists(target):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if mode == _LINK:
                os.symlink(data, os.fsencode(target))
            else:
                target.write_bytes(data)
                target.chmod(mode & 0o777)

    def empty(self) -> TreeId:
        return _EMPTY

    def files(self, tree: TreeId) -> list[TreeFile]:
        return [TreeFile(path, mode, _content(data)) for path, (mode, data) in sorted(self._get(tree).items())]

    def read(self, tree: TreeId, path: str) -> bytes | None:
        found = self._get(tree).get(path)
        return found[1] if found else None

    def diff(self, left: TreeId, right: TreeId) -> list[FileChange]:
        old, new = self._get(left), self._get(right)
        paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        return [_change(path, old.get(path), new.get(path)) for path in paths]

    def verify(self, tree: TreeId) -> list[str]:
        return [] if tree in self.trees else [f"The tree {tree} is missing."]

    def pin(self, name: str, tree: TreeId) -> None:
        self._get(tree)
        self.pins[name] = tree

    def _get(self, tree: TreeId) -> Files:
        if tree not in self.trees:
            raise SnapshotMissing(tree=tree, why="it was never taken")
        return self.trees[tree]


def _look(directory: Path) -> Found:
    if directory.is_symlink() or not directory.is_dir():
        raise SnapshotRefused(why=f"{directory} is not a directory, or is a link to one")
    root = os.open(directory, os.O_RDONLY)
    try:
        return walk(root)
    finally:
        os.close(root)


def _recorded(found: Found) -> list[tuple[str, int]]:
    modes = {
        os.fsdecode(directory.join(name)): state[4]
        for directory in found.directories
        for name, state in directory.files.items()
    }
    return [
        (path, _LINK if mode & 0o170000 == _LINK else 0o100755 if mode & 0o100 else 0o100644)
        for path, mode in sorted(modes.items())
    ]


def _name(files: Files) -> TreeId:
    listed = repr(sorted((path, mode, hashlib.sha1(data).hexdigest()) for path, (mode, data) in files.items()))
    return TreeId(hashlib.sha1(listed.encode()).hexdigest()) if files else _EMPTY


def _content(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}" if len(data) > _BIG else hashlib.sha1(data).hexdigest()


def _bytes(path: Path) -> bytes:
    return os.readlink(os.fsencode(path)) if path.is_symlink() else path.read_bytes()


def _below_link(root: Path, path: str) -> bool:
    return any((root / parent).is_symlink() for parent in Path(path).parents)


def _remove_empty(directory: Path, root: Path) -> None:
    while directory != root and not any(directory.iterdir()):
        directory.rmdir()
        directory = directory.parent


def _change(path: str, old: tuple[int, bytes] | None, new: tuple[int, bytes] | None) -> FileChange:
    change: Literal["added", "removed", "modified"] = "modified" if old and new else "added" if new else "removed"
    before, after = old[1] if old else b"", new[1] if new else b""
    if before == after or b"\0" in before + after or max(len(before), len(after)) > _BIG:
        return FileChange(path, change, "", 0, 0)
    sides = [data.decode("utf-8", "replace").splitlines(keepends=True) for data in (before, after)]
    lines = list(difflib.unified_diff(*sides, f"a/{path}", f"b/{path}"))
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    patch = "".join(lines)
    return FileChange(path, change, patch if len(patch) <= 64 << 10 else "", added, removed)
