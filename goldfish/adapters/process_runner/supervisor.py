"""The supervisor of one stage process: starts it once, bounds it, and writes down how it ended.

Runs as a process of its own (`python -I -S`, standard library only), detached from whoever launched it. Its life is the
lock's life: while it is held the execution runs. What it finds and leaves: docs/reference/stage-protocol.md.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import time

from goldfish.adapters.process_runner import locks, processes
from goldfish.adapters.process_runner.capped_log import CappedLog

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LOOK_EVERY = 0.1  # seconds between two looks at limits and the stop request, at least
_prctl = ctypes.CDLL(None, use_errno=True).prctl


class Limits:
    """What the stage may use: seconds, bytes of memory, of log, of any file; `grace` between the steps of an end."""

    def __init__(self, seconds: str, memory: str, log: str, outputs: str, grace: str) -> None:
        self.seconds, self.grace = float(seconds), float(grace)
        self.memory, self.log, self.outputs = int(memory), int(log), int(outputs)


def main() -> None:
    """The program: DIRECTORY CODE SECONDS MEMORY LOG OUTPUTS GRACE COMMAND…; its environment is the stage's."""
    directory, code, *numbers = sys.argv[1:8]
    if os.fork():
        os._exit(0)
    lock = locks.take(os.path.join(directory, "lock"))
    if lock is None:
        return
    handle = f"process:{os.getpid()}@{processes.start_time(os.getpid())}"
    if not _begin(directory, handle):
        return
    supervision = Supervision(directory, Limits(*numbers))
    supervision.start(code, sys.argv[8:])
    _tell_launcher(handle)
    supervision.finish(supervision.watch())


def _begin(directory: str, handle: str) -> bool:
    """Mark the execution as started, durably and with the handle in it; False when it was started before."""
    started = os.path.join(directory, "started")
    temporary = f"{started}.{os.getpid()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    os.write(descriptor, handle.encode())
    os.fsync(descriptor)
    os.close(descriptor)
    try:
        os.link(temporary, started)
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    os.fsync(descriptor)
    os.close(descriptor)
    return True


def _tell_launcher(handle: str) -> None:
    """Give the launcher its answer, if it still lives, and let go of its pipe."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, handle.encode())
    os.dup2(0, 1)


class Supervision:
    """One stage process and all it starts."""

    def __init__(self, directory: str, limits: Limits) -> None:
        self._directory, self._limits = directory, limits
        self._log = CappedLog(self._path("log.txt"), limits.log)
        self._child = self._pipe = self._pidfd = -1
        self._status: int | None = None
        self._ended_by: str | None = None
        self._terminate_at = self._kill_at = float("inf")
        self._peak = 0
        self._began = self._seconds = 0.0

    def start(self, code: str, command: list[str]) -> None:
        """Start the stage in its own session. Orphans of it become children of this process."""
        _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._pipe, writer = os.pipe()
        supervisor = os.getpid()
        self._began = time.monotonic()
        self._child = os.fork()
        if self._child == 0:
            self._become(code, command, writer, supervisor)
        os.close(writer)
        os.set_blocking(self._pipe, False)
        self._pidfd = os.pidfd_open(self._child)

    def _become(self, code: str, command: list[str], writer: int, supervisor: int) -> None:
        """In the child: bounds first, then the stage's program. Dies with the supervisor."""
        try:
            os.setsid()
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != supervisor:
                os._exit(127)
            for number in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for kind, wanted in (
                (resource.RLIMIT_DATA, self._limits.memory),
                (resource.RLIMIT_FSIZE, self._limits.outputs),
            ):
                hard = resource.getrlimit(kind)[1]
                bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
                resource.setrlimit(kind, (bound, bound))
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            os.chdir(code)
            os.execv(command[0], command)  # noqa: S606  # without a shell is the point
        except OSError as error:
            os.write(writer, f"goldfish: {command[0]} cannot be started in {code}: {error}\n".encode())
        finally:
            os._exit(127)

    def watch(self) -> int:
        """Return the wait status of the stage process when it has ended, by itself, by a limit or by request."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        poll.register(self._pipe, select.POLLIN)
        wait, next_look = _LOOK_EVERY, 0.0
        while self._status is None:
            ready = dict(poll.poll(wait * 1000))
            if self._pipe in ready and not self._take_log():
                poll.unregister(self._pipe)
            now = time.monotonic()
            if now >= next_look:
                self._look(now)
                wait = max(_LOOK_EVERY, 20 * (time.monotonic() - now))  # looking takes at most 5 % of a processor
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
        if memory > self._limits.memory:
            memory = processes.proportional(pids) or memory
        self._peak = max(self._peak, memory)
        if memory > self._limits.memory:
            self._ended_by = self._ended_by or "memory-limit"
            self._kill_at = now
        elif self._ended_by is None:
            self._see_request(now)
        if now >= self._kill_at:
            processes.signal_all(os.getpid(), signal.SIGKILL)
        elif now >= self._terminate_at:
            self._terminate_at = float("inf")
            processes.signal_all(os.getpid(), signal.SIGTERM)

    def _see_request(self, now: float) -> None:
        from goldfish.adapters.process_runner import notes

        grace = notes.stop_requested(self._directory, self._limits.grace)
        if grace is not None:
            self._ended_by = "stopped"
        elif now - self._began >= self._limits.seconds:
            grace = self._limits.grace
            self._ended_by = "time-limit"
            notes.request_stop(self._directory, f"it reached its time limit of {self._limits.seconds:g} s", grace)
        if grace is not None:
            self._terminate_at, self._kill_at = now + grace, now + 2 * grace

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

        if self._ended_by is None and notes.stop_requested(self._directory, 0) is not None:
            self._ended_by = "stopped"
        processes.kill_all(os.getpid())
        try:
            while data := os.read(self._pipe, 1 << 20):
                self._log.add(data)
        except BlockingIOError:
            pass  # somebody survived even KILL; its words are not waited for
        self._log.finish()
        notes.write_log_size(self._directory, self._log.kept, self._log.written)
        notes.write_exit(self._directory, self._ended_by, status, self._seconds, self._peak)

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)
