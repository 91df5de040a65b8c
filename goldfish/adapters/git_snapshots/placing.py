"""Showing a tree as plain files: look, compare, and touch only what differs. Nothing unrecorded is overwritten."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from goldfish.adapters.git_snapshots import rules, stat_cache
from goldfish.adapters.git_snapshots.content import blob_as_it_is, tree_mode
from goldfish.adapters.git_snapshots.objects import EXECUTABLE, LINK, read_pointer
from goldfish.adapters.git_snapshots.reading import Blob, Reading
from goldfish.adapters.git_snapshots.stat_cache import Entries
from goldfish.adapters.git_snapshots.walk import Found, walk
from goldfish.domain.names import Digest
from goldfish.errors import ArtifactMissing, SlotNotEmpty, SnapshotRefused
from goldfish.files import DIRECTORY, Changed, Identity, copy, identity, opened, opened_below, opened_plain, write_all
from goldfish.ports import Artifacts

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Placing:
    """Puts one tree into one directory.

    Nothing is synced: the files are an effect that can be repeated, and the stat cache never trusts a file that a
    power loss has cut short, because its size differs.
    """

    def __init__(self, reading: Reading, artifacts: Artifacts, directory: Path, cache: Path | None) -> None:
        self._reading, self._artifacts = reading, artifacts
        self._directory, self._cache = directory, cache

    def place(self, wanted: dict[bytes, Blob], root: int) -> None:
        """Make the directory with this descriptor hold exactly these files."""
        device = os.fstat(root).st_dev
        kept = stat_cache.load(self._cache, device) if self._cache else {}
        try:
            found = walk(root)
            present = _present(found)
            right, wrong_bit = self._compare(root, found, wanted, kept)
            missing = sorted(wanted.keys() - right.keys(), key=_parent_and_name)
            self._refuse_to_overwrite(root, found, present, missing)
            self._remove(root, found, wanted, present.keys() - right.keys())
            for path in wrong_bit:
                right[path] = _set_mode(root, path, wanted[path])
            for parent, paths in groupby(missing, key=lambda path: _parent_and_name(path)[0]):
                right.update(self._write(root, parent, paths, wanted))
        except Changed as error:
            raise SnapshotRefused(why=f"{rules.shown(str(error))} changes while files are placed") from error
        if self._cache:
            entries: Entries = {path: (*state, wanted[path].oid) for path, state in right.items()}
            stat_cache.save(self._cache, device, stat_cache.settled(entries, time.time_ns()))

    def _compare(
        self, root: int, found: Found, wanted: Mapping[bytes, Blob], kept: Entries
    ) -> tuple[dict[bytes, Identity], list[bytes]]:
        """The files that hold the right bytes already, and those of them whose executable bit is wrong."""
        right: dict[bytes, Identity] = {}
        wrong_bit = []
        for directory in found.directories:
            candidates = [(name, directory.join(name)) for name in directory.files if directory.join(name) in wanted]
            if not candidates:
                continue
            with opened_below(root, directory.path) as within:
                for name, path in candidates:
                    state, blob = directory.files[name], wanted[path]
                    if stat.S_ISLNK(state[4]) != (blob.mode == LINK):
                        continue
                    entry = kept.get(path)
                    known = entry[5] if entry is not None and entry[:5] == state else None
                    if (known or blob_as_it_is(name, state, within=within)) == blob.oid:
                        right[path] = state
                        if tree_mode(state[4]) != blob.mode:
                            wrong_bit.append(path)
        return right, wrong_bit

    def _refuse_to_overwrite(
        self, root: int, found: Found, present: Mapping[bytes, Identity], missing: Iterable[bytes]
    ) -> None:
        if not found.left_out:
            return
        left_out = {path for path, _ in found.left_out}
        above_left_out = {parent for path in left_out for parent in _parents(path)}
        for path in missing:
            if path in present:
                continue
            obstacle = path in left_out or path in above_left_out
            for parent in _parents(path):
                if parent in left_out:
                    obstacle = obstacle or _stands_in_the_way(root, parent, path)
            if obstacle:
                raise SlotNotEmpty(path=self._directory / os.fsdecode(path))

    def _remove(self, root: int, found: Found, wanted: Mapping[bytes, Blob], paths: Iterable[bytes]) -> None:
        needed = {parent for path in wanted for parent in _parents(path)}
        # A directory at or below the place of a file must go, even if it was empty all along.
        emptied = {d.path for d in found.directories if not wanted.keys().isdisjoint((d.path, *_parents(d.path)))}
        for parent, names in groupby(sorted(paths, key=_parent_and_name), key=lambda path: _parent_and_name(path)[0]):
            with opened_below(root, parent) as within:
                for path in names:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(_parent_and_name(path)[1], dir_fd=within)
            emptied.update(place for place in (parent, *_parents(parent)) if place and place not in needed)
        for parent in sorted(emptied, key=len, reverse=True):
            above, name = _parent_and_name(parent)
            with contextlib.suppress(OSError), opened_below(root, above) as within:
                os.rmdir(name, dir_fd=within)  # stays if something that is never recorded is in it

    def _write(
        self, root: int, parent: bytes, paths: Iterable[bytes], wanted: Mapping[bytes, Blob]
    ) -> dict[bytes, Identity]:
        written = {}
        with contextlib.ExitStack() as stack:
            within = root
            for part in parent.split(b"/") if parent else ():
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=within)
                within = stack.enter_context(opened(part, DIRECTORY, within=within))
            for path in paths:
                written[path] = self._write_one(within, _parent_and_name(path)[1], wanted[path])
        return written

    def _write_one(self, within: int, name: bytes, blob: Blob) -> Identity:
        data = self._reading.blob(blob.oid)
        if blob.mode == LINK:
            os.symlink(data, name, dir_fd=within)
            return identity(os.stat(name, dir_fd=within, follow_symlinks=False))
        pointer = read_pointer(data)
        mode = 0o755 if blob.mode == EXECUTABLE else 0o644
        descriptor = os.open(name, _CREATE, mode, dir_fd=within)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:  # the umask took something away
                os.fchmod(descriptor, mode)
            if pointer:
                self._copy(*pointer, descriptor)
            else:
                write_all(descriptor, data)
            return identity(os.fstat(descriptor))
        except BaseException:
            os.unlink(name, dir_fd=within)
            raise
        finally:
            os.close(descriptor)

    def _copy(self, digest: Digest, size: int, target: int) -> None:
        try:
            with opened_plain(self._artifacts.path(digest)) as (source, _):
                found, count = copy(source, target, most=size)
        except (ArtifactMissing, Changed) as error:
            raise self._reading.missing(f"{digest}: {error}") from error
        if (f"sha256:{found}", count) != (digest, size):
            raise self._reading.missing(f"the bytes of {digest} are damaged")


def _present(found: Found) -> dict[bytes, Identity]:
    return {directory.join(name): state for directory in found.directories for name, state in directory.files.items()}


def _parent_and_name(path: bytes) -> tuple[bytes, bytes]:
    parent, _, name = path.rpartition(b"/")
    return parent, name


def _parents(path: bytes) -> list[bytes]:
    parts = path.split(b"/")[:-1]
    return [b"/".join(parts[: i + 1]) for i in range(len(parts))]


def _stands_in_the_way(root: int, left_out: bytes, path: bytes) -> bool:
    """Whether something is at `path`, below `left_out` which is no directory or holds files that nobody recorded."""
    parent, name = _parent_and_name(path)
    try:
        with opened_below(root, left_out):
            pass
    except Changed:
        return True
    try:
        with opened_below(root, parent) as within:
            os.stat(name, dir_fd=within, follow_symlinks=False)
    except (Changed, FileNotFoundError):
        return False
    return True


def _set_mode(root: int, path: bytes, blob: Blob) -> Identity:
    parent, name = _parent_and_name(path)
    with opened_below(root, parent) as within, opened(name, within=within) as descriptor:
        os.fchmod(descriptor, 0o755 if blob.mode == EXECUTABLE else 0o644)
        return identity(os.fstat(descriptor))
