"""The processes below one process, read from /proc: who they are, what memory they hold, and their end."""

from __future__ import annotations

import os
import time

_SIGKILL = 9  # the supervisor starts faster without importing `signal`
_PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(root: int) -> list[int]:
    """Every living process below `root`. Complete, as long as `root` is a subreaper and adopts orphans."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            fields = _stat(entry)
            if fields is not None and (fields[0] != b"Z" or int(fields[17]) > 1):  # a zombie may still have threads
                children.setdefault(int(fields[1]), []).append(int(entry))
    found: list[int] = []
    pending = [root]
    while pending:
        below = children.get(pending.pop(), [])
        found += below
        pending += below
    return found


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since boot: with the pid it names a process for good. None: it is gone."""
    fields = _stat(str(pid))
    return None if fields is None else int(fields[19])


def resident(pids: list[int]) -> int:
    """Bytes in memory, summed. Pages that processes share are counted for each: never too little, maybe too much."""
    return sum(int(line.split()[1]) for pid in pids if (line := _read(f"/proc/{pid}/statm"))) * _PAGE


def proportional(pids: list[int]) -> int:
    """Bytes in memory with each shared page counted once in all. Exact, and slow: the kernel walks the page tables."""
    total = 0
    for pid in pids:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                total += int(line.split()[1]) << 10
    return total


def signal_all(root: int, number: int) -> bool:
    """Send a signal to everything below `root`; whether there was anything."""
    pids = descendants(root)
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    return bool(pids)


def kill_all(root: int, *, patience: float = 10.0) -> None:
    """Kill everything below `root`, also what is forked meanwhile, and reap it."""
    deadline = time.monotonic() + patience
    while signal_all(root, _SIGKILL) and time.monotonic() < deadline:
        reap()
        time.sleep(0.002)  # the kernel needs a moment to take a process apart
    reap()


def reap() -> None:
    """Bury dead children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _stat(pid: str) -> list[bytes] | None:
    """The fields of /proc/<pid>/stat from the state on; the command name before may hold anything."""
    line = _read(f"/proc/{pid}/stat")
    return line[line.rindex(b")") + 2 :].split() if line else None


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it ended
        return b""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
