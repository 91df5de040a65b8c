"""Metric points on their way to disk: a queue in memory, a thread that empties it, and two files that only grow.

`metrics.bin` holds records of 28 bytes, little-endian: name id u32, step i64 (-1: none), value f64, time f64 (seconds
since 1970, UTC). `metrics.names` holds one JSON string per line; a name's id is its line number, from 0. A line is
written before the first record that uses it. Several processes may write, each under the lock of `metrics.names`.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import re
import struct
import sys
import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD = struct.Struct("<Iqdd")
NO_STEP = -1
MAX_NAMES = 10_000
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/:]{0,255}")
FLUSH_EVERY = 0.25  # seconds
HIGH_WATER = 65_536  # records in memory; beyond it the caller writes them itself


class MetricLog:
    """The metric points of this process. Safe to use from any thread, and after a fork in parent and child."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self.ids: dict[str, int] = {}
        self.queue: deque[bytes] = deque()
        self._begin()
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self.finish)

    def _begin(self) -> None:
        """Start afresh: in a forked child the queued points stay the parent's, and the lock must be its own."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._points = os.open(os.path.join(self._directory, "metrics.bin"), flags, 0o644)
        self._names = os.open(os.path.join(self._directory, "metrics.names"), flags, 0o644)
        self.ids.clear()
        self._names_read = 0  # bytes
        self.queue.clear()
        self._writing = threading.Lock()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: OSError | None = None

    def register(self, name: str) -> int:
        """The id of a name, written down before it is returned. Raises `TypeError` or `ValueError` for bad names."""
        if not isinstance(name, str):
            raise TypeError(f"a metric's name is text, not {type(name).__name__}.")
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{name[:80]!r} is no usable metric name. Begin with a letter; go on with letters, digits "
                "and _ . - / :, up to 256 characters."
            )
        with self._locked():
            self._learn_names()
            if name not in self.ids:
                if len(self.ids) >= MAX_NAMES:
                    raise ValueError(
                        f"{name!r} is one metric too many ({MAX_NAMES:,}): what varies belongs into the step."
                    )
                os.write(self._names, json.dumps(name).encode() + b"\n")
                self._learn_names()
            if self._thread is None:
                self._start()
        return self.ids[name]

    def flush(self) -> None:
        """Hand every queued point to the operating system. Raises `OSError` when it does not take them."""
        with self._locked():
            error, self._error = self._error, None
            if error is not None:
                raise error
            self._write()

    def finish(self) -> None:
        """Flush, and end the thread. Points logged later are flushed by the next call."""
        self._done.set()
        self.flush()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="goldfish-metrics", daemon=True)
        self._thread.start()
        if "multiprocessing.util" in sys.modules:  # its forked children skip atexit
            sys.modules["multiprocessing.util"].Finalize(None, self.finish, exitpriority=0)

    def _run(self) -> None:
        done = self._done
        while not done.wait(FLUSH_EVERY):
            if self.queue:
                with self._locked():
                    try:
                        self._write()
                    except OSError as error:  # raised to the stage by its next flush
                        self._error = error
                        return

    def _write(self) -> None:
        """Append whole records, after cutting off what a killed process left of one."""
        size = os.fstat(self._points).st_size
        if size % RECORD.size:
            os.ftruncate(self._points, size - size % RECORD.size)
        take = self.queue.popleft
        data = memoryview(b"".join([take() for _ in range(len(self.queue))]))
        while data:
            data = data[os.write(self._points, data) :]

    def _learn_names(self) -> None:
        """Read what was added to the names, by this or another process of the stage."""
        new = os.pread(self._names, os.fstat(self._names).st_size - self._names_read, self._names_read)
        for line in new.splitlines():
            self.ids[json.loads(line)] = len(self.ids)
        self._names_read += len(new)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._writing:
            fcntl.flock(self._names, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._names, fcntl.LOCK_UN)
