"""FileArtifacts: `sha256/ab/cdef…` holds bytes, read-only; `tmp/` holds what is being written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from goldfish import durable
from goldfish.adapters.file_artifacts import manifests, showing
from goldfish.adapters.file_artifacts.directories import list_files
from goldfish.adapters.file_artifacts.manifests import ManifestFile
from goldfish.domain.names import Digest
from goldfish.domain.values import SignalType
from goldfish.errors import ArtifactMissing, OutputRefused, ProjectUnwritable
from goldfish.files import (
    DIRECTORY,
    Changed,
    copy,
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

    def __init__(self, root: Path) -> None:
        self._root = root
        self._is_tidy = False

    def put_bytes(self, data: bytes) -> Stored:
        """Keep these bytes; what is there already is not written again. Raises `ProjectUnwritable`."""
        name = hashlib.sha256(data).hexdigest()
        if not self._holds(name, len(data)):
            with self._writing() as (descriptor, temporary):
                write_all(descriptor, data)
                self._publish(descriptor, temporary, name, len(data))
        return Stored(_digest(name), len(data))

    def put_file(self, path: Path, *, limit: int | None = None) -> Stored:
        """Keep a plain file. Raises `OutputRefused` and `ProjectUnwritable`."""
        stored, _ = self._put(path, path.name, limit, within=None)
        return stored

    def put_directory(self, path: Path, *, limit: int | None = None) -> Stored:
        """Keep every file below a directory, and the manifest. Raises `OutputRefused` and `ProjectUnwritable`."""
        left, files = limit, []
        try:
            with opened(path, DIRECTORY) as root:
                for relative in list_files(root, path.name):
                    parent, _, name = relative.rpartition("/")
                    with opened_below(root, os.fsencode(parent)) as within:
                        stored, executable = self._put(Path(name), relative, left, within=within)
                    left = None if left is None else left - stored.size
                    files.append(ManifestFile(relative, stored.size, stored.digest, executable))
        except Changed as error:
            raise OutputRefused(signal=path.name, why="it is not a directory, or changed while it was read") from error
        except OSError as error:
            raise OutputRefused(signal=path.name, why=f"it cannot be read ({error.strerror})") from error
        manifest = self.put_bytes(manifests.write(files))
        return Stored(manifest.digest, sum(file.size for file in files), len(files))

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

        What is right already is not touched, so that a process that reads it is not disturbed. Raises
        `ArtifactMissing` and `ProjectUnwritable`.
        """
        if kind != "directory":
            self._show(digest, target, 0o444)
            return
        files = manifests.read(self.read(digest, limit=_LIMIT))
        if files is None:
            raise ArtifactMissing(digest=digest, why="it is not the manifest of a directory")
        try:
            if target.is_symlink() or not target.is_dir():
                showing.discard(target)
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise durable.unwritable(target, error) from error
        for file in files:
            self._show(file.digest, target / file.path, 0o555 if file.executable else 0o444)

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

    def _put(self, path: Path, signal: str, limit: int | None, *, within: int | None) -> tuple[Stored, bool]:
        try:
            with opened_steady(path, within=within) as (source, status):
                size = status.st_size
                if limit is not None and size > limit:
                    raise OutputRefused(signal=signal, why=f"it holds {size} bytes, more than the {limit} allowed")
                with self._writing() as (descriptor, temporary):
                    name = _copy_exactly(source, descriptor, size)
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


def _copy_exactly(source: int, target: int, size: int) -> str:
    name, count = copy(source, target, most=size)
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
