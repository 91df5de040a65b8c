"""The one way goldfish puts a file on disk: whole and synced, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from goldfish.errors import ProjectUnwritable

_PERMANENT = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR, errno.EFBIG}


def write(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o644) -> None:
    """Put `data` at `path` so that any reader, after any crash, sees the old file or the whole new one.

    Temporary file in the same directory, fsync, rename, fsync of the directory (the order restic uses). Raises
    `ProjectUnwritable` when the disk is full or not writable; the old file is then untouched.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in [data] if isinstance(data, bytes) else data:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
    except BaseException as error:
        with suppress(OSError):  # on a read-only file system, removing what is not there fails too
            temporary.unlink()
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise


def sync_directory(path: Path) -> None:
    """Make renames and new names within a directory survive a power loss."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError) -> OSError | ProjectUnwritable:
    """The named refusal for errors that no retry mends; other errors as they are."""
    if error.errno in _PERMANENT:
        return ProjectUnwritable(path=path.parent, why=os.strerror(error.errno or 0))
    return error


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; the kernel releases it when the process dies.

    Raises `ProjectUnwritable`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
