"""Looking into a file from a process of its own, with limits: what hostile bytes can do ends with it."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import goldfish
from goldfish.adapters.output_capture import formats
from goldfish.domain.values import SUFFIX

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.domain.values import SignalType

SECONDS = 60.0  # of wall time
_LARGEST_ANSWER = 4 << 20  # bytes
_PROGRAM = "import sys; sys.path.append({!r}); from goldfish.adapters.output_capture.looking import main; main()"
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
_BY_SUFFIX: dict[str, SignalType] = {suffix: kind for kind, suffix in SUFFIX.items() if suffix}
_IN_A_CHILD = frozenset({"parquet"})  # formats that only a large library reads; the others are read by a page of code


def describe(path: Path, kind: SignalType) -> dict[str, JsonValue]:
    """As `formats.describe`, in a process of its own where that is safer. Raises `NotThisFormat`."""
    if kind not in _IN_A_CHILD:
        return formats.describe(path, kind)
    described, _ = _looked(path, kind, "header")
    problem = described.pop("problem", None)
    if problem is not None:
        raise formats.NotThisFormat(str(problem))
    return described


class ChildProber:
    """As the port says."""

    def probe(self, path: Path, kind: SignalType) -> dict[str, JsonValue]:
        """As the port says."""
        described, sample = _looked(path, kind, "sample")
        return {**described, **sample}

    def guess(self, path: Path) -> SignalType:
        """As the port says."""
        return "directory" if path.is_dir() else _BY_SUFFIX.get(path.suffix.lower(), "file")


def _looked(path: Path, kind: SignalType, depth: str) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """What the header says, and a sample, as far as the child came."""
    program = _PROGRAM.format(str(Path(goldfish.__file__).resolve().parent.parent))
    command = [sys.executable, "-I", "-c", program, str(path.absolute()), kind, depth]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT, cwd="/"
    )
    alarm = threading.Timer(SECONDS, child.kill)
    alarm.start()
    try:
        with contextlib.closing(child.stdout) if child.stdout else contextlib.nullcontext() as said:
            answer = said.read(_LARGEST_ANSWER) if said else b""
        child.kill()  # whoever has more to say than that is not ours
        code = child.wait()
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
    found = [_object(line) for line in answer.splitlines()[:2]]
    if not found:
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return {"problem": f"looking into it was given up: too much memory or time, or a crash ({how})"}, {}
    return found[0], found[1] if len(found) > 1 else {}


def _object(line: bytes) -> dict[str, JsonValue]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
