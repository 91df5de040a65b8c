"""`goldfish exec` on the command line: what is shown of a program, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.cli.views.printing import written_over
from tests.adapters.cli.conftest import Call


def test_a_program_that_failed_before_ends_with_its_exit_code_again(project: Path, call: Call) -> None:
    command = ("exec", "-w", "tries", "--", "sh", "-c", "exit 3")
    first, second = call(*command), call(*command)
    assert (first.code, second.code) == (3, 3)
    assert "tried as run-1" in second.out


def test_an_option_that_exec_does_not_have_is_no_program(project: Path, call: Call) -> None:
    said = call("exec", "--wait", "--", "python", "train.py")
    assert said.code == 2
    assert "No such option: --wait" in said.err
    assert call("history", "--json").json["runs"] == []


def test_a_program_that_is_not_there_is_told_in_a_short_sentence(project: Path, call: Call) -> None:
    said = call("exec", "-w", "tries", "--", "no-such-program")
    assert said.err.count("could not be launched") == 1
    assert "cannot be launched" not in said.err
    assert "failed in :" not in said.err
    assert "/bin" not in said.err


def test_the_name_of_a_workspace_alone_is_no_goal_of_the_project(project: Path, call: Call) -> None:
    assert call("goal", "baseline").code == 2
    assert call("status", "--json").json["goal"] == "Recognize digits"
    assert call("goal", "baseline", "Quickly").code == 0


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (["one\n", "two\n"], "one\ntwo\n"),
        (["\r 5%\r50%\r99%\n", "done\n"], "99%\ndone\n"),
        (["\r 5%", "\r50%", "\r99%\nend\n"], " 5%\n50%\n99%\nend\n"),
        (["one\r", "\ntwo\r\n"], "one\ntwo\n"),
        (["50%\r", "99%\r"], "50%\n99%"),
    ],
)
def test_of_a_progress_bar_the_newest_state_is_shown(parts: list[str], shown: str) -> None:
    assert "".join(written_over(parts)) == shown


@given(st.lists(st.text("a\n\r", max_size=5), max_size=8))
def test_what_is_shown_has_the_last_state_of_every_line_and_no_carriage_return(parts: list[str]) -> None:
    shown = "".join(written_over(parts))
    assert "\r" not in shown
    lines = "".join(parts).replace("\r\n", "\n").split("\n")
    last = [next((piece for piece in reversed(line.split("\r")) if piece), "") for line in lines]
    rest = iter(shown.split("\n"))
    assert all(any(line == there for there in rest) for line in last)
