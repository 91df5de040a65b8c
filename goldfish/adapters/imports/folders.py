"""A directory of other people: what is in it is read without following a link, and never without a bound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

from goldfish.adapters.imports.json_values import Unusable
from goldfish.errors import CannotImport
from goldfish.files import DIRECTORY, Changed, opened, opened_below, opened_steady

DEEPEST: Final = 20  # levels
MOST_ENTRIES: Final = 200_000  # of one listing
SMALL: Final = 1 << 20  # bytes of a file that is read whole
LONGEST: Final = 1 << 16  # bytes of a line

Kind = Literal["file", "folder", "other"]


class Entry(NamedTuple):
    """One name in a directory. Links, pipes and devices are `other`, wherever they lead."""

    name: str
    kind: Kind


class Folder:
    """A directory that was given by name; paths within it are relative, with slashes."""

    def __init__(self, path: Path) -> None:
        """Raises `CannotImport`."""
        self.path = path
        try:
            self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise CannotImport(path=path, why=getattr(error, "strerror", None) or str(error)) from error

    def close(self) -> None:
        """Let go of it."""
        os.close(self._root)

    def entries(self, below: str = "") -> list[Entry]:
        """What is in a directory, sorted; nothing where there is none. Raises `Unusable`."""
        found: list[Entry] = []
        with (
            _told(below),
            opened_below(self._root, os.fsencode(below)) as here,
            # A descriptor of its own: one that was listed keeps its place, and the next listing would be empty.
            opened(".", DIRECTORY, within=here) as listed,
            os.scandir(listed) as entries,
        ):
            for entry in entries:
                if len(found) == MOST_ENTRIES:
                    raise Unusable(f"{below or 'it'} has more than {MOST_ENTRIES} entries")
                found.append(Entry(entry.name, _kind(entry)))
        return sorted(found)

    def has(self, below: str, kind: Kind = "folder") -> bool:
        """Whether there is such a thing."""
        parent, _, name = below.rpartition("/")
        try:
            return Entry(name, kind) in self.entries(parent)
        except Unusable:
            return False

    def tree(self, below: str = "", level: int = 0) -> Iterator[Entry]:
        """Every file below a directory by its path from there, and what is `other`. Raises `Unusable`."""
        if level > DEEPEST:
            raise Unusable(f"{below} is nested more than {DEEPEST} levels deep")
        for name, kind in self.entries(below):
            if kind != "folder":
                yield Entry(name, kind)
                continue
            for inner in self.tree(f"{below}/{name}" if below else name, level + 1):
                yield Entry(f"{name}/{inner.name}", inner.kind)

    @contextmanager
    def file(self, below: str) -> Iterator[BinaryIO]:
        """A plain file that stays the same meanwhile. Raises `Unusable`."""
        parent, _, name = below.rpartition("/")
        with (
            _told(below),
            opened_below(self._root, os.fsencode(parent)) as here,
            opened_steady(os.fsencode(name), within=here) as (descriptor, _),
            os.fdopen(os.dup(descriptor), "rb") as file,
        ):
            yield file

    def read(self, below: str, most: int = SMALL) -> bytes:
        """A whole file. Raises `Unusable`."""
        with self.file(below) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise Unusable(f"{below} has more than {most} bytes")
        return data

    def text(self, below: str, most: int = SMALL) -> str:
        """As `read`, of text."""
        try:
            return self.read(below, most).decode()
        except UnicodeDecodeError as error:
            raise Unusable(f"{below}: byte {error.start + 1} is not UTF-8") from error

    def lines(self, below: str) -> Iterator[bytes]:
        """The lines of a file; one that is too long in pieces. Raises `Unusable`."""
        with self.file(below) as file:
            while line := file.readline(LONGEST):
                yield line


@contextmanager
def _told(below: str) -> Iterator[None]:
    try:
        yield
    except Changed as problem:
        raise Unusable(f"{below or problem}: it is not there, a link, no plain file, or it changes") from problem
    except (OSError, ValueError) as error:
        raise Unusable(f"{below}: {getattr(error, 'strerror', None) or error}") from error


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
