"""What claims say, by their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.claims import Assertion, asserted, direction_named, direction_told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("accuracy 0.91, better than 0.90", "better"),
        ("beats the paper", "better"),
        ("a gain of two points thanks to warm-up", "better"),
        ("2 % worse than before", "worse"),
        ("hurts recall", "worse"),
        ("no gain", "equal"),
        ("does not beat 0.91", "equal"),
        ("doesn't improve anything", "equal"),
        ("neutral", "equal"),
        ("no significant difference", "equal"),
        ("not worse", "equal"),
        ("mean 0.91 over four seeds", None),
        ("better recall, worse precision", None),
        ("", None),
    ],
)
def test_a_claim_says_better_worse_or_neither(text: str, says: Assertion | None) -> None:
    assert asserted(text) == says


@given(st.text(max_size=80))
def test_every_text_says_something_or_nothing(text: str) -> None:
    assert asserted(text) in ("better", "worse", "equal", None)


def test_a_claim_tells_which_way_is_better() -> None:
    assert direction_told("better", 0.5, 0.4) == "minimize"
    assert direction_told("worse", 0.5, 0.4) == "maximize"
    assert direction_told("better", 0.5, 0.5) is None
    assert direction_told("equal", 0.5, 0.4) is None
    assert direction_told(None, 0.5, 0.4) is None


@pytest.mark.parametrize(
    ("metric", "way"), [("val_loss", "minimize"), ("accuracy", "maximize"), ("test/f1", "maximize"), ("size", None)]
)
def test_some_names_tell_which_way_is_better(metric: str, way: str | None) -> None:
    assert direction_named(metric) == way
