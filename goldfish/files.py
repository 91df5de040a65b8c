"""Files that others may change meanwhile: opened without following a link, trusted only if they stayed the same."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Future

CHUNK = 1 << 20
OVERLAP_FROM = 16 << 20  # bytes; below, a second thread costs more than it saves
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # non-blocking: a FIFO must not stop us
_GONE = {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ESTALE}
_BLOCK, _BLOCKS = 4 << 20, 4  # bytes of a buffer, and buffers, when reading and writing overlap
_LEFT_BEHIND_AFTER = 3600.0  # seconds: no write of ours takes that long, so an older temporary file has no writer

Identity: TypeAlias = tuple[int, int, int, int, int]  # mtime and ctime in ns, size, inode, mode: equal means unchanged
Told: TypeAlias = Callable[[int], None]


class Changed(Exception):
    """A file was changed, replaced or removed while it was read. Reading again may help."""


def identity(status: os.stat_result) -> Identity:
    """What tells one state of a file from another without reading it."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode)


@contextlib.contextmanager
def opened(name: str | bytes | Path, flags: int = _REGULAR, *, within: int | None = None) -> Iterator[int]:
    """A descriptor for `name` in the directory `within`. Raises `Changed` when it is gone, or has become a link."""
    try:
        descriptor = os.open(name, flags, dir_fd=within)
    except OSError as error:
        if error.errno in _GONE:
            raise Changed(os.fsdecode(name)) from error
        raise
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def opened_below(root: int, path: bytes) -> Iterator[int]:
    """A descriptor for the directory `path` below `root`, one component at a time, so that no link is followed."""
    with contextlib.ExitStack() as stack:
        here = root
        for part in path.split(b"/") if path else ():
            here = stack.enter_context(opened(part, DIRECTORY, within=here))
        yield here


@contextlib.contextmanager
def opened_plain(name: str | bytes | Path, *, within: int | None = None) -> Iterator[tuple[int, os.stat_result]]:
    """A descriptor for a plain file. Raises `Changed` for anything else."""
    with opened(name, within=within) as descriptor:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Changed(os.fsdecode(name))
        yield descriptor, status


@contextlib.contextmanager
def opened_steady(name: str | bytes | Path, *, within: int | None = None) -> Iterator[tuple[int, os.stat_result]]:
    """As `opened_plain`; raises `Changed` also when the file changes in this block. For bytes with no known digest."""
    with opened_plain(name, within=within) as (descriptor, before):
        yield descriptor, before
        if identity(os.fstat(descriptor)) != identity(before):
            raise Changed(os.fsdecode(name))


def read_whole(name: bytes, *, within: int, most: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a plain file and the state they belong to. Raises `Changed`, also beyond `most` bytes."""
    with opened_steady(name, within=within) as (descriptor, status):
        if status.st_size > most:
            raise Changed(os.fsdecode(name))
        data = os.read(descriptor, status.st_size + 1)
        if len(data) != status.st_size:
            raise Changed(os.fsdecode(name))
    return data, status


def copy(source: int, target: int | None, *, most: int, told: Told | None = None) -> tuple[str, int]:
    """Copy between descriptors; the SHA-256 (hex) of what was read, and its size. Stops soon after `most` bytes.

    Without a target the bytes are only hashed. `told` is told how many bytes were done since it was last told.
    """
    if target is not None and os.fstat(source).st_size >= OVERLAP_FROM:
        return _copy_overlapping(source, target, most, told)
    hasher, total = hashlib.sha256(), 0
    buffer = memoryview(bytearray(min(CHUNK, most + 1)))
    while total <= most and (count := os.readv(source, [buffer])):
        hasher.update(buffer[:count])
        if target is not None:
            write_all(target, buffer[:count])
        total += count
        if told is not None:
            told(count)
    return hasher.hexdigest(), total


def _copy_overlapping(source: int, target: int, most: int, told: Told | None) -> tuple[str, int]:
    """As `copy`, for much data: one thread writes while the other reads and hashes, and the disk begins at once."""
    from concurrent.futures import ThreadPoolExecutor

    hasher, total = hashlib.sha256(), 0
    buffers = deque(memoryview(bytearray(_BLOCK)) for _ in range(_BLOCKS))
    writing: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as writer:
        while total <= most and (count := os.readv(source, [buffers[0]])):
            block = buffers[0][:count]
            writing.append(writer.submit(_write_on, target, block, total))
            hasher.update(block)
            buffers.rotate(-1)
            total += count
            if len(writing) == _BLOCKS:  # the next buffer is free only when what is in it was written
                writing.popleft().result()
            if told is not None:
                told(count)
        for written in writing:
            written.result()
    return hasher.hexdigest(), total


def _write_on(target: int, block: memoryview, at: int) -> None:
    write_all(target, block)
    os.posix_fadvise(target, at, len(block), os.POSIX_FADV_DONTNEED)  # starts writing it back, so that fsync waits less


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte; the kernel may take fewer at a time, as it does when the disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def remove_left_behind(directory: Path, prefix: str) -> int:
    """Remove temporary files whose writer was killed; how many there were."""
    count, now = 0, time.time()
    with contextlib.suppress(FileNotFoundError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.startswith(prefix):
                with contextlib.suppress(FileNotFoundError):
                    if now - entry.stat(follow_symlinks=False).st_mtime > _LEFT_BEHIND_AFTER:
                        Path(entry.path).unlink()
                        count += 1
    return count
