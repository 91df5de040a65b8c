"""Asks a query in a process of its own, and ends it where it does not end by itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from goldfish import errors
from goldfish.errors import GoldfishError, QueryBroke, QueryTooLong

_GRACE = 5.0  # seconds beyond those of the query, in which the process ends itself
_MOST = 256 << 20  # bytes that an answer can have in transit
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request as `goldfish.api.sandboxed` understands it; its refusal is raised here."""
    with tempfile.TemporaryDirectory(prefix="goldfish-sql-", ignore_cleanup_errors=True) as place:
        answer = _asked({**request, "place": place}, place)
    if (name := answer.get("refused")) is not None:
        kind = getattr(errors, name)
        if not issubclass(kind, GoldfishError):
            raise QueryBroke(how=f"it answered with {name}")
        raise kind(near=answer["near"], **answer["facts"])
    return answer


def _asked(request: dict[str, Any], place: str) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "goldfish.api.sandboxed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("GOLDFISH_DEBUG") else subprocess.DEVNULL,
        cwd=place,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    )
    with process:
        try:
            return _heard(process, request)
        finally:
            process.kill()


def _heard(process: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:  # what is wrong shows in its answer
        pipe.write(json.dumps(request).encode())
    first = process.stdout.readline(_MOST)  # however long it takes: until then it does what every command does
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(request["seconds"] + _GRACE, end)
    timer.start()
    try:
        data = process.stdout.read(_MOST) if first == b"ready\n" else first
    finally:
        timer.cancel()
    try:
        answer: dict[str, Any] = json.loads(data)
    except ValueError as error:
        if late.is_set():
            raise QueryTooLong(seconds=request["seconds"]) from error
        raise QueryBroke(how=_how(process)) from error
    return answer


def _how(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "its answer was too long"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def memory() -> int:
    """Bytes that a query may use: a quarter of what the machine has, at most 2 GiB."""
    return min(2 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4)


def beside(path: Path) -> Path:
    """A name for a file that is put at `path` when it is whole."""
    import secrets

    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")
