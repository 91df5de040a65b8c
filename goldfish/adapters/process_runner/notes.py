"""The small JSON files by which runner, supervisor and stage talk: stop, failure.json, log.json, exit.json.

The stage can write them too. It is believed about its own failure only; the other files the supervisor writes last.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from goldfish import durable

_LARGEST = 64 << 10  # bytes


def request_stop(directory: str, reason: str, grace: float) -> None:
    """Leave a stop request, unless there is one."""
    path = Path(directory, "stop")
    if not path.exists():
        durable.write(path, json.dumps({"reason": reason, "grace": grace}).encode())


def stop_requested(directory: str, default: float) -> float | None:
    """The grace in seconds of a stop request, `default` when it names none; None without a request."""
    path = os.path.join(directory, "stop")
    if not os.path.lexists(path):
        return None
    grace = (_read(path) or {}).get("grace")
    return float(grace) if isinstance(grace, int | float) and 0 <= grace <= 86_400 else default


def write_log_size(directory: str, kept: int, written: int) -> None:
    """Say how much was printed, and how much of it log.txt holds."""
    durable.write(Path(directory, "log.json"), json.dumps({"kept": kept, "written": written}).encode())


def write_exit(directory: str, ended_by: str | None, status: int, seconds: float, peak: int) -> None:
    """Write the one lasting word about the end. `status` is as wait() gives it."""
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    failure, out_of_memory = _failure(directory) if code else (None, False)
    if ended_by is None:
        ended_by = "memory-limit" if out_of_memory else "exited" if signal is None else "signalled"
    content = {
        "ended_by": ended_by,
        "exit_code": code,
        "signal": signal,
        "seconds": round(seconds, 6),
        "peak_memory": peak or None,
        "failure": failure,
    }
    durable.write(Path(directory, "exit.json"), json.dumps(content).encode())


def _failure(directory: str) -> tuple[dict[str, str | None] | None, bool]:
    """What the stage says of its failure, bounded, and whether it ran into the memory bound."""
    said = _read(os.path.join(directory, "failure.json"))
    if said is None:
        return None, False
    where = said.get("where")
    failure = {
        "type": str(said.get("type"))[:200],
        "message": str(said.get("message"))[:2000],
        "where": str(where)[:500] if where is not None else None,
    }
    return failure, said.get("memory") is True


def _read(path: str) -> dict[str, object] | None:
    """A JSON object from a small regular file; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            content = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
