"""Points on their way from what a stage wrote to the sealed file, by whatever way it wrote them."""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

RECORD = struct.Struct("<Iqdd")  # id of the name, step or -1, value, seconds since 1970 or NaN
MOST_NAMES = 10_000
NO_TIME = float("nan")
NO_STEP = -1

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/:]{0,255}")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BATCH = 1 << 16  # records


class Names:
    """The names of metrics; each has a number, in the order in which they were met."""

    def __init__(self, known: list[str], usable: Callable[[str], bool] | None = None) -> None:
        self._numbers = {name: number for number, name in enumerate(known)}
        self._usable = usable or is_name

    def number(self, name: str) -> int | None:
        """The number of a name, a new one for a new name; None for an unusable name, and for one too many."""
        found = self._numbers.get(name)
        if found is None and len(self._numbers) < MOST_NAMES and self._usable(name):
            found = self._numbers[name] = len(self._numbers)
        return found

    def all(self) -> list[str]:
        """By number."""
        return list(self._numbers)


class Records:
    """Points that were written as text, as records in a file."""

    def __init__(self, file: BinaryIO, names: Names) -> None:
        self._file, self._names = file, names
        self._waiting: list[bytes] = []
        self.count = 0

    def add(self, name: str, step: int | None, value: float, at: float | None = None) -> bool:
        """Take a point; False when its name cannot be used."""
        number = self._names.number(name)
        if number is None:
            return False
        time = NO_TIME if at is None else at
        self._waiting.append(RECORD.pack(number, NO_STEP if step is None else step, value, time))
        self.count += 1
        if len(self._waiting) >= _BATCH:
            self.flush()
        return True

    def flush(self) -> None:
        """Write what waits."""
        self._file.write(b"".join(self._waiting))
        self._waiting.clear()


def is_foreign_name(name: str) -> bool:
    """Whether a metric of another system may be called so: any text that can be shown."""
    return 0 < len(name) <= 256 and name.isprintable()


def is_name(name: str) -> bool:
    """Whether a metric may be called so."""
    return _NAME.fullmatch(name) is not None


@contextmanager
def opened(directory: Path, name: str) -> Iterator[BinaryIO | None]:
    """A regular file of the stage, links not followed; None when there is none."""
    try:
        descriptor = os.open(directory / name, _OPEN)
    except OSError:
        yield None
        return
    with os.fdopen(descriptor, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def lines(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines of a file without their ends; None for a line that is longer than `longest`. A torn last line too."""
    while line := file.readline(longest + 1):
        if line.endswith(b"\n") or len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(1 << 20)
        yield None
