"""Checking a recorded tree: every object, and every artifact it points to, is read again and its name recomputed."""

from __future__ import annotations

from collections.abc import Iterator

from goldfish.adapters.git_snapshots import rules
from goldfish.adapters.git_snapshots.objects import LINK, TREE, Entry, Malformed, Oid, read_pointer, read_tree
from goldfish.adapters.git_snapshots.store import Missing, ObjectStore
from goldfish.ports import Artifacts


class Checking:
    """Walks a tree and names each damage once, with the path where it was met first."""

    def __init__(self, store: ObjectStore, artifacts: Artifacts) -> None:
        self._store, self._artifacts = store, artifacts
        self._seen: set[tuple[int, Oid]] = set()

    def damages(self, oid: Oid, path: bytes = b"") -> Iterator[str]:
        """One sentence for everything below this tree that is missing or does not match its name."""
        data, damage = self._read(oid, b"tree", path)
        if damage:
            yield damage
        try:
            entries = list(read_tree(data))
        except Malformed as error:
            yield f"The tree {oid.hex()} ({rules.shown(path) or 'the top'}) cannot be read: {error}."
            return
        for entry in entries:
            if (entry.mode, entry.oid) not in self._seen:
                self._seen.add((entry.mode, entry.oid))
                below = path + b"/" + entry.name if path else entry.name
                yield from self.damages(entry.oid, below) if entry.mode == TREE else self._blob(entry, below)

    def _blob(self, entry: Entry, path: bytes) -> Iterator[str]:
        data, damage = self._read(entry.oid, b"blob", path)
        if damage:
            yield damage
        pointer = None if entry.mode == LINK else read_pointer(data)
        if pointer:
            for sentence in self._artifacts.verify(pointer[0]):
                yield f"{rules.shown(path)}: {sentence}"

    def _read(self, oid: Oid, kind: bytes, path: bytes) -> tuple[bytes, str | None]:
        try:
            return self._store.read(oid, kind), None
        except (Missing, Malformed) as error:
            where = rules.shown(path) or "the top"
            return b"", f"The {kind.decode()} {oid.hex()} ({where}) cannot be read: {error}."
