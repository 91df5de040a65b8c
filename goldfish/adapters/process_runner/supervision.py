"""Watching over one running stage: its log, its limits, requests to stop it, and its end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

from goldfish.adapters.process_runner import processes
from goldfish.adapters.process_runner.capped_log import CappedLog

_LOOK_EVERY = 0.1  # seconds between two looks at limits and the stop request, at least


class Supervision:
    """One stage process and all it starts."""

    def __init__(self, directory: str, child: int, pipe: int, began: float) -> None:
        self._directory, self._child, self._pipe, self._began = directory, child, pipe, began
        self._pidfd = os.pidfd_open(child)
        self._status: int | None = None
        self._ended_by: str | None = None
        self._terminate_at = self._kill_at = float("inf")
        self._seconds = 0.0
        self._peak = 0

    def bound(self, *, seconds: float, memory: int, log: int, grace: float) -> None:
        """Set what it may use: seconds, bytes of memory and of log; `grace` in seconds between the steps of an end."""
        self._limit, self._memory, self._grace = seconds, memory, grace
        self._log = CappedLog(os.path.join(self._directory, "log.txt"), log)

    def watch(self) -> int:
        """Return the wait status of the stage process when it has ended, by itself, by a limit or by request."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        poll.register(self._pipe, select.POLLIN)
        wait, next_look = _LOOK_EVERY, self._began + _LOOK_EVERY  # not before the stage's interpreter has started
        while self._status is None:
            ready = dict(poll.poll(wait * 1000))
            if self._pipe in ready and not self._take_log():
                poll.unregister(self._pipe)
            now = time.monotonic()
            if now >= next_look:
                used = time.process_time()
                self._look(now)
                used = time.process_time() - used
                wait = min(max(_LOOK_EVERY, 50 * used), 1.0)  # looking takes at most a fiftieth of a processor
                next_look = time.monotonic() + wait
            if self._pidfd in ready:
                self._reap()
        return self._status

    def _take_log(self) -> bool:
        """Move what was printed into the log; False at its end."""
        try:
            data = os.read(self._pipe, 1 << 20)
        except BlockingIOError:
            return True
        self._log.add(data)
        return bool(data)

    def _look(self, now: float) -> None:
        """Compare with the limits, look for a stop request, and go on with an end that has begun."""
        self._reap()
        pids = processes.descendants(os.getpid())
        memory = processes.resident(pids)
        if memory > self._memory:
            memory = processes.proportional(pids) or memory
        self._peak = max(self._peak, memory)
        if memory > self._memory:
            self._ended_by = self._ended_by or "memory-limit"
            self._kill_at = now
        elif self._ended_by is None:
            self._see_request(now)
        if now >= self._kill_at:
            processes.signal_all(os.getpid(), signal.SIGKILL)
        elif now >= self._terminate_at:
            self._terminate_at, self._kill_at = float("inf"), now + self._grace  # however late TERM was, it is heard
            processes.signal_all(os.getpid(), signal.SIGTERM)

    def _see_request(self, now: float) -> None:
        from goldfish.adapters.process_runner import notes
        from goldfish.errors import ProjectUnwritable

        grace = notes.stop_requested(self._directory, self._grace)
        if grace is not None:
            self._ended_by = "stopped"
        elif now - self._began >= self._limit:
            grace = self._grace
            self._ended_by = "time-limit"
            why = f"it reached its time limit of {self._limit:g} s"
            with contextlib.suppress(OSError, ProjectUnwritable):  # on a full disk TERM and KILL still come
                notes.request_stop(self._directory, why, grace)
        if grace is not None:
            self._terminate_at, self._grace = now + grace, grace

    def _reap(self) -> None:
        """Bury dead children; the stage's own end is what is waited for."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._child:
                self._status = status
                self._seconds = time.monotonic() - self._began
                self._peak = max(self._peak, usage.ru_maxrss << 10)

    def finish(self, status: int) -> None:
        """End everything the stage left behind, and write down how it ended."""
        from goldfish.adapters.process_runner import notes
        from goldfish.errors import ProjectUnwritable

        if self._ended_by is None and notes.stop_requested(self._directory, 0) is not None:
            self._ended_by = "stopped"
        processes.kill_all(os.getpid())
        try:
            while data := os.read(self._pipe, 1 << 20):
                self._log.add(data)
        except BlockingIOError:
            pass  # somebody survived even KILL; its words are not waited for
        self._log.finish()
        with contextlib.suppress(OSError, ProjectUnwritable):
            notes.write_log_size(self._directory, self._log.kept, self._log.written)
        notes.write_exit(self._directory, self._ended_by, status, self._seconds, self._peak)
