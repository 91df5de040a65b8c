from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.cli.inert import inert, inert_json, inert_lines, shorten

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_nothing_that_acts_on_a_terminal_survives(text: str) -> None:
    assert inert(text).isprintable()
    assert all(c.isprintable() or c in "\n\t" for c in inert_lines(text))


@given(st.text(st.characters(categories=["L", "N", "P"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@given(st.dictionaries(TEXT, TEXT))
def test_inert_json_is_the_same_document(document: dict[str, str]) -> None:
    shown = inert_json(json.dumps(document, ensure_ascii=False))
    assert shown.isprintable()
    assert json.loads(shown) == document


def test_escapes_and_direction_marks_become_visible() -> None:
    assert inert("\x1b[31mred\u202egnp\r\n") == "\\x1b[31mred\\u202egnp\\r\\n"


def test_a_lone_surrogate_can_be_printed() -> None:
    assert inert("a\udc80") == "a\\udc80"


def test_what_is_cut_says_so() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"
