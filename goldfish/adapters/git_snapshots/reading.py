"""Reading trees back: their files, the bytes of one file, and how two trees differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from goldfish.adapters.git_snapshots import rules
from goldfish.adapters.git_snapshots.objects import LINK, TREE, Entry, Malformed, Oid, read_pointer, read_tree
from goldfish.adapters.git_snapshots.store import Missing, ObjectStore
from goldfish.domain.names import Digest, TreeId
from goldfish.errors import SnapshotMissing
from goldfish.ports import FileChange

_MOST_PATCH = 64 << 10  # bytes
_DEEPEST = rules.MOST_DEPTH + 1


class Blob(NamedTuple):
    """One file or link of a tree."""

    mode: int
    oid: Oid


class Reading:
    """Reads one tree. Whatever cannot be read becomes `SnapshotMissing` for that tree."""

    def __init__(self, store: ObjectStore, tree: TreeId) -> None:
        self._store, self.tree = store, tree

    def entries(self, oid: Oid) -> list[Entry]:
        """The entries of a tree object."""
        try:
            return list(read_tree(self._read(oid, b"tree")))
        except Malformed as error:
            raise self.missing(f"tree {oid.hex()}: {error}") from error

    def blob(self, oid: Oid) -> bytes:
        """The bytes of a blob object."""
        return self._read(oid, b"blob")

    def pointer(self, blob: Blob) -> tuple[Digest, int] | None:
        """Digest and size if the bytes of this file are in the artifact store."""
        return None if blob.mode == LINK else read_pointer(self.blob(blob.oid))

    def files(self, root: Oid | None = None, path: bytes = b"", depth: int = 0) -> Iterator[tuple[bytes, Blob]]:
        """Every file and link with its path."""
        if depth > _DEEPEST:
            raise self.missing(f"it is more than {_DEEPEST} deep")
        for mode, name, oid in self.entries(root or self.root):
            below = path + b"/" + name if path else name
            if mode == TREE:
                yield from self.files(oid, below, depth + 1)
            else:
                yield below, Blob(mode, oid)

    def find(self, path: bytes) -> Blob | None:
        """The file or link at this path."""
        oid, parts = self.root, path.split(b"/")
        for i, part in enumerate(parts):
            entry = next((entry for entry in self.entries(oid) if entry.name == part), None)
            if entry is None or (entry.mode == TREE) == (i == len(parts) - 1):
                return None
            oid, mode = entry.oid, entry.mode
        return Blob(mode, oid)

    @property
    def root(self) -> Oid:
        """The name of the topmost tree object."""
        try:
            oid = bytes.fromhex(self.tree)
        except ValueError:
            oid = b""
        if len(oid) != 20:
            raise self.missing("this is not the name of a tree")
        return oid

    def missing(self, why: str) -> SnapshotMissing:
        """The error for this tree."""
        return SnapshotMissing(tree=self.tree, why=why)

    def _read(self, oid: Oid, kind: bytes) -> bytes:
        try:
            return self._store.read(oid, kind)
        except (Missing, Malformed) as error:
            raise self.missing(f"{kind.decode()} {oid.hex()}: {error}") from error


def differences(left: Reading, right: Reading) -> list[FileChange]:
    """Every file that differs, sorted by path. Equal directories are not looked into."""
    pairs = _pairs(left, left.root, right, right.root, b"")
    return [_change(left, right, *pair) for pair in sorted(pairs, key=lambda pair: pair[0])]


def _pairs(
    left: Reading, old: Oid | None, right: Reading, new: Oid | None, path: bytes
) -> Iterator[tuple[bytes, Blob | None, Blob | None]]:
    if old == new:
        return
    before = {entry.name: entry for entry in left.entries(old)} if old else {}
    after = {entry.name: entry for entry in right.entries(new)} if new else {}
    for name in before.keys() | after.keys():
        a, b = before.get(name), after.get(name)
        if a == b:
            continue
        below = path + b"/" + name if path else name
        yield from _pairs(left, _tree(a), right, _tree(b), below)
        if _blob(a) or _blob(b):
            yield below, _blob(a), _blob(b)


def _tree(entry: Entry | None) -> Oid | None:
    return entry.oid if entry and entry.mode == TREE else None


def _blob(entry: Entry | None) -> Blob | None:
    return Blob(entry.mode, entry.oid) if entry and entry.mode != TREE else None


def _change(left: Reading, right: Reading, path: bytes, old: Blob | None, new: Blob | None) -> FileChange:
    change: Literal["added", "removed", "modified"] = "modified" if old and new else "added" if new else "removed"
    name = rules.shown(path)
    modes = f"old mode {old.mode:o}\nnew mode {new.mode:o}\n" if old and new and old.mode != new.mode else ""
    if old and new and old.oid == new.oid:
        return FileChange(name, change, modes, 0, 0)
    before, after = left.blob(old.oid) if old else b"", right.blob(new.oid) if new else b""
    if _is_binary(before) or _is_binary(after) or read_pointer(before) or read_pointer(after):
        return FileChange(name, change, "", 0, 0)
    import pygit2

    patch = pygit2.Patch.create_from(before, after, name, name)
    _, added, removed = patch.line_stats
    data = patch.data
    text = modes + data.decode("utf-8", "replace") if len(data) <= _MOST_PATCH else ""
    return FileChange(name, change, text, added, removed)


def _is_binary(data: bytes) -> bool:
    return b"\0" in data[:8000]  # git's own rule
