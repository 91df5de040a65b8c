"""YAML documents say what JSON says; everything else is refused with its line (F54)."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.yaml_documents import read_yaml
from goldfish.errors import BadDocument

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz<=~1", min_size=1), inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> object:
    return read_yaml(text.encode(), "pipeline.yaml")


def refusal(data: str | bytes) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        read_yaml(data if isinstance(data, bytes) else data.encode(), "pipeline.yaml")
    return caught.value


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "---\n", "---\n...\n", "~", "{}"])
def test_a_document_without_values_is_an_empty_mapping(text: str):
    assert read(text) == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1e-3", 0.001),
        ("3e-4", 0.0003),
        ("1.", 1.0),
        (".5", 0.5),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("True", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'0.1'", "0.1"),
        ('"true"', "true"),
        ("18446744073709551615", 2**64 - 1),
    ],
)
def test_unquoted_values_follow_the_core_schema(written: str, meant: object):
    value = read(f"key: {written}")
    assert value == {"key": meant}
    assert type(value["key"]) is type(meant)


@given(st.dictionaries(st.text("abc <~1-", min_size=1), JSON, max_size=5))
def test_every_json_object_is_read_as_json_reads_it(document: dict[str, object]):
    assert read(json.dumps(document)) == document


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("- 1\n- 2", 1, "not a mapping"),
        ("\n\nhello", 3, "not a mapping"),
        ("a: 1\nb: &x 2", 2, "anchor &x"),
        ("a: &x [1]\nb: *x", 1, "anchor &x"),
        ("a: 1\nb: *x", 2, "alias *x"),
        ("a:\n  <<: {b: 1}", 2, "merge keys"),
        ("a: !!python/object/apply:os.system ['id']", 1, "the tag"),
        ("a: !local 1", 1, "the tag"),
        ("!!map {a: 1}", 1, "the tag"),
        ("a: 1\nb: 2\na: 3", 3, "'a' is written twice"),
        ("a: 1\n'a': 3", 2, "'a' is written twice"),
        ("1: x", 1, "not text; quote it"),
        ("true: x", 1, "not text; quote it"),
        ("? [a]\n: x", 1, "not text; quote it"),
        ("a: .nan", 1, "not a finite number"),
        ("a: -.inf", 1, "not a finite number"),
        ("a: 1e999", 1, "not a finite number"),
        ("a: 99999999999999999999", 1, "64 bits"),
        ("a: " + "9" * 100_000, 1, "64 bits"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "flow sequence"),
        ("a: b: c", 1, "mapping values are not allowed"),
        ("a:\n\t- 1", 2, "cannot start any token"),
        ('a: "\\0"', 1, "not text"),
        ('a: "\\ud800"', 1, "scalar"),
        ("a: 1\nb: \x07", 2, "U+0007"),
        ("%YAML 2.0\n---\na: 1", 1, "incompatible"),
    ],
)
def test_what_can_surprise_is_refused_with_its_line(text: str, line: int, why: str):
    error = refusal(text)
    assert error.facts["file"] == "pipeline.yaml"
    assert (error.facts["line"], why in error.facts["why"]) == (line, True), error.message


def test_bytes_that_are_no_utf8_are_refused_with_their_line():
    assert refusal(b"a: 1\nb: \xff").message == "pipeline.yaml, line 2: it is not UTF-8 text."
    assert refusal("a: 1".encode("utf-16")).facts["line"] == 1


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    assert read("\ufeffname: x") == {"name": "x"}


@pytest.mark.parametrize("nest", ["a: " + "[" * 33, "a: " + "{b: " * 33, "? " * 100_000, "a: " + "[" * 1_000_000])
def test_nesting_beyond_32_levels_is_refused_before_it_is_built(nest: str):
    assert "32 levels" in refusal(nest).message


def test_32_levels_are_allowed():
    assert read("a: " + "[" * 31 + "]" * 31)


def test_a_document_above_one_mebibyte_is_refused_unread():
    assert read("a: " + "x" * ((1 << 20) - 3))
    assert "more than 1048576" in refusal("a: " + "x" * ((1 << 20) - 2)).message


def test_a_billion_laughs_are_refused_at_the_first():
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}]\n" for n in range(20))
    assert refusal(bomb).facts["line"] == 1


@given(st.binary(max_size=200) | st.text("a:-[]{}&*!|>'\"%@`#,? \n\t1~<.", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_by_name(data: bytes):
    with contextlib.suppress(BadDocument):
        assert isinstance(read_yaml(data, "x.yaml"), dict)
