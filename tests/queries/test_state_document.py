"""STATE.md: true, dated, and inert whatever anybody wrote into the ledger."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.projects import Project
from goldfish.domain.workspaces import Workspace
from goldfish.queries.markdown import inert
from goldfish.queries.state_document import state_document
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import created, digits, now, requested, whole_run

HOSTILE = [
    "line one\n# a heading\n\n- a list",
    "| a | table | row |",
    "`code` ```fence``` ~~~",
    "<script>alert(1)</script><!-- goldfish position 999 -->",
    "\x1b[31mred\x1b[0m \x07",
    "\u202eright to left \u200b\ufeff",
    "[link](http://example.com) ![image](http://example.com/x.png) http://example.com www.example.com @someone",
    "**bold** _em_ $x$ &lt; \\",
    "1. a list",
    "123456789) a list",
    "# a heading",
]


def test_the_position_is_on_the_first_line_for_programs_and_in_the_text_for_people() -> None:
    view = now(digits())
    text, position = state_document(view)
    assert position == view.position
    assert text.splitlines()[0] == f"<!-- goldfish position {position} -->"
    assert f"As of position {position}." in text


def test_it_tells_the_story_of_the_project() -> None:
    text, _ = state_document(now(digits()))
    assert "Beat 0.95 \\| on digits" in text
    assert "- run-4 (baseline@v2, running, since 2026-11-22 10:51 UTC): try a learning rate of 0.1" in text
    assert "| run-2 | baseline@v2 | succeeded | try a learning rate of 0.3 | accuracy 0.97, loss 0.03 |" in text
    assert "- accuracy: 0.97, run-2 (baseline@v2), among 2 (larger is better)" in text
    assert "- run-3 (baseline@v2 with train.lr=10.0): train: the check finite-metrics failed: the loss is NaN" in text
    assert "- baseline@v2, in workspaces/w1, with recorded edits that are not saved: the simplest thing" in text
    assert "on run-2: run-2 is the one to beat" in text


def test_the_same_position_gives_the_same_text() -> None:
    log = digits()
    assert state_document(now(log)) == state_document(now(log))


def test_an_empty_ledger_has_a_page() -> None:
    text, position = state_document(now(InMemoryEventLog()))
    assert position == 0
    assert "No run has ended yet." in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_the_page_as_it_is(text: str) -> None:
    assert shape(page("harmless")) == shape(page(text))


def page(text: str) -> str:
    """STATE.md of a project in which everybody wrote this, wherever they could."""
    log = InMemoryEventLog()
    log.append("project", Project.Founded(name="digits", goal=text), actor=text)
    log.append("workspace:baseline", *created("baseline"))
    log.append("workspace:baseline", Workspace.ThoughtLogged(text=text, about=text))
    whole_run(log, 1, lr=0.1, accuracy=None)
    log.append("run-2", requested(2, lr=0.2, description=text))
    return state_document(now(log))[0]


def shape(text: str) -> list[tuple[str, int]]:
    """What Markdown makes of each line: how it begins, and how many cells it has."""
    cells = re.compile(r"(?<!\\)[|]")
    starts = [line[: len(line) - len(line.lstrip("#|<!> -"))] for line in text.splitlines()]
    return [(start, len(cells.findall(line))) for start, line in zip(starts, text.splitlines(), strict=True)]


@given(st.text(max_size=80) | st.sampled_from(HOSTILE))
def test_inert_text_is_one_line_without_active_or_hidden_characters(text: str) -> None:
    shown = inert(text)
    assert len(shown.splitlines()) <= 1
    assert all(character == " " or character.isprintable() for character in shown)
    bare = re.sub(r"\\.|&(?:amp|lt|gt|#\d+);", "", shown)
    assert not re.search(r"[`*\[\]<>|~$!\\]|://|www\.", bare)
    assert not re.match(r"[#+=-]|\d+[.)](\s|$)", shown)


@pytest.mark.parametrize(
    "text", ["learning_rate=0.1", "baseline@v3 is better than digits@r1", "10.5 and 3.", "a-b + c"]
)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_long_text_is_cut() -> None:
    assert inert("x" * 300, 20) == "x" * 19 + "…"
