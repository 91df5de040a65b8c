"""Files that a command names by an absolute path: not recorded, but what is known of them decides what it computes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from goldfish.files import Changed, copy, identity, opened_plain

SETTING = "files outside"  # no option of a program has such a name
READ_UP_TO = 64 << 20  # bytes; a larger file is told by its size and times

_PATH = re.compile(r"(?:^|[=:,])(/[^\0]+)")
_OWN = ".goldfish"  # it changes with every command


def named_outside(words: Sequence[str]) -> dict[str, str]:
    """What identifies each file and directory that the words of a command name by an absolute path.

    A file by its digest, a large one by its size and times, a directory by names, sizes and times of all in it.
    """
    found = {}
    for path in dict.fromkeys(path for word in words for path in _paths(word)):
        state = _state(path)
        if state is not None:
            found[path] = state
    return found


def _paths(word: str) -> Iterator[str]:
    """`/data/x.csv`, and what follows a sign in `--data=/data/x.csv`."""
    return (match[1] for match in _PATH.finditer(word))


def _state(path: str) -> str | None:
    try:
        real = Path(path).resolve()
        status = real.stat()
        if stat.S_ISDIR(status.st_mode):
            return _directory(real)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > READ_UP_TO:
            return _by_times(status)
        with opened_plain(real) as (descriptor, _):
            digest, _ = copy(descriptor, None, most=READ_UP_TO)
    except (OSError, ValueError, Changed):
        return None  # the program cannot read it either, or it is gone
    return f"sha256:{digest}"


def _by_times(status: os.stat_result) -> str:
    changed, _, size, *_ = identity(status)
    return f"{size} bytes, changed at {changed} ns"


def _directory(root: Path) -> str:
    hasher, files = hashlib.sha256(), 0
    for place, directories, names in os.walk(root):
        directories[:] = sorted(name for name in directories if name != _OWN)
        for name in sorted(names):
            path = Path(place, name)
            files += 1
            line = f"{path.relative_to(root)}\0{_by_times(path.lstat())}\n"
            hasher.update(line.encode("utf-8", "surrogateescape"))
    return f"{files} files, sha256:{hasher.hexdigest()}"
