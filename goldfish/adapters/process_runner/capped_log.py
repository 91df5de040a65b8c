"""What a process prints, kept within a bound: the beginning as it comes, and the end when all is said."""

from __future__ import annotations

import os
from collections import deque

TAIL = 64 << 10  # bytes


class CappedLog:
    """The first bytes go to the file at once; of what comes later the last 64 KiB are kept, after a marker line."""

    def __init__(self, path: str, limit: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(path, flags, 0o644)
        self._tail_limit = min(TAIL, limit // 2)
        self._head_limit = limit - self._tail_limit
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.written = 0  # bytes taken
        self.kept = 0  # bytes in the file

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.written += len(data)
        room = self._head_limit - self.kept
        if room > 0:
            data = data[self._write(data[:room]) :]
        if data:
            self._tail.append(data)
            self._tail_size += len(data)
        while self._tail and self._tail_size - len(self._tail[0]) >= self._tail_limit:
            self._tail_size -= len(self._tail.popleft())

    def finish(self) -> None:
        """Write the end, after a line that says how many bytes are not there."""
        tail = b"".join(self._tail)
        tail = tail[max(0, len(tail) - self._tail_limit) :]
        left_out = self.written - self.kept - len(tail)
        if left_out:
            self._write(b"\n[goldfish: %d bytes left out here]\n" % left_out)
        self._write(tail)

    def _write(self, data: bytes) -> int:
        """Append, and say how much was taken. A disk that takes no more ends the file, never the stage."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            self._head_limit = 0
        taken = len(data) - len(view)
        self.kept += taken
        return taken
