"""Files of other people: opened to be read and nothing else, and never read without a bound."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from goldfish.adapters.imports.json_values import Unusable
from goldfish.errors import CannotImport

LONGEST = 4 << 20  # bytes of a line
MOST = 1_000_000  # lines


Line = bytes | None


def whole(line: Line) -> bytes:
    """The bytes of a line. Raises `Unusable` for one that is too long."""
    if line is None:
        raise Unusable(f"it has more than {LONGEST} bytes")
    return line


class Given:
    """A regular file that stays the same while it is read."""

    def __init__(self, path: Path) -> None:
        """Raises `CannotImport`."""
        self.path = path
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for its writer
        except (OSError, ValueError) as error:
            raise CannotImport(path=path, why=getattr(error, "strerror", None) or str(error)) from error
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise CannotImport(path=path, why="it is a directory" if stat.S_ISDIR(found.st_mode) else "it is no file")
        self.file: BinaryIO = os.fdopen(descriptor, "rb")
        self.size = found.st_size
        self._seen = self._state()

    @property
    def written(self) -> datetime:
        """When it was last changed."""
        return datetime.fromtimestamp(self._seen[1] / 1e9, UTC).replace(microsecond=0)

    def all(self, most: int) -> bytes:
        """Everything in it. Raises `CannotImport` when that is more than `most` bytes."""
        if self.size > most:
            raise CannotImport(path=self.path, why=f"it has {self.size} bytes, more than {most}")
        with self._told():
            self.file.seek(0)
            data = self.file.read(most) or b""  # None: there is nothing to be had yet
        self.unchanged()
        return data

    def lines(self) -> Iterator[tuple[int, int, Line]]:
        """Number, offset and bytes of each line that is not blank; None for one that is too long.

        Raises `CannotImport` for more lines than `MOST`.
        """
        with self._told():
            self.file.seek(0)
        number = offset = 0
        while line := self._next():
            number += 1
            if number > MOST:
                raise CannotImport(path=self.path, why=f"it has more than {MOST} lines")
            if len(line) > LONGEST:
                yield number, offset, None
            elif text := self._text(number, line):
                yield number, offset, text
            offset += len(line)
            while len(line) > LONGEST and not line.endswith(b"\n"):  # the rest of a line that is too long
                line = self._next()
                offset += len(line)

    def line(self, offset: int) -> bytes:
        """The line that begins there."""
        with self._told():
            self.file.seek(offset)
        return self._text(1 if offset == 0 else 2, self._next())

    def unchanged(self) -> None:
        """Raises `CannotImport` when the file was written to since it was opened."""
        if self._state() != self._seen:
            raise CannotImport(path=self.path, why="it changes while it is read")

    def close(self) -> None:
        """Let go of it."""
        self.file.close()

    def _next(self) -> bytes:
        with self._told():
            return self.file.readline(LONGEST + 1)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CannotImport(path=self.path, why=f"it cannot be read: {error.strerror}") from error

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self.file.fileno())
        return found.st_size, found.st_mtime_ns

    @staticmethod
    def _text(number: int, line: bytes) -> bytes:
        return line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
