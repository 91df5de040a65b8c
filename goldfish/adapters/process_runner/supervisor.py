"""The supervisor of one stage process: starts it once, bounds it, and writes down how it ended.

Runs as a process of its own (`python -I -S`, standard library only), detached from whoever launched it. Its life is the
lock's life: while it is held the execution runs. What it finds and leaves: docs/reference/stage-protocol.md.

Imports no more than it takes to start the stage; what watches over it is loaded while the stage's interpreter starts.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import time

from goldfish.adapters.process_runner import locks, processes

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SIGKILL = 9  # importing `signal` would take longer than everything else here
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def main() -> None:
    """The program: DIRECTORY CODE SECONDS MEMORY LOG OUTPUTS GRACE COMMAND…; its environment is the stage's."""
    directory, code, seconds, memory, log, outputs, grace = sys.argv[1:8]
    if os.fork():
        os._exit(0)
    lock = locks.take(os.path.join(directory, "lock"))
    if lock is None:
        return
    handle = f"process:{os.getpid()}@{processes.start_time(os.getpid())}"
    if not _begin(directory, handle):
        return
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans of the stage become children of this process
    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_DATA: int(memory), resource.RLIMIT_FSIZE: int(outputs)}
    began = time.monotonic()
    child, pipe = _start(code, sys.argv[8:], bounds)
    _tell_launcher(handle)

    from goldfish.adapters.process_runner.supervision import Supervision

    supervision = Supervision(directory, child, pipe, began)
    supervision.bound(seconds=float(seconds), memory=int(memory), log=int(log), grace=float(grace))
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


def _start(code: str, command: list[str], bounds: dict[int, int]) -> tuple[int, int]:
    """Start the stage in its own session; its process id, and the reading end of what it prints."""
    reader, writer = os.pipe()
    supervisor = os.getpid()
    child = os.fork()
    if child == 0:
        _become(code, command, bounds, writer, supervisor)
    os.close(writer)
    os.set_blocking(reader, False)
    return child, reader


def _become(code: str, command: list[str], bounds: dict[int, int], writer: int, supervisor: int) -> None:
    """In the child: bounds first, then the stage's program. Dies with the supervisor."""
    try:
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(127)
        for kind, wanted in bounds.items():
            hard = resource.getrlimit(kind)[1]
            bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(kind, (bound, bound))
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        os.chdir(code)
        os.execv(command[0], command)  # noqa: S606  # without a shell is the point
    except OSError as error:
        os.write(writer, f"goldfish: {command[0]} cannot be started in {code}: {error}\n".encode())
        _tell_failure(command[0], error)
    finally:
        os._exit(127)


def _tell_failure(program: str, error: OSError) -> None:
    """In the child: the failure of a stage that never began, in the words that stages use themselves."""
    import contextlib
    import errno
    import json

    more = {
        errno.ENOEXEC: "; it is no program of this machine, or a script without a first line like #!/bin/sh",
        errno.ENOENT: "; it is not there, or the interpreter that its first line names is not",
    }
    message = f"{program} cannot be started: {error.strerror}{more.get(error.errno or 0, '')}"
    failure = {"type": "CannotBeStarted", "message": message, "where": None, "memory": False}
    with contextlib.suppress(OSError), open(os.path.join(sys.argv[1], "failure.json"), "w", encoding="utf-8") as file:
        json.dump(failure, file)


def _tell_launcher(handle: str) -> None:
    """Give the launcher its answer, if it still lives, and let go of its pipe."""
    import contextlib

    with contextlib.suppress(BrokenPipeError):
        os.write(1, handle.encode())
    os.dup2(0, 1)
