"""Putting stored bytes where a stage can read them, so that an ordinary write there cannot reach the store.

In this order: a clone of the blocks where the file system has them (btrfs, XFS); for large files a hard link, unless we
are root, who may write to read-only files; else a copy. docs/decisions/0003 has the reasons and the figures.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from pathlib import Path

from goldfish import durable
from goldfish.files import Changed, copy, opened_regular

LINK_FROM = 16 << 20  # bytes; below, a copy costs a few milliseconds and shares nothing

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CLONE = 0x40049409  # FICLONE of linux/fs.h
_LIMIT = 1 << 62


class Damaged(Exception):
    """The stored bytes do not match their digest."""


def is_shown(hexdigest: str, target: Path, mode: int) -> bool:
    """Whether the right bytes are there already. Reads them; gives them the right mode again."""
    try:
        with opened_regular(target) as (descriptor, status):
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
        with opened_regular(source) as (descriptor, status):
            large = status.st_size > LINK_FROM
            if not (large and os.geteuid() != 0 and mode == 0o444 and _link(source, descriptor, hexdigest, temporary)):
                _clone_or_copy(descriptor, hexdigest, temporary, mode)
        temporary.replace(target)
    except OSError as error:
        raise durable.unwritable(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _link(source: Path, descriptor: int, hexdigest: str, temporary: Path) -> bool:
    try:
        temporary.hardlink_to(source)
    except OSError:  # another file system, too many links, or links to others' files are forbidden
        return False
    if not os.path.samestat(os.fstat(descriptor), temporary.lstat()):
        raise Damaged
    _check(descriptor, hexdigest)
    return True


def _clone_or_copy(descriptor: int, hexdigest: str, temporary: Path, mode: int) -> None:
    made = os.open(temporary, _CREATE, mode)
    try:
        os.fchmod(made, mode)
        try:
            fcntl.ioctl(made, _CLONE, descriptor)
        except OSError as error:
            if error.errno not in (
                errno.EOPNOTSUPP,
                errno.ENOTTY,
                errno.EXDEV,
                errno.EINVAL,
                errno.ENOSYS,
                errno.EPERM,
            ):
                raise
            if copy(descriptor, made, most=_LIMIT)[0] != hexdigest:
                raise Damaged from error
        else:
            _check(descriptor, hexdigest)
    finally:
        os.close(made)


def _check(descriptor: int, hexdigest: str) -> None:
    if copy(descriptor, None, most=_LIMIT)[0] != hexdigest:
        raise Damaged


def discard(target: Path) -> None:
    """Make room for a file or directory: whatever else is at `target` goes, if it is not a directory with files."""
    with contextlib.suppress(FileNotFoundError):
        if target.is_dir() and not target.is_symlink():
            target.rmdir()
        else:
            target.unlink()
