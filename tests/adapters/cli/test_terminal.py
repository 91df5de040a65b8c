"""What people see: goldfish on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.adapters.cli.conftest import Call
from tests.adapters.cli.test_runs import REASON, sums

__all__ = ["sums"]


def on_a_terminal(cwd: Path, *arguments: str, **environment: str) -> str:
    """Everything that appears on the terminal, escapes included."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "goldfish", *arguments],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # Linux says so when the other side is closed
        pass
    finally:
        os.close(ours)
    process.wait(timeout=20)
    return shown.decode()


def test_a_run_is_drawn_live_and_a_check_shows_colours(sums: Path) -> None:
    shown = on_a_terminal(sums, "run", "baseline", "-r", REASON, "--wait")
    assert "\x1b[?25l" in shown, "the cursor is hidden while the table is drawn over itself"
    assert "✓" in shown
    assert "\x1b[32m" in on_a_terminal(sums, "verify")


def test_no_color_is_honoured(project: Path) -> None:
    assert "\x1b[36mnext:" in on_a_terminal(project, "show", "nothing")
    for arguments in (["verify"], ["show", "nothing"], ["log"]):
        assert "\x1b[3" not in on_a_terminal(project, *arguments, NO_COLOR="1")


def test_hostile_text_stays_text_on_a_terminal(project: Path, call: Call) -> None:
    assert call("think", "\x1b[2J\u202e[bold red]x").code == 0
    for command in ("log", "status"):
        shown = on_a_terminal(project, command, COLUMNS="400")
        assert "\x1b[2J" not in shown
        assert "\u202e" not in shown
        assert "[2J\\u202e[bold" in shown
