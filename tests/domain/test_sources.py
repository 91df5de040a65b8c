"""Sources have revisions, pinned by digest."""

from __future__ import annotations

from goldfish.domain.sources import Source
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
