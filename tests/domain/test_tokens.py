"""The estimate of tokens is rather too high, and never far from what texts are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.tokens import tokens


@pytest.mark.parametrize(
    ("text", "real"),  # the largest number among the vocabularies that docs/decisions/0014 names
    [
        ("The learning rate was too large, and the loss diverged.", 13),
        ('{"run":"run-42","outcome":"failed","metrics":{"loss":0.0312}}', 21),
        ("sha256:84e86a463be2f0b6a1c9", 18),
    ],
)
def test_it_is_above_what_models_count(text: str, real: int) -> None:
    assert real <= tokens(text) <= 2 * real


@given(st.text(), st.text())
def test_a_line_costs_the_same_whatever_follows(line: str, rest: str) -> None:
    assert tokens(f"{line}\n{rest}") >= tokens(line)


@given(st.text(min_size=1))
def test_no_text_is_free_but_single_spaces(text: str) -> None:
    assert tokens(text) > 0 or set(text) == {" "}


@given(st.text())
def test_it_is_never_more_than_the_bytes(text: str) -> None:
    assert tokens(text) <= len(text.encode("utf-8", "surrogatepass"))
