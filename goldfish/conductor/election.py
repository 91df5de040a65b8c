"""Who is the conductor: whoever holds a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time

from goldfish.layout import Layout

_PATIENCE = 1.0  # seconds; whoever asks for the holder has the lock for microseconds
_STARTING = "GOLDFISH_STARTING"  # the descriptor of the lock that a conductor holds until it is elected


class Election:
    """The lock of one project's conductor."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.conductor_lock
        self._descriptor: int | None = None

    def win(self) -> bool:
        """Become the conductor, unless there is one. Whoever only asks for the `holder` is waited for."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        deadline = time.monotonic() + _PATIENCE
        while not _locked(descriptor):
            if time.monotonic() > deadline or self.holder() is not None:
                os.close(descriptor)
                return False
            time.sleep(0.002)
        _has_started()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return True

    def resign(self) -> None:
        """Let another process become the conductor."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """The process id of the living conductor; None when there is none."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(descriptor, 32, 0).strip()
            return int(text) if text.isdigit() else 0
        finally:
            os.close(descriptor)
        return None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def ensure_conductor(layout: Layout) -> None:
    """Start a conductor in the background, unless one is alive or on its way. It outlives this process.

    A second lock is held from here until the new process is elected, or dead: whoever comes meanwhile starts none.
    `-P` keeps the working directory off its path.
    """
    if Election(layout).holder() is not None:
        return
    starting = os.open(layout.conductor_lock.with_suffix(".starting"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        command = [sys.executable, "-P", "-m", "goldfish", "--project", str(layout.root), "conduct"]
        with layout.conductor_log.open("ab") as log:
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=layout.home,
                pass_fds=(starting,),  # the lock belongs to the open file: it lives on in the new process
                env={**os.environ, _STARTING: str(starting)},
            )
    finally:
        os.close(starting)


def _has_started() -> None:
    """Let go of the lock that `ensure_conductor` gave to this process."""
    starting = os.environ.pop(_STARTING, None)
    if starting is not None:
        os.close(int(starting))
