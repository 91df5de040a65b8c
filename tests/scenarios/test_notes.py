"""Thoughts, hypotheses and decisions in a real project: ids, references, retries, secrets, many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import (
    CommandIdReused,
    UnknownNote,
    UnknownReference,
    UnknownRun,
    UnknownVersion,
    UnknownWorkspace,
    UnusableText,
    WrongKindOfNote,
)
from goldfish.queries.show import NoteStory

TOKEN = "sk-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7"


@pytest.fixture
def goldfish(tmp_path: Path) -> Goldfish:
    founded = Goldfish.found(tmp_path, Actor(kind="human", name="tester"), name="lab")
    founded.create_workspace("baseline")
    return founded


def test_each_kind_counts_for_itself(goldfish: Goldfish) -> None:
    assert goldfish.log_thought("one").note == "thought-1"
    assert goldfish.log_thought("two", workspace="baseline").note == "thought-2"
    assert goldfish.log_hypothesis("three", about="baseline@v1").note == "hypothesis-1"
    assert goldfish.log_decision("four", because=["baseline@v1", "hypothesis-1"]).note == "decision-1"
    assert goldfish.log_thought("five", kind="hypothesis").note == "hypothesis-2"


def test_what_is_asked_for_is_what_stands_in_the_ledger(goldfish: Goldfish) -> None:
    goldfish.log_thought("one", about=["baseline", "baseline@v1", "baseline"])
    (kept,) = goldfish.thoughts().notes
    assert (kept.text, kept.about, kept.workspace) == ("one", ["baseline", "baseline@v1"], None)
    assert [note.note for note in goldfish.thoughts(about="baseline@v1").notes] == ["thought-1"]
    assert "thought-1" in goldfish.layout.state.read_text()


def test_a_source_is_meant_with_all_its_revisions_by_its_name_alone(goldfish: Goldfish) -> None:
    data = goldfish.layout.root / "data.csv"
    for number in range(1, 3):
        data.write_text(f"a\n{number}\n")
        goldfish.add_source("data", data)
        assert goldfish.log_thought("one", about="data").about == [f"data@r{number}"]
    assert [note.note for note in goldfish.thoughts(about="data").notes] == ["thought-2", "thought-1"]
    assert [note.note for note in goldfish.thoughts(about="data@r1").notes] == ["thought-1"]


def test_a_decision_in_the_place_of_an_earlier_one_supersedes_it(goldfish: Goldfish) -> None:
    goldfish.log_decision("go left")
    later = goldfish.log_decision("go right", instead_of="decision-1", because="baseline@v1")
    assert (later.note, later.superseded) == ("decision-2", ["decision-1"])
    assert [line.note for line in goldfish.status().decisions] == ["decision-2"]
    earlier = goldfish.show("decision-1")
    assert isinstance(earlier, NoteStory)
    assert (earlier.note.state, earlier.note.ended) == ("superseded", "decision-2")


def test_a_hypothesis_is_resolved_by_evidence(goldfish: Goldfish) -> None:
    goldfish.log_hypothesis("empty is enough")
    resolved = goldfish.resolve_hypothesis("hypothesis-1", "refuted", "it is empty", evidence=["baseline@v1"])
    assert (resolved.state, resolved.evidence) == ("refuted", ["baseline@v1"])
    assert [line for line in goldfish.status().untested if line.kind == "hypothesis"] == []


def test_a_note_is_amended_and_withdrawn_and_keeps_its_history(goldfish: Goldfish) -> None:
    goldfish.log_thought("wrong words", about="baseline")
    assert goldfish.amend_note("thought-1", "right words").text == "right words"
    assert goldfish.withdraw_note("thought-1", "wrong all the same").state == "withdrawn"
    story = goldfish.show("thought-1")
    assert isinstance(story, NoteStory)
    assert [line.summary for line in story.history] == [
        "logged thought-1: wrong words",
        "amended thought-1: right words",
        "withdrew thought-1: wrong all the same",
    ]
    assert "right words" not in goldfish.layout.state.read_text().partition("## Activity")[0]


def test_a_repeated_command_takes_effect_once(goldfish: Goldfish) -> None:
    first = goldfish.log_decision("go left", because="baseline@v1", command_id="one")
    assert goldfish.log_decision("go left", because="baseline@v1", command_id="one") == first
    with pytest.raises(CommandIdReused):
        goldfish.log_decision("go right", because="baseline@v1", command_id="one")
    goldfish.log_hypothesis("perhaps")
    resolved = goldfish.resolve_hypothesis("hypothesis-1", "supported", command_id="two")
    assert goldfish.resolve_hypothesis("hypothesis-1", "supported", command_id="two") == resolved
    assert goldfish.thoughts().matching == 2


def test_numbers_are_given_once_however_many_write_at_once(goldfish: Goldfish) -> None:
    others = [Goldfish.open(goldfish.layout.root, Actor(kind="agent", name=f"agent {n}")) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: others[n % 4].log_thought(f"thought of {n}"), range(12)))
    assert sorted(str(answer.note) for answer in answers) == sorted(f"thought-{n}" for n in range(1, 13))


def test_secrets_never_enter(goldfish: Goldfish) -> None:
    answers = [
        goldfish.log_thought(f"the key is {TOKEN}"),
        goldfish.log_hypothesis(f"the key {TOKEN} works"),
        goldfish.log_decision(f"use the key {TOKEN}"),
        goldfish.resolve_hypothesis("hypothesis-1", "refuted", f"{TOKEN} is revoked"),
        goldfish.amend_note("thought-1", f"the key was {TOKEN}"),
        goldfish.withdraw_note("decision-1", f"{TOKEN} is revoked"),
    ]
    assert not [answer for answer in answers if TOKEN in answer.model_dump_json()]
    assert TOKEN not in goldfish.thoughts().model_dump_json()
    assert TOKEN not in goldfish.layout.state.read_text()
    assert TOKEN not in "".join(event.model_dump_json() for event in goldfish.log())


@pytest.mark.parametrize(
    ("about", "error", "near"),
    [
        ("run-7", UnknownRun, ()),
        ("baselin", UnknownReference, ("baseline",)),
        ("baseline@v2", UnknownVersion, ("baseline@v1",)),
        ("thought-2", UnknownNote, ("thought-1",)),
        ("decision-1", UnknownNote, ()),
        ("", UnknownReference, ()),
    ],
)
def test_a_reference_to_nothing_is_refused_with_near_names(
    goldfish: Goldfish, about: str, error: type[Exception], near: tuple[str, ...]
) -> None:
    goldfish.log_thought("one")
    before = goldfish.log()
    attempts: list[Callable[[], object]] = [
        lambda: goldfish.log_thought("x", about=about),
        lambda: goldfish.log_hypothesis("x", about=["baseline", about]),
        lambda: goldfish.log_decision("x", because=about),
        lambda: goldfish.log_decision("x", instead_of=about),
        lambda: goldfish.amend_note("thought-1", "x", about=about),
    ]
    for log in attempts:
        with pytest.raises(error) as caught:
            log()
        assert caught.value.near == near  # type: ignore[attr-defined]
    assert goldfish.log() == before


def test_bad_input_is_refused_by_name(goldfish: Goldfish) -> None:
    goldfish.log_thought("one")
    with pytest.raises(UnusableText):
        goldfish.log_thought(" \n ")
    with pytest.raises(UnusableText):
        goldfish.log_decision("x" * 20_001)
    with pytest.raises(UnusableText):
        goldfish.log_decision("x", because=["baseline"] * 51)
    with pytest.raises(UnknownWorkspace):
        goldfish.log_hypothesis("x", workspace="other")
    with pytest.raises(UnknownNote):
        goldfish.resolve_hypothesis("run-1", "supported")
    with pytest.raises(UnknownNote):
        goldfish.amend_note("thought-2", "x")
    with pytest.raises(WrongKindOfNote):
        goldfish.resolve_hypothesis("thought-1", "supported")
