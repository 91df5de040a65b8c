"""An execution's directory, as a backend makes it, and this process as its stage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import goldfish
from goldfish.stage import metrics, order, signals

PACKAGE = Path(goldfish.__file__).parent
TYPES = {
    "array": "npy",
    "arrays": "npz",
    "table": "csv",
    "frame": "parquet",
    "report": "json",
    "model": "file",
    "folder": "directory",
}
SUFFIXES = {
    "npy": ".npy",
    "npz": ".npz",
    "csv": ".csv",
    "parquet": ".parquet",
    "json": ".json",
    "file": "",
    "directory": "",
}


class ExecutionDirectory:
    """Writes the order and the inputs, and runs the stage as a process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in ("code/modules", "inputs", "outputs"):
            (path / name).mkdir(parents=True)
        self.order: dict[str, Any] = {
            "protocol": 1,
            "execution": "run-1/train",
            "attempt": 1,
            "module": "modules/train.py",
            "code": "code",
            "inputs": {n: {"path": f"inputs/{n}{SUFFIXES[t]}", "type": t} for n, t in TYPES.items()},
            "outputs": {n: {"path": f"outputs/{n}{SUFFIXES[t]}", "type": t} for n, t in TYPES.items()},
            "config": {"lr": 0.1, "layers": [1, 2]},
            "seed": 7,
        }
        self.write_order()

    def write_order(self) -> None:
        (self.path / "order.json").write_text(json.dumps(self.order))

    def write_code(self, text: str, name: str = "modules/train.py") -> None:
        (self.path / "code" / name).write_text(text)

    def run(self, *python: str, package: Path = PACKAGE, **environment: str) -> subprocess.CompletedProcess[str]:
        """The stage program with this directory's order."""
        program = str(package / "stage" / "__main__.py")
        return subprocess.run(
            [sys.executable, *(python or ("-P",)), program],
            cwd=self.path / "code",
            env={**os.environ, "GOLDFISH_DIRECTORY": str(self.path), **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def failure(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.path / "failure.json").read_text())
        return content


@pytest.fixture
def directory(tmp_path: Path) -> ExecutionDirectory:
    """A fresh directory, not yet anybody's."""
    return ExecutionDirectory(tmp_path / "execution")


@pytest.fixture
def execution(directory: ExecutionDirectory, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExecutionDirectory]:
    """This process is the stage of a fresh directory."""
    monkeypatch.setenv("GOLDFISH_DIRECTORY", str(directory.path))
    forget()
    yield directory
    forget()


def forget() -> None:
    """Let the next call read the environment again."""
    order.current.cache_clear()
    metrics._opened.clear()
    signals._last_beat[0] = float("-inf")
