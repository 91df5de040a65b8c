"""Looking into a directory that a stage could write to: by descriptors, without following a link anywhere."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a directory",
    stat.S_IFREG: "a file",
}
_MOST_FILES = 1_000_000


class NotUsable(ValueError):
    """Something lies there that cannot be taken; the text says what."""


class Folder:
    """An open directory. Its entries keep their identity, whatever is renamed around it meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def path(self, name: str) -> Path:
        """A path to an entry, whose parent is this very directory."""
        return Path(f"/proc/self/fd/{self._descriptor}", name)

    def names(self) -> list[str]:
        """All entries, sorted."""
        return sorted(os.listdir(self._descriptor))

    def kind(self, name: str) -> str | None:
        """What an entry is, in words; None when there is none."""
        try:
            mode = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None
        return _KINDS.get(stat.S_IFMT(mode), "something special")

    def size(self, name: str) -> int:
        """Bytes below an entry, before anything is copied: of its length and of the blocks it takes, the larger.

        Raises `NotUsable` for links, special files and more than a million files.
        """
        if self.kind(name) != "a directory":
            return _extent(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False))
        total = count = 0
        walk = os.fwalk(name, dir_fd=self._descriptor, follow_symlinks=False, onerror=_unreadable)
        for parent, directories, files, descriptor in walk:
            for entry in directories + files:
                status = os.stat(entry, dir_fd=descriptor, follow_symlinks=False)
                kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something special")
                if kind not in ("a file", "a directory"):
                    raise NotUsable(f"{os.path.join(parent, entry)!r} in it is {kind}")
                total += _extent(status) if kind == "a file" else 0
            count += len(files)
            if count > _MOST_FILES:
                raise NotUsable(f"it holds more than {_MOST_FILES} files")
        return total

    def read(self, name: str, limit: int) -> bytes | None:
        """The bytes of a small regular file; None for anything else."""
        try:
            descriptor = os.open(name, _OPEN, dir_fd=self._descriptor)
        except OSError:
            return None
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            return file.read(limit) if stat.S_ISREG(status.st_mode) and status.st_size <= limit else None


@contextmanager
def opened(directory: Path, name: str | None = None) -> Iterator[Folder | None]:
    """A directory, or a directory in it; None when there is none, or something else in its place."""
    flags = _OPEN | os.O_DIRECTORY
    descriptors: list[int] = []
    try:
        descriptors.append(os.open(directory, flags))
        if name is not None:
            descriptors.append(os.open(name, flags, dir_fd=descriptors[0]))
        yield Folder(descriptors[-1])
    except (FileNotFoundError, NotADirectoryError):
        if len(descriptors) > (name is not None):
            raise
        yield None
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _extent(status: os.stat_result) -> int:
    return max(status.st_size, status.st_blocks * 512)


def _unreadable(error: OSError) -> None:
    raise NotUsable(f"{error.filename!r} in it cannot be read: {error.strerror}") from error
