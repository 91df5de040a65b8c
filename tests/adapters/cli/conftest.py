"""The command line called in this process, as a person or a program would call it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from goldfish.adapters.cli.actor import AGENTS, NAMED_BY
from goldfish.adapters.cli.main import main
from goldfish.conductor.election import Election
from goldfish.layout import Layout


@dataclass(frozen=True)
class Said:
    """How a call ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Call = Callable[..., Said]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine on which the tests run."""
    for name in (*AGENTS, NAMED_BY, "GOLDFISH_PROJECT", "GOLDFISH_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOLDFISH_ACTOR", "human:tester")


def called(*arguments: str) -> Said:
    """Call goldfish within this process."""
    with CliRunner().isolation() as (out, err, _):
        code = main(list(arguments))
        sys.stderr.flush()
        return Said(code, out.getvalue().decode(), err.getvalue().decode())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call goldfish within this process, in the project's directory."""
    monkeypatch.chdir(tmp_path)
    return called


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a mounted workspace `baseline`, which holds one file. Made once, then copied."""
    root = tmp_path_factory.mktemp("pattern")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOLDFISH_ACTOR", "human:tester")
        patch.chdir(root)
        assert called("init", "--name", "digits", "--goal", "Recognize digits").code == 0
        assert called("create", "baseline").code == 0
        assert called("mount", "baseline").code == 0
    (root / "workspaces" / "baseline" / "notes.txt").write_text("one\n")
    return root


@pytest.fixture
def project(tmp_path: Path, pattern: Path, call: Call) -> Iterator[Path]:
    """A copy of the pattern; a conductor that a test started is told to leave."""
    shutil.copytree(pattern, tmp_path, dirs_exist_ok=True)
    yield tmp_path
    conductor = Election(Layout(tmp_path)).holder()
    if conductor:
        os.kill(conductor, signal.SIGTERM)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start goldfish as a process of its own, one that Ctrl-C reaches even when the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` makes children ignore it

    def starting(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "goldfish", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    yield starting
    signal.signal(signal.SIGINT, before)
