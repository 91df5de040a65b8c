"""`goldfish search`: what is printed, what is refused, what completes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from goldfish.adapters.cli.commands.searching import KINDS
from goldfish.domain import search_grammar
from tests.adapters.cli.conftest import Call
from tests.adapters.cli.test_completing import complete

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def noted(project: Path, call: Call) -> Path:
    """A project with a thought, a hypothesis that was refuted, and a decision."""
    for arguments in (
        ("think", "Above 0.3 it diverges\nand \x1b[31mnothing\u202e helps", "--about", "baseline"),
        ("hypothesis", "add", "A longer warm-up tames it"),
        ("hypothesis", "resolve", "hypothesis-1", "refuted", "--evidence", "baseline@v1", "-m", "It did not"),
        ("decide", "Go on with the batch size of 64", "--because", "baseline@v1"),
    ):
        assert call(*arguments).code == 0
    return project


def test_what_was_said_is_found_and_may_be_typed_without_quotes(noted: Path, call: Call) -> None:
    said = call("search", "batch", "size")
    assert said.out.startswith("decision-1  ")
    assert "  Go on with the batch size of 64\n" in said.out
    assert call("search", "warm-up").out.startswith("hypothesis-1  refuted  ")


def test_hits_are_marked_in_json_by_where_they_are(noted: Path, call: Call) -> None:
    (found,) = call("search", "diverging", "--json").json["results"]
    (begin, end) = found["hits"][0]
    assert (found["id"], found["snippet"][begin:end]) == ("thought-1", "diverges")


def test_text_of_others_is_shown_inert(noted: Path, call: Call) -> None:
    for arguments in (("search", "helps"), ("search", "helps", "--json"), ("search", "nothing\x1b\u202e")):
        assert not set(call(*arguments).out) & {"\x1b", "\u202e"}


def test_a_page_says_how_to_ask_for_the_next(noted: Path, call: Call) -> None:
    said = call("search", "it", "on", "-n", "1")
    before = said.out.rstrip().rpartition(" ")[2]
    assert f"The next page: --before {before}" in said.out
    following = call("search", "it", "on", "-n", "1", "--before", before)
    assert following.code == 0
    assert following.out.partition(" ")[0] not in ("", said.out.partition(" ")[0])


def test_kinds_and_moments_narrow_it_down(noted: Path, call: Call) -> None:
    kinds = {found["kind"] for found in call("search", "it", "--kind", "hypothesis", "--json").json["results"]}
    assert kinds == {"hypothesis"}
    assert call("search", "batch", "--as-of", "2").out == "Nothing matches batch.\n"
    assert call("search", "batch", "--since", "1", "--json").json["matching"] == 1


def test_what_nobody_has_is_said_with_what_is_near(noted: Path, call: Call) -> None:
    assert call("search", "lr=3e-4").out == 'Nothing matches param:"lr"=3e-4.\n  No run has the parameter lr.\n'


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ("statis:failed", "UnknownFilter", "status"),
        ("status:fail", "MalformedSearch", "failed"),
        ("lr>big", "MalformedSearch", "no number"),
        ('"open', "MalformedSearch", "not closed"),
    ],
)
def test_what_cannot_be_meant_is_refused(noted: Path, call: Call, asked: str, error: str, said: str) -> None:
    refused = call("search", asked, "--json")
    assert refused.code == 2
    assert refused.json["error"] == error
    assert said in refused.out


def test_a_rebuilt_project_finds_the_same(noted: Path, call: Call) -> None:
    before = call("search", "batch", "--json").out
    assert call("rebuild").code == 0
    assert call("search", "batch", "--json").out == before


def test_filters_and_their_values_are_completed(start: Start) -> None:
    assert set(KINDS) == set(search_grammar.KINDS)
    assert complete(start, "goldfish search st") == ["status:", "stage:"]
