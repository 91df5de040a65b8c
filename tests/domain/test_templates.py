"""Placeholders in commands and contracts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.templates import NoSuchKey, filled, placeholder, template_problem

CONFIG = {"lr": 0.001, "deep": {"name": "adam", "layers": [64, 32]}, "flag": True, "none": None, "text": "é {x}"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("--lr={lr}", "--lr=0.001"),
        ("{deep.name}-{lr}", "adam-0.001"),
        ("{deep.layers}", "[64, 32]"),
        ("{flag}{none}", "truenull"),
        ("{text}", "é {x}"),
        ("{{lr}}", "{lr}"),
        ("{{{lr}}}", "{0.001}"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_values_stand_where_their_keys_were(text: str, result: str):
    assert template_problem(text) is None
    assert filled(text, CONFIG) == result


@pytest.mark.parametrize("text", ["{lr", "lr}", "{}", "{ lr }", "{a..b}", "{.a}", "{{lr}"])
def test_a_brace_that_means_nothing_is_refused(text: str):
    assert template_problem(text) is not None


@pytest.mark.parametrize("text", ["{rate}", "{lr.deep}", "{deep.nme}"])
def test_a_key_that_is_not_there_is_named(text: str):
    with pytest.raises(NoSuchKey, match=text.strip("{}")):
        filled(text, CONFIG)


def test_only_a_whole_text_is_one_placeholder():
    assert placeholder("{deep.name}") == "deep.name"
    assert [placeholder(value) for value in ("x{lr}", "{{lr}}", "{a}{b}", "{", 3, None)] == [None] * 6


@given(st.text())
def test_any_text_can_be_written_with_doubled_braces(text: str):
    written = text.replace("{", "{{").replace("}", "}}")
    assert template_problem(written) is None
    assert filled(written, {}) == text
