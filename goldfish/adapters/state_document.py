"""STATE.md: written whole, and never replaced by an older one."""

from __future__ import annotations

import re
from pathlib import Path

from goldfish import durable

_POSITION = re.compile(rb"<!-- goldfish position (\d+) -->")


class StateDocument:
    """Implements `goldfish.ports.Documents` for one file."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._lock = lock

    def write_state(self, text: str, position: int) -> bool:
        """See the protocol. A link in the file's place is replaced, not followed."""
        with durable.exclusive(self._lock):
            if position < self._shown():
                return False
            durable.write(self._path, text.encode("utf-8"))
            return True

    def _shown(self) -> int:
        if self._path.is_symlink() or not self._path.is_file():
            return 0
        with self._path.open("rb") as file:
            found = _POSITION.search(file.read(200))
        return int(found[1]) if found else 0
