"""Sources have revisions, pinned by digest."""

from __future__ import annotations

from goldfish.domain.sources import Source
from goldfish.errors import NothingToDescribe, SourceRetired, UnknownColumn, UnknownSource
from tests.given import given

ONE = Source.Registered(name="digits", revision=1, type="csv", digest="sha256:aa", size=9, came_from="/data/d.csv")
TWO = Source.Registered(name="digits", revision=2, type="csv", digest="sha256:bb", size=9, came_from="/data/d.csv")


def test_the_first_bytes_are_revision_one() -> None:
    state = given(Source).when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "/data/d.csv")).then(ONE)
    assert state.latest == ONE


def test_other_bytes_are_the_next_revision() -> None:
    state = given(Source, ONE).when(lambda s: s.register("digits", "csv", "sha256:bb", 9, "/data/d.csv")).then(TWO)
    assert state.revisions == {1: ONE, 2: TWO}


def test_the_same_bytes_again_are_no_revision() -> None:
    given(Source, ONE).when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "elsewhere.csv")).then()


def test_the_same_bytes_as_another_type_are_a_revision() -> None:
    as_file = TWO.model_copy(update={"digest": "sha256:aa", "type": "file"})
    given(Source, ONE).when(lambda s: s.register("digits", "file", "sha256:aa", 9, "/data/d.csv")).then(as_file)


def test_older_bytes_can_come_back_as_a_new_revision() -> None:
    back = ONE.model_copy(update={"revision": 3})
    given(Source, ONE, TWO).when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "/data/d.csv")).then(back)


def test_a_revision_is_of_a_place_too() -> None:
    given(Source, ONE).when(
        lambda s: s.register("digits", "csv", "sha256:aa", 9, "/data/d.csv", location="/data/d.csv")
    ).then(ONE.model_copy(update={"revision": 2, "location": "/data/d.csv"}))


def test_the_same_bytes_with_another_text_are_described_and_are_no_revision() -> None:
    said = Source.Described(revision=1, text="handwritten", columns={})
    state = (
        given(Source, ONE)
        .when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "elsewhere", text="handwritten"))
        .then(said)
    )
    given(state).when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "elsewhere", text="handwritten")).then()


def test_what_was_found_in_it_the_text_and_the_origin_are_kept_with_the_revision() -> None:
    more = {"described": {"rows": 3}, "text": "three rows", "origin": "run-3/prepare.features"}
    state = (
        given(Source)
        .when(lambda s: s.register("digits", "csv", "sha256:aa", 9, "/data/d.csv", **more))  # type: ignore[arg-type]
        .then(ONE.model_copy(update=more))
    )
    assert state.text == "three rows"


def test_fields_that_came_later_are_written_only_when_they_say_something() -> None:
    assert set(ONE.model_dump()) == {"name", "revision", "type", "digest", "size", "came_from"}


TABLE = ONE.model_copy(update={"described": {"columns": ["p0", "label"], "rows": 9}})


def test_what_is_said_of_it_adds_up() -> None:
    first = Source.Described(revision=1, text="handwritten", columns={"p0": "a pixel"})
    second = Source.Described(revision=1, text=None, columns={"label": "0 to 9"})
    state = given(Source, TABLE).when(lambda s: s.describe("handwritten", {"p0": "a pixel"})).then(first)
    state = given(state).when(lambda s: s.describe(None, {"p0": "a pixel", "label": "0 to 9"})).then(second)
    assert (state.text, state.columns) == ("handwritten", {"p0": "a pixel", "label": "0 to 9"})
    given(state).when(lambda s: s.describe("handwritten", {"label": "0 to 9"})).then()


def test_a_column_that_is_not_there_is_refused_with_the_one_that_was_meant() -> None:
    refusal = given(Source, TABLE).when(lambda s: s.describe(None, {"lable": "0 to 9"})).refused(UnknownColumn)
    assert refusal.near == ("label",)


def test_where_the_columns_are_not_known_any_may_be_described() -> None:
    said = Source.Described(revision=1, text=None, columns={"lable": "0 to 9"})
    given(Source, ONE).when(lambda s: s.describe(None, {"lable": "0 to 9"})).then(said)


def test_saying_nothing_is_refused() -> None:
    given(Source, ONE).when(lambda s: s.describe(None, {})).refused(NothingToDescribe)


def test_a_retired_source_is_not_used_nor_revised_until_it_is_restored() -> None:
    state = given(Source, ONE).when(lambda s: s.retire("shifted")).then(Source.Retired(reason="shifted"))
    given(state).when(lambda s: s.retire("again")).then()
    assert "shifted" in given(state).when(lambda s: s.usable() or []).refused(SourceRetired).message
    given(state).when(lambda s: s.register("digits", "csv", "sha256:bb", 9, "d.csv")).refused(SourceRetired)
    back = given(state).when(lambda s: s.restore()).then(Source.Restored())
    back.usable()
    given(back).when(lambda s: s.restore()).then()


def test_what_was_never_registered_is_neither_retired_nor_restored_nor_described() -> None:
    for decide in (lambda s: s.retire("x"), lambda s: s.restore(), lambda s: s.describe("x", {})):
        given(Source).when(decide).refused(UnknownSource)


def test_a_change_in_place_is_recorded_once_and_so_is_its_end() -> None:
    news = Source.FoundChanged(revision=1, files=["other bytes"])
    state = given(Source, ONE).when(lambda s: s.found(1, ["other bytes"])).then(news)
    given(state).when(lambda s: s.found(1, ["other bytes"])).then()
    given(state).when(lambda s: s.found(1, ["it is gone"])).then(Source.FoundChanged(revision=1, files=["it is gone"]))
    back = given(state).when(lambda s: s.found(1, [])).then(Source.FoundUnchanged(revision=1))
    given(back).when(lambda s: s.found(1, [])).then()
