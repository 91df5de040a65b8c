from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call

Start = Callable[..., subprocess.Popen[str]]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(call: Call, shell: str) -> None:
    said = call("completion", shell)
    assert said.code == 0
    assert "_GOLDFISH_COMPLETE" in said.out


def complete(start: Start, words: str) -> list[str]:
    """What bash would offer for the last word."""
    count = str(len(words.split(" ")) - 1)
    process = start(_GOLDFISH_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count)
    out, err = process.communicate(timeout=20)
    assert err == ""
    return [line.partition(",")[2] for line in out.splitlines() if line]


def test_names_of_workspaces_and_versions_are_completed(project: Path, start: Start) -> None:
    assert complete(start, "goldfish save ba") == ["baseline"]
    assert "baseline@v1" in complete(start, "goldfish diff baseline@")


def test_commands_are_completed_from_the_table(start: Start) -> None:
    assert complete(start, "goldfish ver") == ["verify"]


def test_without_a_project_nothing_is_offered_and_nothing_fails(start: Start) -> None:
    assert complete(start, "goldfish save ba") == []
