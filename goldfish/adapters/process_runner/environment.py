"""The environment that stages get: an allow-list of names, never the parent's whole environment."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = {
    "CUDA_VISIBLE_DEVICES",
    "HOME",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONHASHSEED",
    "TZ",
    "VIRTUAL_ENV",
}


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """What a stage may inherit; the rest, and with it every secret under another name, is left behind."""
    return {
        name: value
        for name, value in environment.items()
        if name in _NAMES or name.startswith("LC_") or name.endswith("_NUM_THREADS")
    }


def describe(python: str) -> tuple[str, str, dict[str, str]]:
    """Version of the interpreter, its platform, and its installed packages with their versions."""
    answer = subprocess.run([python, "-c", _PROGRAM], capture_output=True, check=True, timeout=60)
    version, system, packages = json.loads(answer.stdout)
    return version, system, packages


_PROGRAM = """
import importlib.metadata, json, platform
packages = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
print(json.dumps([platform.python_version(), platform.platform(), dict(sorted(packages.items()))]))
"""
