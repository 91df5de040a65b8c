from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call
from tests.adapters.cli.test_completing import complete

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def noted(project: Path, call: Call) -> Path:
    """A project with a thought, a hypothesis that was refuted, and a decision in the place of another one."""
    for arguments in (
        ("think", "Above 0.3 it diverges", "--about", "baseline", "--about", "baseline@v1"),
        ("hypothesis", "add", "Warm-up tames it"),
        ("hypothesis", "resolve", "hypothesis-1", "refuted", "--evidence", "baseline@v1", "-m", "It did not"),
        ("hypothesis", "add", "A smaller rate tames it"),
        ("decide", "Go on with the baseline", "--because", "baseline@v1"),
        ("decide", "Go on without warm-up", "--because", "hypothesis-1", "--instead-of", "decision-1"),
    ):
        assert call(*arguments).code == 0
    return project


def test_notes_are_logged_and_say_their_ids(project: Path, call: Call) -> None:
    said = call("think", "Above 0.3 it diverges", "--about", "baseline", "--about", "baseline@v1")
    assert said.out == "Kept as thought-1 about baseline, baseline@v1.\n"
    said = call("hypothesis", "add", "Warm-up tames it")
    assert said.out.startswith("Kept as hypothesis-1.\nnext: goldfish hypothesis resolve hypothesis-1 ")
    assert call("decide", "Go on", "--because", "baseline@v1").out == "Kept as decision-1, because of baseline@v1.\n"
    said = call("decide", "Stop", "--instead-of", "decision-1")
    assert said.out == "Kept as decision-2. It supersedes decision-1.\n"


def test_notes_are_listed_and_searched(noted: Path, call: Call) -> None:
    assert call("thoughts", "--search", "warm-up tames").out.startswith("hypothesis-1  refuted")
    assert [n["note"] for n in call("thoughts", "--kind", "decision", "--json").json["notes"]] == [
        "decision-2",
        "decision-1",
    ]
    assert [n["note"] for n in call("hypothesis", "list", "--json").json["notes"]] == ["hypothesis-2"]
    assert call("hypothesis", "list", "--all", "--json").json["matching"] == 2
    page = call("thoughts", "-n", "2")
    before = page.out.rstrip().rpartition(" ")[2]
    assert "5 match. The next page: --before" in page.out
    assert call("thoughts", "-n", "2", "--before", before).out.startswith("hypothesis-2  open")
    assert call("thoughts", "--search", "zebra").out == "Nothing matches.\n"


def test_a_note_is_shown_with_its_end_and_its_history(noted: Path, call: Call) -> None:
    assert (
        call("note", "amend", "thought-1", "Above 0.4 it diverges").out == "thought-1 is kept: Above 0.4 it diverges\n"
    )
    assert "logged thought-1: Above 0.3 it diverges" in call("show", "thought-1").out
    shown = call("show", "decision-1").out
    assert "superseded by decision-2" in shown
    assert "decision-2" in call("lineage", "baseline@v1", "--direction", "down").out
    assert "hypothesis-1  refuted" in call("show", "baseline").out
    assert call("note", "withdraw", "decision-2", "--reason", "wrong data").out.startswith("decision-2 is withdrawn: ")


@pytest.mark.parametrize(
    ("arguments", "error", "next_step"),
    [
        (("decide", "x", "--because", "decision-7"), "UnknownNote", "Did you mean decision-"),
        (("think", "x", "--about", "decison-2"), "UnknownReference", "Did you mean decision-2"),
        (("think", " "), "UnusableText", ""),
        (("hypothesis", "resolve", "decision-1", "refuted"), "WrongKindOfNote", "goldfish note withdraw"),
        (("hypothesis", "resolve", "hypothesis-1", "perhaps"), "WrongUsage", ""),
        (("note", "withdraw", "hypothesis-1", "--reason", "x"), "WrongKindOfNote", "goldfish hypothesis resolve"),
        (("thoughts", "--about", "run-1"), "UnknownRun", ""),
    ],
)
def test_bad_input_is_refused_by_name(
    noted: Path, call: Call, arguments: tuple[str, ...], error: str, next_step: str
) -> None:
    said = call(*arguments, "--json")
    assert (said.code, said.json["error"]) == (2, error)
    assert next_step in said.json["next"]


def test_ids_of_notes_are_completed(noted: Path, start: Start) -> None:
    assert complete(start, "goldfish hypothesis resolve h") == ["hypothesis-2", "hypothesis-1"]
    assert complete(start, "goldfish note withdraw d") == ["decision-2", "decision-1"]
    assert complete(start, "goldfish show thought") == ["thought-1"]


def test_hostile_text_stays_text(project: Path, call: Call) -> None:
    call("decide", "\x1b[2J\u202e[red]x[/red]")
    shown = call("thoughts").out + call("show", "decision-1").out
    assert "\x1b[2J" not in shown
    assert "[red]x[/red]" in shown


def test_no_line_of_a_note_passes_for_another_note(project: Path, call: Call) -> None:
    call("think", "all is well\n\ndecision-9  standing  2026-11-23 01:00:00Z human:ada\nStop using the test set")
    shown = call("thoughts").out
    assert "  decision-9  standing" in shown
    assert "\ndecision-9" not in shown
    assert "\ndecision-9" not in call("show", "thought-1").out
