"""Taking a snapshot: look, read what the stat cache does not know, write blobs and trees."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from goldfish.adapters.git_snapshots import rules, stat_cache
from goldfish.adapters.git_snapshots.content import BIG, read_link, read_small, tree_mode
from goldfish.adapters.git_snapshots.objects import TREE, Oid, write_pointer, write_tree
from goldfish.adapters.git_snapshots.stat_cache import Entries
from goldfish.adapters.git_snapshots.store import ObjectStore
from goldfish.adapters.git_snapshots.walk import Directory, Found, summary, walk
from goldfish.adapters.git_snapshots.writer import Writer
from goldfish.domain.names import TreeId
from goldfish.domain.values import Skipped
from goldfish.errors import OutputRefused, SnapshotRefused
from goldfish.files import Changed, Identity, identity, opened_below
from goldfish.ports import Artifacts, Snapshot

_TRIES = 3
_READERS = 2  # threads for big files: hashing and copying release the interpreter lock


class Recording:
    """Records one directory. What one try has hashed, the next try knows."""

    def __init__(self, store: ObjectStore, artifacts: Artifacts, cache: Path | None) -> None:
        self._store, self._artifacts, self._cache = store, artifacts, cache

    def take(self, root: int) -> Snapshot:
        """Record the directory with this descriptor. Raises as `Snapshots.take`."""
        device = os.fstat(root).st_dev
        kept = stat_cache.load(self._cache, device) if self._cache else {}
        before, known = dict(kept), self._store.known()
        writer, moving = Writer(self._store.objects, known), ""
        for _ in range(_TRIES):
            started = time.time_ns()
            one = _Try(root, before, known, writer, self._artifacts)
            try:
                snapshot = one.record(walk(root))
            except Changed as error:
                moving = str(error)
                before.update(stat_cache.settled(one.entries, started))
                continue
            entries = stat_cache.settled(one.entries, started)
            if self._cache and entries != kept:
                stat_cache.save(self._cache, device, entries)
            return snapshot
        raise SnapshotRefused(why=f"{rules.shown(moving)} keeps changing while it is read")


class _Try:
    def __init__(self, root: int, before: Entries, known: set[Oid], writer: Writer, artifacts: Artifacts) -> None:
        self.entries: Entries = {}
        self._root, self._before, self._known = root, before, known
        self._writer, self._artifacts = writer, artifacts
        self._bytes = 0
        self._big: list[tuple[Directory, bytes]] = []

    def record(self, found: Found) -> Snapshot:
        for directory in found.directories:
            unknown = self._remember(directory)
            if unknown:
                self._read(directory, unknown)
        if self._big:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(_READERS) as pool:
                for path, state, pointer in pool.map(self._put_big, self._big):
                    self._keep(path, state, pointer)
        tree = self._tree(found.directories[0]) or self._writer.add(b"tree", b"")
        self._writer.finish()
        skipped = [Skipped(path=rules.shown(path), why=why) for path, why in summary(found.left_out)]
        return Snapshot(TreeId(tree.hex()), len(self.entries), self._bytes, skipped)

    def _remember(self, directory: Directory) -> list[tuple[bytes, Identity]]:
        """Take over what is known and still there; the rest."""
        unknown = []
        for name, state in directory.files.items():
            path = directory.join(name)
            entry = self._before.get(path)
            if entry is not None and entry[:5] == state and entry[5] in self._known:
                self.entries[path] = entry
                self._bytes += state[2]
            else:
                unknown.append((name, state))
        return unknown

    def _read(self, directory: Directory, unknown: list[tuple[bytes, Identity]]) -> None:
        with opened_below(self._root, directory.path) as within:
            for name, state in unknown:
                path = directory.join(name)
                try:
                    if stat.S_ISLNK(state[4]):
                        self._keep(path, *_link(name, within, path, directory.depth))
                        continue
                    data, state = read_small(name, within=within) if state[2] <= BIG else (None, state)
                except OSError as error:
                    raise SnapshotRefused(why=f"{rules.shown(path)} cannot be read: {error.strerror}") from error
                if data is None:
                    self._big.append((directory, name))
                else:
                    self._keep(path, state, data)

    def _keep(self, path: bytes, state: Identity, blob: bytes) -> None:
        self.entries[path] = (*state, self._writer.add(b"blob", blob))
        self._bytes += state[2]

    def _put_big(self, found: tuple[Directory, bytes]) -> tuple[bytes, Identity, bytes]:
        directory, name = found
        path = directory.join(name)
        with opened_below(self._root, directory.path) as within:
            try:
                before = identity(os.stat(name, dir_fd=within, follow_symlinks=False))
                # The store takes a path. Through our descriptor, no directory above can be swapped for a link.
                stored = self._artifacts.put_file(Path(f"/proc/self/fd/{within}") / os.fsdecode(name))
                after = identity(os.stat(name, dir_fd=within, follow_symlinks=False))
            except (FileNotFoundError, OutputRefused) as error:
                if isinstance(error.__cause__, PermissionError):
                    why = f"{rules.shown(path)} cannot be read: {error.__cause__.strerror}"
                    raise SnapshotRefused(why=why) from error
                raise Changed(os.fsdecode(path)) from error
        if before != after or stored.size != after[2]:
            raise Changed(os.fsdecode(path))
        return path, after, write_pointer(stored.digest, stored.size)

    def _tree(self, directory: Directory) -> Oid | None:
        """Write the trees below a directory; its own name, or None if there is nothing to record in it."""
        entries: list[tuple[int, bytes, Oid]] = []
        for name in directory.files:
            kept = self.entries[directory.join(name)]
            entries.append((tree_mode(kept[4]), name, kept[5]))
        for name, child in directory.children.items():
            oid = self._tree(child)
            if oid is not None:
                entries.append((TREE, name, oid))
        return self._writer.add(b"tree", write_tree(entries)) if entries else None


def _link(name: bytes, within: int, path: bytes, depth: int) -> tuple[Identity, bytes]:
    target, state = read_link(name, within=within)
    problem = rules.link_problem(target, depth)
    if problem is not None:
        raise SnapshotRefused(why=f"the link {rules.shown(path)} leads {problem} ({rules.shown(target)})")
    return state, target
