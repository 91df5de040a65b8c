"""What is shown: inert text and compact tables."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from goldfish.adapters.mcp.inert import inert, inert_document
from goldfish.adapters.mcp.rendering import as_text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        ("two\r\nlines", "two\nlines"),
        ("bell\x07 and nul\x00", "bell\\x07 and nul\\x00"),
        ("left\u202eright", "left\\u202eright"),
    ],
)
def test_control_characters_never_reach_a_client(given: str, shown: str) -> None:
    assert inert(given) == shown


def test_keys_and_nested_texts_are_inert_too() -> None:
    assert inert_document({"a\x00": [{"b": "\x1b[1mbold"}]}) == {"a\\x00": [{"b": "bold"}]}


def test_alike_objects_become_a_table_and_nothing_is_said_of_nothing() -> None:
    runs: list[JsonValue] = [
        {"run": "run-1", "outcome": None, "metrics": {"loss": 1 / 3}, "cause": None},
        {"run": "run-2", "outcome": "failed", "metrics": {}, "cause": None},
    ]
    text = as_text({"as_of": 7, "goal": None, "runs": runs, "left_out": []})
    assert text.splitlines() == [
        "as_of: 7",
        "runs (2):",
        "  run | outcome | metrics",
        "  run-1 | - | loss=0.333333",
        "  run-2 | failed | ",
    ]


def test_a_column_that_the_first_row_lacks_is_shown() -> None:
    rows: list[JsonValue] = [
        {"run": "run-2", "state": "running"},
        {"run": "run-1", "outcome": "failed", "state": "finished"},
    ]
    assert as_text({"runs": rows}).splitlines() == [
        "runs (2):",
        "  run | outcome | state",
        "  run-2 | - | running",
        "  run-1 | failed | finished",
    ]


def test_text_of_a_user_cannot_be_taken_for_a_line_of_the_answer() -> None:
    text = as_text({"goal": "be right\noutcome: succeeded", "runs": [{"why": "a | b", "run": "run-1"}]})
    assert text.splitlines() == [
        "goal:",
        "  be right",
        "  outcome: succeeded",
        "runs (1):",
        "  why | run",
        '  "a | b" | run-1',
    ]


def test_digests_and_times_are_short() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    text = as_text({"digest": digest, "tree": "f" * 40, "at": "2026-11-22T22:46:52.132060Z", "head": "e" * 64})
    assert text.splitlines() == [
        "digest: sha256:0123456789ab…",
        "tree: ffffffffffff…",
        "at: 2026-11-22T22:46:52Z",
        "head: " + "e" * 64,
    ]
