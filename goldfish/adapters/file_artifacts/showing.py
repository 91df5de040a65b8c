"""Putting stored bytes where a stage can read them, so that an ordinary write there cannot reach the store.

In this order: a clone of the blocks where the file system has them (btrfs, XFS); for large files a hard link, unless we
are root, who may write to read-only files; else a copy. docs/decisions/0003 has the reasons and the figures.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from goldfish import durable
from goldfish.files import Changed, copy, opened_plain

LINK_FROM = 16 << 20  # bytes; below, a copy costs a few milliseconds and shares nothing

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CLONE = 0x40049409  # FICLONE of linux/fs.h
_LIMIT = 1 << 62


class Damaged(Exception):
    """The stored bytes do not match their digest."""


def is_program(path: Path) -> bool:
    """Whether the bytes begin as those of a compiled program or a script do."""
    try:
        with opened_plain(path) as (descriptor, _):
            return os.pread(descriptor, 4, 0).startswith((b"\x7fELF", b"#!"))
    except (Changed, OSError):  # whoever shows it says so
        return False


def is_shown(hexdigest: str, target: Path, mode: int) -> bool:
    """Whether the right bytes are there already. Reads them; gives them the right mode again."""
    try:
        with opened_plain(target) as (descriptor, status):
            if copy(descriptor, None, most=_LIMIT)[0] != hexdigest:
                return False
        if status.st_mode & 0o7777 != mode and status.st_nlink == 1:
            target.chmod(mode)
    except (Changed, OSError):
        return False
    return True


def show(source: Path, hexdigest: str, target: Path, mode: int) -> None:
    """Put the bytes at `target` by rename, checked against their digest. Raises `Damaged`, and `Changed` when gone."""
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        may_link = mode == 0o444 and os.geteuid() != 0
        if not _clone(source, temporary, mode) and not (may_link and _link(source, temporary)):
            with opened_plain(source) as (descriptor, _), _created(temporary, mode) as made:
                found, _ = copy(descriptor, made, most=_LIMIT)
        else:
            with opened_plain(temporary) as (descriptor, _):
                found, _ = copy(descriptor, None, most=_LIMIT)
        if found != hexdigest:
            raise Damaged
        temporary.replace(target)
    except OSError as error:
        raise durable.unwritable(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _clone(source: Path, temporary: Path, mode: int) -> bool:
    try:
        with opened_plain(source) as (descriptor, _), _created(temporary, mode) as made:
            fcntl.ioctl(made, _CLONE, descriptor)
    except OSError:  # most file systems cannot; if the disk is full, the copy will say so
        temporary.unlink(missing_ok=True)
        return False
    return True


def _link(source: Path, temporary: Path) -> bool:
    try:
        if source.lstat().st_size <= LINK_FROM:
            return False
        os.link(source, temporary, follow_symlinks=False)
    except OSError:  # another file system, too many links, or links to others' files are forbidden
        return False
    return True


@contextlib.contextmanager
def _created(path: Path, mode: int) -> Iterator[int]:
    descriptor = os.open(path, _CREATE, mode)
    try:
        os.fchmod(descriptor, mode)
        yield descriptor
    finally:
        os.close(descriptor)


def discard(target: Path) -> None:
    """Make room for a file or directory: whatever else is at `target` goes, if it is not a directory with files."""
    with contextlib.suppress(FileNotFoundError):
        if target.is_dir() and not target.is_symlink():
            target.rmdir()
        else:
            target.unlink()
