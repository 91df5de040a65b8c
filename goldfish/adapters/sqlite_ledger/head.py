"""A second, small file that remembers how far the ledger went: a tail cut off the ledger is missed by it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class HeadFile:
    """Position and hash of the last commit known here.

    Written in place, without sync: after a power loss it may be older than the ledger, never newer than a commit.
    """

    _LENGTH = 96

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, position: int, digest: bytes) -> None:
        """Note a commit, unless a later one is noted: that one may be the only trace of events that are gone.

        A full or read-only disk is no reason to fail the commit that was made already.
        """
        line = f"{position} {digest.hex()}\n".encode().ljust(self._LENGTH, b" ")
        with contextlib.suppress(OSError):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a stopped process must not stop others
                noted = _parse(os.pread(descriptor, self._LENGTH, 0))
                if noted is None or noted[0] < position:
                    os.pwrite(descriptor, line, 0)
            finally:
                os.close(descriptor)

    def read(self) -> tuple[int, bytes] | None:
        """The noted commit; None when there is no note or it was torn."""
        try:
            return _parse(self._path.read_bytes())
        except OSError:
            return None


def _parse(line: bytes) -> tuple[int, bytes] | None:
    try:
        position, digest = line.decode("ascii").split()
        return int(position), bytes.fromhex(digest)
    except ValueError:
        return None
