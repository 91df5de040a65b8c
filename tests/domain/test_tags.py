"""Tags: one name, one target, and no silent move."""

from __future__ import annotations

import pytest

from goldfish.domain.tags import Tag, Tags, tag_name
from goldfish.errors import TagExists, UnknownTag, UnsafeName
from tests.given import given

SET = Tag.Set(name="good", target="baseline@v2")
MOVED = Tag.Moved(name="good", target="run-3", was="baseline@v2")
REMOVED = Tag.Removed(name="good", was="run-3")
NONE = Tags()


def test_a_name_points_to_a_version_or_a_run() -> None:
    assert given(NONE).when(lambda t: t.set("good", "baseline@v2", move=False)).then(SET).of("baseline@v2") == ["good"]


def test_setting_what_is_set_changes_nothing() -> None:
    given(NONE, SET).when(lambda t: t.set("good", "baseline@v2", move=False)).then()
    given(NONE, SET).when(lambda t: t.set("good", "baseline@v2", move=True)).then()


def test_a_taken_name_is_refused_with_its_target() -> None:
    refusal = given(NONE, SET).when(lambda t: t.set("good", "run-3", move=False)).refused(TagExists)
    assert "baseline@v2" in refusal.message


def test_a_name_is_moved_on_request_and_remembers_where_it_was() -> None:
    state = given(NONE, SET).when(lambda t: t.set("good", "run-3", move=True)).then(MOVED)
    assert (state.of("baseline@v2"), state.of("run-3")) == ([], ["good"])


def test_a_name_that_was_taken_away_can_be_given_again() -> None:
    given(NONE, SET, MOVED).when(lambda t: t.remove("good")).then(REMOVED)
    given(NONE, SET, MOVED, REMOVED).when(lambda t: t.set("good", "run-4", move=False)).then(
        Tag.Set(name="good", target="run-4")
    )


def test_a_name_that_is_not_there_is_refused_with_near_ones() -> None:
    assert given(NONE, SET).when(lambda t: t.remove("god")).refused(UnknownTag).near == ("good",)


def test_a_tag_may_be_said_with_its_sign() -> None:
    assert tag_name("@good") == tag_name("good") == "good"


@pytest.mark.parametrize("given_name", ["", "@", "@@good", "v3", "12", "run-3", "project", "Good", "a b", "../x", "é"])
def test_what_cannot_be_a_tag_is_refused(given_name: str) -> None:
    with pytest.raises(UnsafeName):
        tag_name(given_name)
