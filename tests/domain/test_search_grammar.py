"""What a search asks for, read from text: any text is a search or a refusal with a name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.search_grammar import (
    FIELDS,
    KINDS,
    LONGEST,
    NOTE_STATES,
    STATUSES,
    Filter,
    Search,
    Word,
    read_search,
    written,
)
from goldfish.domain.search_values import Typed
from goldfish.errors import MalformedSearch, UnknownFilter

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
VALUES = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["true", "False", "null", "adam", "[1, 2]", '{"a": [1, "b c"]}']),
).map(Typed) | TEXTS.map(lambda text: Typed(text, quoted=True))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr).map(Typed)
TIMES = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 hypothesis adds the zone
    timezones=st.just(UTC),
)
WORDS = st.from_regex(r"\w{1,8}(-\w{1,4})?", fullmatch=True).map(Word) | NAMES.map(str.strip).filter(bool).map(
    lambda text: Word(text, "phrase")
)
FILTERS = st.one_of(
    st.builds(Filter, st.just("param"), VALUES, NAMES, st.sampled_from(["=", "!="]), st.booleans()),
    st.builds(
        Filter, st.sampled_from(["param", "metric"]), NUMBERS, NAMES, st.sampled_from(["<", ">="]), st.booleans()
    ),
    st.builds(Filter, st.sampled_from(["param", "metric"]), name=NAMES, negated=st.booleans()),
    st.builds(Filter, st.just("kind"), st.sampled_from(KINDS).map(Typed), negated=st.booleans()),
    st.builds(Filter, st.just("status"), st.sampled_from((*STATUSES, *NOTE_STATES)).map(Typed)),
    st.builds(Filter, st.sampled_from(["tag", "group", "input", "id"]), TEXTS.map(Typed)),
    st.builds(Filter, st.sampled_from(["before", "after"]), TIMES),
)


@given(TEXTS | st.text(alphabet='ab: -"\\=<>![]{}*.1e', max_size=30))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    refusals: list[UnknownFilter | MalformedSearch] = []
    found: Search | None = None
    try:
        found = read_search(text)
    except (UnknownFilter, MalformedSearch) as refusal:
        refusals.append(refusal)
    assert found is not None or all(refusal.next_step for refusal in refusals)


@given(TEXTS | st.text(alphabet='ab: -"\\=<>![]{}*.1e', max_size=30))
def test_what_was_understood_can_be_typed_again(text: str) -> None:
    try:
        found = read_search(text)
    except (UnknownFilter, MalformedSearch):
        return
    assert read_search(written(found)) == found


@given(
    st.lists(WORDS, max_size=3),
    st.lists(WORDS.filter(lambda word: not word.text[0].isdigit()), max_size=2),
    st.lists(FILTERS, max_size=4),
    st.none() | NAMES,
)
def test_every_search_can_be_typed(
    words: list[Word], without: list[Word], filters: list[Filter], sort: str | None
) -> None:
    said = tuple(dict.fromkeys(words))
    asked = Search(
        words=tuple(word for word in said if word.form == "word"),
        phrases=tuple(word for word in said if word.form == "phrase"),
        without=tuple(dict.fromkeys(without)),
        filters=tuple(dict.fromkeys(filters)),
        sort=sort,
    )
    assert read_search(written(asked)) == asked


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3e-4", 0.0003),
        ("0.0003", 0.0003),
        ("+2", 2),
        (".5", 0.5),
        ("1_000", 1000),
        ("True", True),
        ("none", None),
        ("[1, 2]", [1, 2]),
        ("adam", "adam"),
        ("1e999", "1e999"),
        ("inf", "inf"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_value_means_what_json_would_say(text: str, meant: object) -> None:
    (one,) = read_search(f"lr={text}").filters
    assert isinstance(one.value, Typed)
    assert one.value.meant == meant
    assert type(one.value.meant) is type(meant)


def test_a_value_in_quotes_is_text() -> None:
    (one,) = read_search('lr="3e-4"').filters
    assert isinstance(one.value, Typed)
    assert one.value.meant == "3e-4"


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a", "Result:", "a->b", "x<-y", "=>", "12:30", "std::vector", "--lr", "-3", "-", "*", "a=>b"],
)
def test_what_only_looks_like_a_filter_is_a_word(text: str) -> None:
    found = read_search(text)
    assert (len(found.words), found.filters, found.without) == (1, (), ())


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("statos:failed", UnknownFilter, "status"),
        ("foo:bar", UnknownFilter, '"foo:bar"'),
        ("status:fail", MalformedSearch, "failed"),
        ("kind:idea", MalformedSearch, "kind:decision"),
        ("metric:loss>small", MalformedSearch, "metric:accuracy>0.9"),
        ("metric:>3", MalformedSearch, "metric:accuracy>0.9"),
        ("lr<big", MalformedSearch, 'param:"learning rate"=0.1'),
        ("lr=", MalformedSearch, "Quote"),
        ("before:yesterday", MalformedSearch, "before:2026-10-01"),
        ("tag:", MalformedSearch, "tag:best"),
        ('"open', MalformedSearch, "Quote"),
        ("x" * (LONGEST + 1), MalformedSearch, "Quote"),
        ("x " * 100, MalformedSearch, "Quote"),
        ("-sort:loss", MalformedSearch, "sort:-loss"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_an_example(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        read_search(text)
    assert said in caught.value.next_step  # type: ignore[attr-defined]  # errors of goldfish have one


def test_every_filter_has_an_example_that_is_one() -> None:
    for field, example in FIELDS.items():
        found = read_search(example)
        assert [one.field for one in found.filters] == [field] if field != "sort" else found.sort == "loss"
