"""What an interpreter is and what is installed for it; asked once, and again when something was installed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path
from typing import TypeAlias

from goldfish import durable
from goldfish.adapters.process_runner.environment import allowed
from goldfish.errors import ProjectUnwritable

Described: TypeAlias = tuple[str, str, dict[str, str]]

_States: TypeAlias = dict[str, list[int] | None]
_Told: TypeAlias = tuple[_States, Described]

_told: dict[str, _Told] = {}  # by interpreter, for as long as this process lives
_SETTLED = 2.0  # seconds: what changed more recently may change again within the same tick of its file system

_PROGRAM = """
import importlib.metadata, json, os, platform, sys
packages, places = {}, [sys.executable, *filter(os.path.isdir, sys.path)]
for found in importlib.metadata.distributions():
    packages[found.metadata["Name"]] = found.version
    places.append(str(getattr(found, "_path", "")))
print(json.dumps([platform.python_version(), platform.platform(), dict(sorted(packages.items())), places]))
"""


def describe(python: str, cache: Path | None = None) -> Described:
    """Version of the interpreter, its platform, and its installed packages with their versions.

    The answer is kept in `cache` with the state of every directory that it was read from; the file may be deleted.
    """
    kept = _unchanged(_told.get(python)) or (_kept(python, cache) if cache is not None else None)
    if kept is not None:
        return kept
    asked = [python, "-c", _PROGRAM]
    answer = subprocess.run(asked, capture_output=True, check=True, timeout=60, env=allowed(os.environ))
    version, system, packages, places = json.loads(answer.stdout)
    states: _States = {place: _state(place) for place in places}
    now = time.time_ns()
    if all(state is not None and now - state[0] > _SETTLED * 1e9 for state in states.values()):
        _told[python] = states, (version, system, packages)
        if cache is not None:
            with contextlib.suppress(ProjectUnwritable):
                told = {"python": python, "states": states, "answer": [version, system, packages]}
                durable.write(cache, json.dumps(told).encode())
    return version, system, packages


def _kept(python: str, cache: Path) -> Described | None:
    """The kept answer, if nothing that it was read from has changed."""
    try:
        told = json.loads(cache.read_bytes())
        states, (version, system, packages) = told["states"], told["answer"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _unchanged((states, (version, system, packages))) if told["python"] == python else None


def _unchanged(told: _Told | None) -> Described | None:
    """The answer, if nothing that it was read from has changed."""
    if told is None or any(_state(place) != state for place, state in told[0].items()):
        return None
    return told[1]


def _state(place: str) -> list[int] | None:
    try:
        found = os.stat(place)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_ino, found.st_size]
