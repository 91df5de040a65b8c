"""In which state files were when all their bytes were last read, so that unchanged bytes are not read again.

A cache, never a record: an entry that is missing or damaged means that the bytes are read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from goldfish.domain.names import Digest
from goldfish.files import Identity

RACY = 20_000_000  # ns; kernels stamp files by a clock that ticks every 1 to 10 ms: twice that, to be sure


@dataclass(frozen=True, slots=True)
class Seen:
    """The files of a place, by relative path ("" for a file itself), and when they were looked at, in ns."""

    states: dict[str, Identity]
    at: int

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(state[2] for state in self.states.values())

    def settled(self) -> dict[str, Identity]:
        """Those that can be trusted later: a change after the look must show in their times. The others are racy."""
        limit = self.at - RACY
        return {path: state for path, state in self.states.items() if state[0] < limit and state[1] < limit}


class States:
    """One small file for each place that was read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def known(self, place: Path) -> tuple[Digest, dict[str, Identity]] | None:
        """The digest that the bytes at a place had, and the states that its files were in."""
        try:
            content = json.loads(self._file(place).read_bytes())
            if content["place"] != os.fsencode(place).hex():
                return None
            states = {path: _state(numbers) for path, numbers in content["states"].items()}
            return Digest(str(content["digest"])), states
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def remember(self, place: Path, digest: Digest, states: dict[str, Identity]) -> None:
        """Keep this for next time. Where that is not possible, the bytes are read again, nothing more."""
        content = {"place": os.fsencode(place).hex(), "digest": digest, "states": states}
        file = self._file(place)
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(6)}.tmp")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(content, separators=(",", ":")))
            temporary.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()

    def _file(self, place: Path) -> Path:
        return self._directory / hashlib.sha256(os.fsencode(place)).hexdigest()[:40]


def _state(numbers: object) -> Identity:
    match numbers:
        case [int(mtime), int(ctime), int(size), int(inode), int(mode)]:
            return (mtime, ctime, size, inode, mode)
        case _:
            raise ValueError("this is no state of a file")
