"""How alike two experiments are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.queries.likeness import NEAR, Rarity, Sketch, likeness, of_settings, of_words, same

USUAL: dict[str, JsonValue] = {"lr": 0.1, "layers": 4, "decay": 0.0, "optimizer": "adam"}


def run(text: str = "", code: str | None = None, **changed: JsonValue) -> Sketch:
    """An experiment that changes something about the usual one."""
    return Sketch.of({**USUAL, **changed}, text, code)


def project(*runs: Sketch) -> Rarity:
    """A project of these runs, and of many usual ones."""
    return Rarity.among([*runs, *(run("something else entirely") for _ in range(20))])


def test_what_all_runs_have_says_nothing() -> None:
    one, other = run(lr=0.3), run(layers=8)
    assert of_settings(one, other, project(one, other)) == 0


def test_the_same_unusual_value_says_much() -> None:
    one, other = run(lr=0.3), run(lr=0.3)
    assert of_settings(one, other, project(one, other)) == pytest.approx(1)


def test_the_same_setting_turned_is_the_same_question_and_the_closer_the_more_so() -> None:
    new, close, far, elsewhere = run(lr=0.3), run(lr=0.25), run(lr=30.0), run(decay=0.3)
    rarity = project(new, close, far, elsewhere)
    alike = [of_settings(new, other, rarity) for other in (new, close, far, elsewhere)]
    assert alike == sorted(alike, reverse=True)
    assert alike[0] > alike[1] > alike[2] > 0.25
    assert alike[3] == 0


def test_a_setting_that_everybody_turns_asks_no_particular_question() -> None:
    runs = [run(lr=2.0**-n) for n in range(30)]
    rarity = Rarity.among(runs)
    assert of_settings(runs[0], runs[20], rarity) < 0.01
    assert of_settings(runs[0], runs[1], rarity) > 0.15


def test_equal_settings_inputs_and_code_are_the_same_work_however_usual_they_are() -> None:
    one, other = run("a first try", code="t1"), run("words of another kind", code="t1")
    assert likeness(one, other, project(one, other)) == 1
    assert likeness(one, run("words of another kind", code="t2"), project(one, other)) < NEAR


def test_the_same_idea_is_found_without_one_setting_in_common() -> None:
    one, other = run("Halve the surface loss weights"), run("surface loss weighting, by half")
    rarity = project(one, other, run("weight decay"), run("deeper surface head"))
    assert of_words(one, other, rarity) > NEAR
    assert of_words(one, other, rarity) > of_words(one, run("weight decay on the surface"), rarity)


def test_an_empty_reason_is_like_no_other() -> None:
    assert of_words(run(), run(), project(run())) == 0


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (3e-4, 0.0003, True),
        (1, 1.0, True),
        (1, True, False),
        ("1", 1, False),
        ([1, 2], [1.0, 2], True),
        (None, 0, False),
    ],
)
def test_values_are_compared_as_values(left: JsonValue, right: JsonValue, equal: bool) -> None:
    assert same(left, right) is equal


VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(["a", "b"])
SKETCHES = st.builds(
    Sketch.of,
    st.dictionaries(st.sampled_from("abcd"), VALUES),
    st.lists(st.sampled_from(["loss", "surface", "weight", "1"])).map(" ".join),
    st.sampled_from([None, "t1", "t2"]),
)


@given(st.lists(SKETCHES, min_size=2, max_size=8))
def test_it_is_between_none_and_all_and_the_same_both_ways(runs: list[Sketch]) -> None:
    one, other, rarity = runs[0], runs[1], Rarity.among(runs)
    assert 0 <= likeness(one, other, rarity) <= 1 + 1e-9
    assert likeness(one, other, rarity) == pytest.approx(likeness(other, one, rarity))
