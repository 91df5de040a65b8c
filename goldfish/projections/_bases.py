"""The directory of base files: which one to use, when to build the next one, and what to throw away."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.projections._base import Base, attach, log_beside, publish, schema_digest
from goldfish.projections._pages import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

PATIENCE = 30.0
"""Seconds that a rebuild waits for somebody else who builds a base."""

_NAME = re.compile(r"base-([0-9a-f]{16})-([0-9]{1,18})\.duckdb")


class Bases:
    """The base files of one ledger. Any number of processes may use the same directory at once."""

    def __init__(self, log: EventLog, directory: Path | None, publish_after: int) -> None:
        self._log = log
        self._directory = directory
        self._publish_after = publish_after
        self._rejected: set[Path] = set()
        self._not_before = 0

    @property
    def spill(self) -> Path | None:
        """Where DuckDB may put what does not fit in memory."""
        return self._directory / "spill" if self._directory else None

    def newest(self, connection: DuckDBPyConnection) -> Base | None:
        """Attach the newest base that is sound; others are thrown away."""
        for position, path in self._candidates():
            base = attach(connection, path, position, self._log)
            if base is not None:
                return base
            self.reject(path)
        return None

    def reject(self, path: Path) -> None:
        """Throw a base away, and never look at it again where it cannot be deleted."""
        self._rejected.add(path)
        for file in (log_beside(path), path):
            with contextlib.suppress(OSError):
                file.unlink()

    def reject_all(self) -> None:
        """Throw all of them away."""
        for _, path in self._candidates():
            self.reject(path)

    def advance(self, old: Base | None, head: int, progress: Progress | None) -> bool:
        """Build the next base if the tail is long enough to pay for it. Returns whether there is one.

        A cache that cannot be written costs time, not answers: the tail then stays in memory.
        """
        import duckdb

        start = old.position if old else 0
        due = start + max(self._publish_after, start // 8)
        if self._directory is None or head <= max(due, self._not_before):
            return False
        try:
            with _alone(self._directory) as is_alone:
                if not is_alone:
                    return False
                path = publish(self._directory, old, self._log, head, progress)
                self._rejected.discard(path)
                _tidy(self._directory, path)
                return True
        except (OSError, duckdb.Error):
            self._not_before = head + self._publish_after
            return False

    def renew(self, head: int, progress: Progress | None) -> None:
        """Build a base from the log alone, and only then throw all others away; where none can be built, at once."""
        import duckdb

        self._not_before = 0
        if self._directory is not None and head > self._publish_after:
            with contextlib.suppress(OSError, duckdb.Error), _alone(self._directory, PATIENCE) as is_alone:
                if is_alone:
                    path = publish(self._directory, None, self._log, head, progress)
                    self._rejected.discard(path)
                    _tidy(self._directory, path)
                    return
        self.reject_all()

    def _candidates(self) -> list[tuple[int, Path]]:
        """The base files that could be used, newest first. Links and other oddities are none."""
        found = []
        with contextlib.suppress(OSError):
            for path in self._directory.iterdir() if self._directory else ():
                match = _NAME.fullmatch(path.name)
                ours = match is not None and match[1] == schema_digest() and path not in self._rejected
                if match and ours and stat.S_ISREG(path.lstat().st_mode):
                    found.append((int(match[2]), path))
        return sorted(found, reverse=True)


@contextlib.contextmanager
def _alone(directory: Path, patience: float = 0) -> Iterator[bool]:
    """Whether this process is the only one that builds a base now. The kernel lets go when a builder dies."""
    deadline = time.monotonic() + patience
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / "building.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        while not (is_alone := _locked(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield is_alone
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tidy(directory: Path, keep: Path) -> None:
    """Remove what the base `keep` makes superfluous, and what builders that died left behind.

    Processes that have a removed file open go on reading it.
    """
    for path in [*directory.glob("base-*.duckdb"), *directory.glob(".base-*.tmp*")]:
        if path != keep:
            path.unlink(missing_ok=True)
