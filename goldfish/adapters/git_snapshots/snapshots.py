"""GitSnapshots: the `Snapshots` port on a hidden bare git repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goldfish import durable
from goldfish.adapters.git_snapshots.checking import Checking
from goldfish.adapters.git_snapshots.objects import EMPTY_TREE
from goldfish.adapters.git_snapshots.placing import Placing
from goldfish.adapters.git_snapshots.reading import Reading, differences
from goldfish.adapters.git_snapshots.recording import Recording
from goldfish.adapters.git_snapshots.store import ObjectStore
from goldfish.domain.names import TreeId, safe_name
from goldfish.errors import ArtifactMissing, ProjectUnwritable, SlotNotEmpty, SnapshotRefused, UnsafeName
from goldfish.files import DIRECTORY, Changed, opened
from goldfish.ports import Artifacts, FileChange, Snapshot, TreeFile

_MOST_READ = 64 << 20  # bytes
_REF = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._@-]{0,127})(?:/[A-Za-z0-9][A-Za-z0-9._@-]{0,127}){0,7}")


class GitSnapshots:
    """Trees of raw bytes in the bare repository at `repository`; files above 1 MiB in `artifacts`.

    Any number of processes may use one repository at once. Stat caches are kept inside it, so that they cannot
    outlive the objects they speak of.
    """

    def __init__(self, repository: Path, artifacts: Artifacts) -> None:
        self._store = ObjectStore(repository)
        self._artifacts = artifacts

    def take(self, directory: Path, *, cache: str | None = None) -> Snapshot:
        """Record every file below `directory`. Raises `SnapshotRefused`, and `ProjectUnwritable` on a full disk."""
        self._create()
        try:
            with _directory(directory) as root:
                return Recording(self._store, self._artifacts, self._cache(cache)).take(root)
        except PermissionError as error:
            raise SnapshotRefused(why=f"{directory} cannot be read: {error.strerror}") from error

    def place(self, tree: TreeId, directory: Path, *, cache: str | None = None) -> None:
        """Make `directory` hold exactly `tree`, leaving alone what `take` would leave out.

        Raises `SnapshotMissing`; `SlotNotEmpty`, before anything is touched, when something that no snapshot holds
        stands where a file belongs; `SnapshotRefused` for a directory that could not be recorded.
        """
        reading = Reading(self._store, tree)
        wanted = dict(reading.files())
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with _directory(directory) as root:
                Placing(reading, self._artifacts, directory, self._cache(cache)).place(wanted, root)
        except FileExistsError as error:
            raise SlotNotEmpty(path=directory) from error
        except OSError as error:
            raise durable.unwritable(directory / "files", error) from error

    def empty(self) -> TreeId:
        """The tree without files."""
        return TreeId(EMPTY_TREE.hex())

    def files(self, tree: TreeId) -> list[TreeFile]:
        """All files of a tree, sorted by path. `content` is the blob's name, or "sha256:…" for big files.

        A path that is not UTF-8 holds surrogate escapes, as Python's own file functions give it.
        """
        reading = Reading(self._store, tree)
        found = []
        for path, blob in reading.files():
            pointer = reading.pointer(blob)
            content = pointer[0] if pointer else blob.oid.hex()
            found.append((path, TreeFile(os.fsdecode(path), blob.mode, content)))
        return [file for _, file in sorted(found, key=lambda pair: pair[0])]

    def read(self, tree: TreeId, path: str) -> bytes | None:
        """The bytes of one file; of a link, where it points. Raises `SnapshotMissing`."""
        reading = Reading(self._store, tree)
        try:
            blob = reading.find(os.fsencode(path))
        except UnicodeEncodeError:  # no file has such a name
            return None
        if blob is None:
            return None
        pointer = reading.pointer(blob)
        if pointer is None:
            return reading.blob(blob.oid)
        try:
            return self._artifacts.read(pointer[0], limit=_MOST_READ)
        except ArtifactMissing as error:
            raise reading.missing(error.message) from error

    def diff(self, left: TreeId, right: TreeId) -> list[FileChange]:
        """Every file that differs. A patch of more than 64 KiB is left empty; its lines are still counted."""
        return differences(Reading(self._store, left), Reading(self._store, right))

    def verify(self, tree: TreeId) -> list[str]:
        """One sentence for each damage. Reads everything anew; removes what killed writers left behind."""
        store = ObjectStore(self._store.repository)
        store.tidy()
        return list(Checking(store, self._artifacts).damages(Reading(store, tree).root))

    def pin(self, name: str, tree: TreeId) -> None:
        """Keep a tree under refs/goldfish/<name>. Raises `SnapshotMissing`, and `UnsafeName` for names git refuses."""
        if not _REF.fullmatch(name) or ".." in name or any(part.endswith((".", ".lock")) for part in name.split("/")):
            raise UnsafeName(what="ref", given=name[:200], why="git does not accept it")
        reading = Reading(self._store, tree)
        reading.entries(reading.root)
        self._create()
        try:
            durable.write(self._store.repository / "refs" / "goldfish" / name, f"{tree}\n".encode())
        except OSError as error:  # another ref stands where a directory of refs is needed, or the reverse
            raise ProjectUnwritable(path=self._store.repository / "refs", why=str(error)) from error

    def _create(self) -> None:
        try:
            self._store.create()
        except OSError as error:
            raise durable.unwritable(self._store.repository / "HEAD", error) from error

    def _cache(self, name: str | None) -> Path | None:
        return self._store.repository / "goldfish" / "stat" / safe_name(name, "cache") if name else None


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    try:
        with opened(path, DIRECTORY) as descriptor:
            yield descriptor
    except Changed as error:
        raise SnapshotRefused(why=f"{path} is not a directory, or is a link to one") from error
