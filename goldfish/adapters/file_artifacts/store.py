"""FileArtifacts: `sha256/ab/cdef…` holds bytes, read-only; `tmp/` holds what is being written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from goldfish import durable
from goldfish.adapters.file_artifacts import manifests, showing, taking_out
from goldfish.adapters.file_artifacts.directories import list_states
from goldfish.adapters.file_artifacts.manifests import ManifestFile
from goldfish.adapters.file_artifacts.states import States
from goldfish.domain.names import Digest
from goldfish.domain.values import SignalType
from goldfish.errors import ArtifactMissing, OutputRefused, ProjectUnwritable
from goldfish.files import (
    DIRECTORY,
    OVERLAP_FROM,
    Changed,
    Identity,
    Told,
    copy,
    identity,
    opened,
    opened_below,
    opened_plain,
    opened_steady,
    remove_left_behind,
    write_all,
)
from goldfish.ports import Stored

_LIMIT = 1 << 62  # bytes: none
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FileArtifacts:
    """Content-addressed files below `root`. Any number of processes may use it at once."""

    def __init__(self, root: Path, states: States | None = None) -> None:
        """`states` remembers what was checked; without it, everything is read every time it is checked."""
        self._root = root
        self._states = states
        self._is_tidy = False
        self._written: set[str] = set()

    def put_bytes(self, data: bytes) -> Stored:
        """Keep these bytes; what is there already is not written again. Raises `ProjectUnwritable`."""
        name = hashlib.sha256(data).hexdigest()
        if not self._holds(name, len(data)):
            with self._writing() as (descriptor, temporary):
                write_all(descriptor, data)
                self._publish(descriptor, temporary, name, len(data))
        return Stored(_digest(name), len(data))

    def put_file(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep a plain file. Raises `OutputRefused` and `ProjectUnwritable`."""
        stored, _ = self._put(path, path.name, limit, within=None, told=told)
        self._remember_written(stored, [stored.digest])
        return stored

    def put_directory(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep every file below a directory, and the manifest. Raises `OutputRefused` and `ProjectUnwritable`."""
        left, files = limit, []
        try:
            with opened(path, DIRECTORY) as root:
                for relative in list_states(root, path.name):
                    parent, _, name = relative.rpartition("/")
                    with opened_below(root, os.fsencode(parent)) as within:
                        stored, executable = self._put(Path(name), relative, left, within=within, told=told)
                    left = None if left is None else left - stored.size
                    files.append(ManifestFile(relative, stored.size, stored.digest, executable))
        except Changed as error:
            raise OutputRefused(signal=path.name, why="it is not a directory, or changed while it was read") from error
        except OSError as error:
            raise OutputRefused(signal=path.name, why=f"it cannot be read ({error.strerror})") from error
        manifest = self.put_bytes(manifests.write(files))
        stored = Stored(manifest.digest, sum(file.size for file in files), len(files))
        self._remember_written(stored, [stored.digest, *(file.digest for file in files)])
        return stored

    def path(self, digest: Digest) -> Path:
        """Where the bytes are. Raises `ArtifactMissing`, also when something other than a plain file is there."""
        path = self._place(_name(digest))
        try:
            if stat.S_ISREG(path.lstat().st_mode):
                return path
        except OSError as error:
            raise ArtifactMissing(digest=digest, why=os.strerror(error.errno or 0)) from error
        raise ArtifactMissing(digest=digest, why="something else is in its place")

    def place(self, digest: Digest, target: Path, kind: SignalType) -> None:
        """Show the bytes at `target`, read-only and checked; a directory as a tree of such files.

        A digest knows no permissions, so a file that begins as a program does can be run by whoever is given it.

        What is right already is not touched, so that a process that reads it is not disturbed. Raises
        `ArtifactMissing` and `ProjectUnwritable`.
        """
        if kind != "directory":
            runs = kind == "file" and showing.is_program(self.path(digest))
            self._show(digest, target, 0o555 if runs else 0o444)
            return
        files = self.files(digest)
        try:
            if target.is_symlink() or not target.is_dir():
                showing.discard(target)
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise durable.unwritable(target, error) from error
        for file in files:
            self._show(file.digest, target / file.path, 0o555 if file.executable else 0o444)

    def files(self, digest: Digest) -> list[ManifestFile]:
        """The files of a stored directory. Raises `ArtifactMissing`."""
        files = manifests.read(self.read(digest, limit=_LIMIT))
        if files is None:
            raise ArtifactMissing(digest=digest, why="it is not the manifest of a directory")
        return files

    def contents(self, digest: Digest) -> list[tuple[str, int]]:
        """Paths and sizes of a stored directory. Raises `ArtifactMissing`."""
        return [(file.path, file.size) for file in self.files(digest)]

    def take_out(self, digest: Digest, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """Copy the bytes to a new place, checked. Raises `ArtifactMissing`, `PlaceTaken` and `ProjectUnwritable`."""
        if kind == "directory":
            files = self.files(digest)
            wanted = {file.path: (self.path(file.digest), str(file.digest), file.executable) for file in files}
            taking_out.take_out_directory(wanted, target, told)
        else:
            taking_out.take_out_file(self.path(digest), digest, target, told)

    def check(self, digest: Digest) -> list[str]:
        """As `verify`, but what was sound before and is in the same state is not read again."""
        if self._states is None:
            return self.verify(digest)
        place = self._root / "sha256" / digest.removeprefix("sha256:")  # a key alone: nothing is opened there
        known = self._states.known(place)
        if known is not None and known[1] and known[1] == self._states_of(known[1]):
            return []
        try:
            names = [_name(digest), *(_name(line.digest) for line in self._manifest(digest) or [])]
        except (ArtifactMissing, OSError):
            return self.verify(digest)
        before = self._states_of(names)
        damages = self.verify(digest)
        if not damages and self._states_of(names) == before:
            self._states.remember(place, digest, before)
        return damages

    def read(self, digest: Digest, *, limit: int = 64 << 20) -> bytes:
        """The bytes, checked. Raises `ArtifactMissing`, also for more than `limit` bytes."""
        try:
            with opened_plain(self.path(digest)) as (descriptor, _), open(os.dup(descriptor), "rb") as file:
                data = file.read(min(limit, os.fstat(descriptor).st_size) + 1)
        except (OSError, Changed) as error:
            raise ArtifactMissing(digest=digest, why=str(error)) from error
        if len(data) > limit:
            raise ArtifactMissing(digest=digest, why=f"it holds more than the {limit} bytes asked for")
        if hashlib.sha256(data).hexdigest() != _name(digest):
            raise ArtifactMissing(digest=digest, why="its bytes do not match its digest")
        return data

    def has(self, digest: Digest) -> bool:
        """Whether a plain file is in its place."""
        try:
            self.path(digest)
        except ArtifactMissing:
            return False
        return True

    def verify(self, digest: Digest) -> list[str]:
        """One sentence for each damage. Streams, so any size will do; removes what killed writers left behind."""
        self._tidy()
        damage = self._damage(digest)
        if damage:
            return [damage]
        lines = self._manifest(digest) or []
        return [f"{line.path} of {digest}: {damage}" for line in lines if (damage := self._damage(line.digest))]

    def free(self) -> int:
        """Bytes that can still be stored."""
        here = self._root
        while not here.exists():
            here = here.parent
        status = os.statvfs(here)
        return status.f_bavail * status.f_frsize

    def _put(
        self, path: Path, signal: str, limit: int | None, *, within: int | None, told: Told | None
    ) -> tuple[Stored, bool]:
        try:
            with opened_steady(path, within=within) as (source, status):
                size = status.st_size
                if limit is not None and size > limit:
                    raise OutputRefused(signal=signal, why=f"it holds {size} bytes, more than the {limit} allowed")
                with self._writing() as (descriptor, temporary):
                    name = _copy_exactly(source, descriptor, size, told)
                    self._publish(descriptor, temporary, name, size)
        except Changed as error:
            why = "it is not a plain file, or changed while it was read"
            raise OutputRefused(signal=signal, why=why) from error
        except OSError as error:
            raise OutputRefused(signal=signal, why=f"it cannot be read ({error.strerror})") from error
        return Stored(_digest(name), size), bool(status.st_mode & stat.S_IXUSR)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[tuple[int, Path]]:
        """A temporary file in the store; gone at the end, unless it was published. Raises `ProjectUnwritable`."""
        self._tidy()
        temporary = self._root / "tmp" / secrets.token_hex(12)
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(temporary, _CREATE, 0o444)
        except OSError as error:
            raise _unwritable(temporary, error) from error
        try:
            yield descriptor, temporary
        except OSError as error:
            raise _unwritable(temporary, error) from error
        finally:
            os.close(descriptor)
            temporary.unlink(missing_ok=True)

    def _publish(self, descriptor: int, temporary: Path, name: str, size: int) -> None:
        os.fchmod(descriptor, 0o444)
        os.fsync(descriptor)
        if self._holds(name, size):
            return
        final = self._place(name)
        if not final.parent.exists():
            final.parent.mkdir(parents=True, exist_ok=True)
            durable.sync_directory(final.parent.parent)
            durable.sync_directory(self._root)
        if final.is_dir() and not final.is_symlink():
            final.rmdir()  # damage: a directory in the place of the bytes
        temporary.replace(final)
        durable.sync_directory(final.parent)
        self._written.add(name)

    def _holds(self, name: str, size: int) -> bool:
        """Whether a file of this name and size is there, durably: who put it may not have synced the directory yet."""
        final = self._place(name)
        try:
            status = final.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size != size:
                return False
            durable.sync_directory(final.parent)
        except OSError:
            return False
        return True

    def _show(self, digest: Digest, target: Path, mode: int) -> None:
        name = _name(digest)
        if showing.is_shown(name, target, mode):
            return
        try:
            if target.is_dir():
                showing.discard(target)
            showing.show(self.path(digest), name, target, mode)
        except (showing.Damaged, Changed) as error:
            raise ArtifactMissing(digest=digest, why="its bytes do not match its digest") from error
        except OSError as error:
            raise durable.unwritable(target, error) from error

    def _remember_written(self, stored: Stored, digests: list[Digest]) -> None:
        """What this object itself has just written need not be read to be known. Little data is soon read."""
        names = [_name(digest) for digest in digests]
        if self._states is not None and stored.size >= OVERLAP_FROM and self._written.issuperset(names):
            place = self._root / "sha256" / _name(stored.digest)
            self._states.remember(place, stored.digest, self._states_of(names))

    def _states_of(self, names: Iterable[str]) -> dict[str, Identity]:
        found = {}
        for name in names:
            with contextlib.suppress(OSError):
                found[name] = identity(self._place(name).lstat())
        return found

    def _damage(self, digest: Digest) -> str | None:
        try:
            with opened_plain(self.path(digest)) as (descriptor, _):
                found, size = copy(descriptor, None, most=_LIMIT)
        except (ArtifactMissing, OSError, Changed) as error:
            return f"The artifact {digest} cannot be read: {getattr(error, 'facts', {}).get('why') or error}."
        if found != _name(digest):
            return f"The artifact {digest} is damaged: its {size} bytes do not match its digest."
        return None

    def _manifest(self, digest: Digest) -> list[ManifestFile] | None:
        with self.path(digest).open("rb") as file:
            head = file.read(64)
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64))
            tail = file.read()
        return manifests.read(self.read(digest, limit=_LIMIT)) if manifests.may_be(head, tail) else None

    def _place(self, name: str) -> Path:
        return self._root / "sha256" / name[:2] / name[2:]

    def _tidy(self) -> None:
        if not self._is_tidy:
            self._is_tidy = True
            remove_left_behind(self._root / "tmp", "")


def _copy_exactly(source: int, target: int, size: int, told: Told | None) -> str:
    name, count = copy(source, target, most=size, told=told)
    if count != size:
        raise Changed
    return name


def _name(digest: Digest) -> str:
    """The 64 hex characters of a digest. Raises `ArtifactMissing`: nothing else may ever become a path."""
    if not manifests.DIGEST.fullmatch(digest):
        raise ArtifactMissing(digest=digest, why="this is not a SHA-256 digest")
    return digest.removeprefix("sha256:")


def _digest(name: str) -> Digest:
    return Digest(f"sha256:{name}")


def _unwritable(path: Path, error: OSError) -> ProjectUnwritable:
    return ProjectUnwritable(path=path.parent.parent, why=os.strerror(error.errno or 0))
