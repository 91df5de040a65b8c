"""The environment that stages get: an allow-list of names, never the parent's whole environment."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import goldfish

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = str(Path(goldfish.__file__).resolve().parent.parent)  # where goldfish can be imported from
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


@functools.cache
def knows_goldfish(python: str) -> bool:
    """Whether an interpreter can import goldfish by itself; asked once per process."""
    program = "import importlib.util, sys; sys.exit(importlib.util.find_spec('goldfish') is None)"
    return subprocess.run([python, "-I", "-c", program], capture_output=True, check=False, timeout=60).returncode == 0
