"""Thoughts, hypotheses and decisions: found by words, by kind, by what they are about, a page at a time."""

from __future__ import annotations

import pytest

from goldfish.domain.notes import Note
from goldfish.errors import UnknownNote
from goldfish.projections.projector import View
from goldfish.queries.lineage import lineage
from goldfish.queries.references import resolve
from goldfish.queries.show import NoteStory, show
from goldfish.queries.status import status
from goldfish.queries.thoughts import notes_about, thoughts
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import digits, now


def noted() -> InMemoryEventLog:
    """The small project, with notes: a decision in the place of another one, a hypothesis refuted, one open."""
    log = digits()
    log.append("thought-1", Note.Logged(kind="thought", text="Über der Rate 0.3 divergiert es", about=["run-3"]))
    log.append("thought-2", Note.Logged(kind="thought", text="the learning-rate matters most", about=["run-2/train"]))
    log.append("hypothesis-1", Note.Logged(kind="hypothesis", text="warm-up tames lr 10", about=["baseline@v2"]))
    log.append("hypothesis-2", Note.Logged(kind="hypothesis", text="wider beats deeper", workspace="baseline"))
    log.append("decision-1", Note.Logged(kind="decision", text="go on with run-1", because=["run-1"]))
    better = Note.Logged(
        kind="decision", text="go on with run-2", because=["run-2"], instead_of=["decision-1", "run-1"]
    )
    log.append("decision-2", better)
    log.append("decision-1", Note.Superseded(by="decision-2"))
    log.append("hypothesis-1", Note.Resolved(resolution="refuted", text="it diverges still", evidence=["run-3"]))
    log.append("thought-2", Note.Amended(text="the learning-rate matters more than the width"))
    return log


@pytest.fixture(scope="module")
def view() -> View:
    return now(noted())


def found(view: View, **asked: object) -> list[str | None]:
    """The ids of what is found, first to last."""
    return [line.note for line in thoughts(view, **asked).notes]  # type: ignore[arg-type]  # passed on as they are


def test_without_words_the_newest_comes_first_and_old_thoughts_without_ids_are_among_them(view: View) -> None:
    newest_first = ["decision-2", "decision-1", "hypothesis-2", "hypothesis-1", "thought-2", "thought-1", None]
    assert found(view) == newest_first


@pytest.mark.parametrize(
    ("search", "first"),
    [
        ("learning rate", "thought-2"),
        ("learning-rate", "thought-2"),
        ("diverg", "hypothesis-1"),  # newer than thought-1, which holds it too
        ("ÜBER", "thought-1"),
        ("0.3", "thought-1"),
        ("run-1", "decision-2"),
        ("wider deeper", "hypothesis-2"),
        ("decision-1", "decision-2"),
    ],
)
def test_a_search_finds_words_and_beginnings_of_words(view: View, search: str, first: str) -> None:
    assert found(view, search=search)[0] == first


def test_what_holds_more_of_the_words_comes_before_what_is_newer(view: View) -> None:
    assert found(view, search="learning-rate width wider") == ["thought-2", "hypothesis-2"]


@pytest.mark.parametrize("search", ["", "   ", "?!", "zebra", "' XOR TRUE --", "%", "[a-", "x" * 10_000])
def test_a_search_for_nothing_that_is_there_finds_nothing(view: View, search: str) -> None:
    assert found(view, search=search) == []


def test_amended_words_are_found_and_earlier_ones_are_not(view: View) -> None:
    assert found(view, search="width") == ["thought-2"]
    assert "thought-2" not in found(view, search="most")


def test_notes_are_asked_for_by_kind_state_workspace_and_change(view: View) -> None:
    assert found(view, kind="decision", state="standing") == ["decision-2"]
    assert found(view, kind="hypothesis", state="open") == ["hypothesis-2"]
    assert found(view, workspace="baseline") == ["hypothesis-2", None]
    assert found(view, since=view.position - 2) == ["hypothesis-1", "thought-2"]


def test_a_reference_is_meant_with_its_parts_and_with_what_rests_on_it(view: View) -> None:
    assert found(view, about="run-2") == ["decision-2", "thought-2", None]
    assert found(view, about="run-3") == ["hypothesis-1", "thought-1"]
    assert found(view, about="baseline") == ["hypothesis-2", "hypothesis-1", None]
    assert [line.note for line in notes_about(view, "run-1")] == ["decision-2", "decision-1"]


@pytest.mark.parametrize("search", [None, "go on run-1 run-2 it the"])
def test_the_pages_together_are_the_whole(view: View, search: str | None) -> None:
    whole = thoughts(view, search=search, limit=200)
    pages, before = [], None
    while True:
        page = thoughts(view, search=search, limit=2, before=before)
        assert page.matching == whole.matching
        pages += page.notes
        if (before := page.more) is None:
            break
    assert pages == whole.notes


def test_show_tells_how_a_note_came_to_read_as_it_does(view: View) -> None:
    story = show(view, "thought-2")
    assert isinstance(story, NoteStory)
    assert story.note.text == "the learning-rate matters more than the width"
    assert [line.summary for line in story.history] == [
        "logged thought-2: the learning-rate matters most",
        "amended thought-2: the learning-rate matters more than the width",
    ]


def test_show_tells_what_a_note_was_ended_by(view: View) -> None:
    lines = {line.note: line for line in thoughts(view).notes}
    assert (lines["decision-1"].state, lines["decision-1"].ended) == ("superseded", "decision-2")
    refuted = lines["hypothesis-1"]
    assert (refuted.state, refuted.ended, refuted.evidence) == ("refuted", "it diverges still", ["run-3"])


def test_a_run_a_version_and_a_workspace_show_the_notes_about_them(view: View) -> None:
    assert [n.note for n in show(view, "run-2").thoughts] == ["decision-2", "thought-2", None]  # type: ignore[union-attr]
    assert [n.note for n in show(view, "baseline@v2").thoughts] == ["hypothesis-1"]  # type: ignore[union-attr]


def test_a_decision_depends_on_what_it_rests_on(view: View) -> None:
    nodes = {node.id: node for node in lineage(view, "run-1", direction="down").nodes}
    assert {"decision-1", "decision-2"} < set(nodes)
    assert (nodes["decision-2"].kind, nodes["decision-2"].detail) == ("decision", "standing: go on with run-2")
    edges = {(edge.source, edge.target, edge.kind) for edge in lineage(view, "decision-2").edges}
    assert {("run-2", "decision-2", "because"), ("decision-1", "decision-2", "instead-of")} < edges
    assert "hypothesis-1" in {node.id for node in lineage(view, "run-3", direction="down").nodes}


def test_status_shows_what_holds_now(view: View) -> None:
    answer = status(view)
    assert [line.note for line in answer.decisions] == ["decision-2"]
    assert [line.ref for line in answer.untested if line.kind == "hypothesis"] == ["hypothesis-2"]
    assert answer.do_not_repeat[0].refs == ["hypothesis-1", "run-3"]
    assert [line.note for line in answer.thoughts] == ["thought-2", "thought-1", None]


def test_an_unknown_note_is_refused_with_near_ones(view: View) -> None:
    with pytest.raises(UnknownNote) as caught:
        resolve(view, "decision-3")
    assert caught.value.near[:2] in (("decision-2", "decision-1"), ("decision-1", "decision-2"))
