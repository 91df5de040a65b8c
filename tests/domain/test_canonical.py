"""One value, one text."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.canonical import canonical, digest_bytes, digest_of
from goldfish.errors import UnusableText

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(json_values)
def test_reading_and_writing_again_changes_no_byte(value: object) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers()))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_the_text_is_as_short_as_json_can_be_and_readable() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": "é/\n"}) == '{"a":"é/\\n","b":[1,2.5,null,true]}'.encode()


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, {"a": [math.nan]}, "\ud800", {"\udfff": 1}, b"bytes", {1, 2}, object(),
     {1: "a", "1": "b"}, nested(100_000), 10**5000],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_json_cannot_say_is_refused_by_name(value: object) -> None:
    with pytest.raises(UnusableText):
        canonical(value)


def test_a_digest_names_its_algorithm() -> None:
    assert digest_of({}) == digest_bytes(b"{}")
    assert digest_bytes(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
