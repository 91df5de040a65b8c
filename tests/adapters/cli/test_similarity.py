"""`goldfish similar`: what is printed, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call


@pytest.fixture
def recorded(project: Path, call: Call) -> Path:
    """A project into which two experiments were imported."""
    rows = [
        {"id": "X1", "date": "2026-01-02T00:00:00Z", "title": "Warm restarts \x1b[31mred\u202e", "verdict": "loss",
         "hypothesis": "Out of minima.", "changed": [{"param": "restarts", "from": "0", "to": "3"}],
         "metric": "err", "value": 1.5, "baseline": 1.4},
        {"id": "X2", "date": "2026-01-03T00:00:00Z", "title": "Weight decay", "verdict": "win",
         "hypothesis": "Overfits.",
         "changed": [{"param": "wd", "from": "0", "to": "1e-3"}], "metric": "err", "value": 1.2, "baseline": 1.5},
    ]  # fmt: skip
    path = project / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert call("import", "experiments", str(path)).code == 0
    return project


def test_the_nearest_come_with_outcome_and_reason(recorded: Path, call: Call) -> None:
    said = call("similar", "restart the schedule", "--config", '{"restarts": 3}')
    assert said.out.startswith("This was probably tried:\n\nX1 (run-1)  ")
    assert "  restarts = 3 in both; " in said.out
    assert said.out.endswith("next: goldfish show X1\n")


def test_in_json_as_a_program_reads_it(recorded: Path, call: Call) -> None:
    answer = call("similar", "weight decay", "--json").json
    best = answer["candidates"][0]
    assert {"id", "score", "why", "outcome"} <= best.keys()
    assert (best["id"], best["outcome"], answer["flagged"]) == ("X2", "a success (win)", True)


def test_what_is_below_the_threshold_is_told_as_such(recorded: Path, call: Call) -> None:
    said = call("similar", "a schedule of the data loader's threads for the weight of its queue")
    assert said.out.startswith(("Nothing reaches the threshold of 0.42; the nearest are:", "Nothing like it is known"))
    assert call("similar", "xyzzy").out == "Nothing like it is known among 2 experiments.\n"


def test_before_means_strictly_before(recorded: Path, call: Call) -> None:
    def told(when: str) -> list[str]:
        answer = call("similar", "weight decay, warm restarts", "--before", when, "--json").json
        return sorted(one["id"] for one in answer["candidates"])

    assert told("2026-01-03T00:00:00Z") == ["X1"]
    assert told("2026-01-03T00:00:00.001Z") == ["X1", "X2"]
    assert told("2026-01-03") == ["X1"]
    assert told("2026-01-04") == ["X1", "X2"]


def test_what_is_excluded_by_its_id_or_its_run_is_not_told(recorded: Path, call: Call) -> None:
    for name in ("X1", "run-1", "experiments:X1"):
        answer = call("similar", "warm restarts", "--exclude", name, "--json").json
        assert "X1" not in [one["id"] for one in answer["candidates"]]


def test_text_of_others_is_shown_inert(recorded: Path, call: Call) -> None:
    for arguments in (("similar", "restarts red"), ("similar", "restarts", "--json")):
        assert not set(call(*arguments).out) & {"\x1b", "\u202e"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("",), "NoIdea"),
        (("the of and",), "NoIdea"),
        ((), "NoIdea"),
        (("--config", "{}"), "NoIdea"),
        (("x", "--config", "[1]"), "UnusableConfig"),
        (("x", "--config", "{"), "UnusableConfig"),
        (("x", "--config", '{"lr": NaN}'), "UnusableText"),
        (("x", "--exclude", "X99"), "UnknownReference"),
        (("x", "--exclude", "run-99"), "UnknownRun"),
        (("x", "--exclude", "baseline"), "UnknownReference"),
        (("x", "--before", "soon"), "NotAMoment"),
        (("x" * 10_001,), "UnusableText"),
        (("nul\x00",), "UnusableText"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    recorded: Path, call: Call, arguments: tuple[str, ...], error: str
) -> None:
    refused = call("similar", *arguments, "--json")
    assert (refused.code != 0, refused.json["error"]) == (True, error)
    assert refused.json["next"]


def test_a_question_changes_nothing(recorded: Path, call: Call) -> None:
    before = call("log", "--json").out
    call("similar", "weight decay")
    assert call("log", "--json").out == before
