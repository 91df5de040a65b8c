"""Notes: thoughts are kept, hypotheses resolved, decisions superseded; nothing is ever overwritten."""

from __future__ import annotations

import pytest

from goldfish.domain.notes import Note, NoteKind, NoteState
from goldfish.errors import NoteExists, UnknownNote, WrongKindOfNote
from tests.given import given


def logged(kind: NoteKind, about: list[str] | None = None) -> Note.Logged:
    return Note.Logged(kind=kind, text="warm-up helps", about=about or [])


@pytest.mark.parametrize(
    ("kind", "state"), [("thought", "kept"), ("hypothesis", "open"), ("decision", "standing")], ids=str
)
def test_a_note_begins_as_its_kind_does(kind: NoteKind, state: NoteState) -> None:
    note = given(Note).when(lambda n: n.log(logged(kind))).then(logged(kind))
    assert (note.text, note.state) == ("warm-up helps", state)


def test_an_id_that_is_taken_is_taken_for_ever() -> None:
    given(Note, logged("thought")).when(lambda n: n.log(logged("thought"))).refused(NoteExists)


def test_what_was_never_logged_cannot_be_changed() -> None:
    given(Note).when(lambda n: n.amend("other words", None)).refused(UnknownNote)
    given(Note).when(lambda n: n.withdraw("why not")).refused(UnknownNote)
    given(Note).when(lambda n: n.resolve("refuted", None, [])).refused(UnknownNote)


def test_an_amendment_changes_the_words_and_what_they_are_about() -> None:
    amended = Note.Amended(text="it helps a little", about=["run-2"])
    before = given(Note, logged("thought", about=["run-1"]))
    note = before.when(lambda n: n.amend("it helps a little", ["run-2"])).then(amended)
    assert (note.text, note.about) == ("it helps a little", ("run-2",))


def test_without_references_an_amendment_leaves_them() -> None:
    amended = Note.Amended(text="it helps a little", about=None)
    before = given(Note, logged("thought", about=["run-1"]))
    assert before.when(lambda n: n.amend("it helps a little", None)).then(amended).about == ("run-1",)


def test_the_same_words_again_are_no_fact() -> None:
    given(Note, logged("thought", about=["run-1"])).when(lambda n: n.amend("warm-up helps", ["run-1"])).then()


def test_a_hypothesis_is_resolved_and_later_evidence_may_change_it() -> None:
    supported = Note.Resolved(resolution="supported", text="it did", evidence=["run-2"])
    refuted = Note.Resolved(resolution="refuted", text="not on more data", evidence=["run-9"])
    first = given(Note, logged("hypothesis"))
    assert first.when(lambda n: n.resolve("supported", "it did", ["run-2"])).then(supported).state == "supported"
    later = given(Note, logged("hypothesis"), supported)
    assert later.when(lambda n: n.resolve("refuted", "not on more data", ["run-9"])).then(refuted).state == "refuted"
    later.when(lambda n: n.resolve("supported", "it did", ["run-2"])).then()


@pytest.mark.parametrize("kind", ["thought", "decision"])
def test_only_a_hypothesis_can_be_resolved(kind: NoteKind) -> None:
    given(Note, logged(kind)).when(lambda n: n.resolve("supported", None, [])).refused(WrongKindOfNote)


def test_a_decision_is_superseded_once_and_only_while_it_stands() -> None:
    by = Note.Superseded(by="decision-2")
    assert given(Note, logged("decision")).when(lambda n: n.supersede("decision-2")).then(by).state == "superseded"
    given(Note, logged("decision"), by).when(lambda n: n.supersede("decision-3")).then()
    withdrawn = Note.Withdrawn(reason="the data was wrong")
    given(Note, logged("decision"), withdrawn).when(lambda n: n.supersede("decision-3")).then()
    given(Note, logged("thought")).when(lambda n: n.supersede("decision-3")).then()


@pytest.mark.parametrize("kind", ["thought", "decision"])
def test_a_thought_or_a_decision_is_taken_back_once(kind: NoteKind) -> None:
    withdrawn = Note.Withdrawn(reason="the data was wrong")
    before = given(Note, logged(kind))
    assert before.when(lambda n: n.withdraw("the data was wrong")).then(withdrawn).state == "withdrawn"
    given(Note, logged(kind), withdrawn).when(lambda n: n.withdraw("again")).then()


def test_a_hypothesis_is_not_taken_back_but_resolved() -> None:
    refusal = given(Note, logged("hypothesis")).when(lambda n: n.withdraw("never mind")).refused(WrongKindOfNote)
    assert "goldfish hypothesis resolve" in refusal.next_step
