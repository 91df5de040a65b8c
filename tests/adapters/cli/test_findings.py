"""Findings and claims on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call


@pytest.fixture
def noted(project: Path, call: Call) -> Path:
    """A project with a decision that rests on its first version."""
    assert call("decide", "Go on", "--because", "baseline@v1").code == 0
    assert call("tag", "good", "baseline@v1").code == 0
    return project


def test_what_depends_on_something_bad_is_shown_and_with_a_reason_recorded(noted: Path, call: Call) -> None:
    asked = call("affected", "baseline@v1", "--json").json
    assert asked["affected"] == ["baseline@v1", "decision-1", "@good"]
    assert asked["why"]["decision-1"] == "rests on baseline@v1"
    assert asked["finding"] is None
    assert call("findings").out == "Nothing was found out to be bad.\n"

    said = call("affected", "baseline@v1", "--reason", "it trains on the test set")
    assert said.out.startswith("Recorded as finding-1: it trains on the test set\nnext: goldfish finding withdraw")
    assert "warning: finding-1: it trains on the test set (rests on baseline@v1)" in call("show", "decision-1").out
    assert "warning: finding-1" in call("show", "baseline@v1").out
    assert "WARNING finding-1" in call("lineage", "decision-1").out
    assert "finding-1   standing" in call("findings").out
    assert "1 version, 1 decision, 1 tag" in call("finding", "show", "finding-1").out

    assert "finding-1 is withdrawn" in call("finding", "withdraw", "finding-1", "--reason", "it does not").out
    assert "warning" not in call("show", "decision-1").out
    assert call("findings", "--json").json["findings"] == []
    assert call("findings", "--all", "--json").json["findings"][0]["ended"] == "it does not"


def test_a_finding_can_be_told_as_json_as_text_or_in_a_file(noted: Path, call: Call) -> None:
    told = json.dumps({"bad_code": "baseline@v1", "signal": "it trains on the test set"})
    (noted / "found.json").write_text(told)
    assert "Recorded" not in call("affected", "--finding", told, "--dry-run").out
    as_text, as_file = (
        call("affected", "--finding", told, "--json"),
        call("affected", "--finding", "found.json", "--json"),
    )
    assert as_text.json["finding"] == as_file.json["finding"] == "finding-1"
    assert as_text.json["reason"] == "it trains on the test set"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((), "NothingSuspected"),
        (("nothing",), "UnknownReference"),
        (("--finding", "{"), "UnusableFinding"),
        (("--finding", "[1]"), "UnusableFinding"),
        (("--finding", "missing.json"), "UnusableFinding"),
        (("--finding", '{"moon": "full"}'), "FindingNotUnderstood"),
        (("run-1", "--as-of", "1000000"), "MomentAhead"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    noted: Path, call: Call, arguments: tuple[str, ...], name: str
) -> None:
    refused = call("affected", *arguments, "--json")
    assert (refused.code, refused.json["error"]) == (2, name)


def test_the_past_is_only_asked(noted: Path, call: Call) -> None:
    refused = call("affected", "baseline@v1", "--reason", "bad", "--as-of", "5")
    assert refused.code == 2
    assert "Leave out --reason" in refused.err


def test_hostile_words_are_only_words(noted: Path, call: Call) -> None:
    call("affected", "baseline@v1", "--reason", "\x1b[31mred\x1b[0m | `rm` \u202e")
    for asked in (("findings",), ("show", "decision-1"), ("finding", "show", "finding-1")):
        assert "\x1b[31mred" not in call(*asked).out


def test_lineage_is_written_for_graphviz(noted: Path, call: Call) -> None:
    drawn = call("lineage", "decision-1", "--dot").out
    assert drawn.startswith("digraph lineage {\n")
    assert '[label="because"];' in drawn
    assert call("lineage", "decision-1", "--dot", "--mermaid").code == 2


def test_a_claim_without_runs_is_refused(noted: Path, call: Call) -> None:
    refused = call("claim", "better", "--json")
    assert (refused.code, refused.json["error"]) == (2, "ClaimNeedsRuns")
