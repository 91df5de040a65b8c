"""Stems, by which experiments are found that are worded otherwise."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.stems import JOINED, OUR, SUFFIX, stem, stems
from goldfish.domain.words import SMALL, WORD_IN_SQL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("optimiser", "optimizers"),
        ("normalisation", "normalize"),
        ("regularization", "regularised"),
        ("neighbours", "neighbor"),
        ("averaging", "averages"),
        ("weightDecay", "weight_decay"),
    ],
)
def test_spellings_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


def test_numbers_stay_whole_and_small_words_do_not_count() -> None:
    assert stems("with the lr at 3e-4") == ["lr", "3e-4"]


@given(st.text(st.sampled_from("aeiourszngdtlynABZ 1.-_é中"), max_size=24))
def test_sql_cuts_the_same_stems(text: str) -> None:
    rows = duckdb.execute(
        r"""
        SELECT regexp_replace(regexp_replace(token, $1, 'or\1'), $2, '\1'), token
        FROM (SELECT unnest(regexp_extract_all(lower(regexp_replace($3, $4, '\1 \2', 'g')), $5)) AS token)
        """,
        [OUR, SUFFIX, text, JOINED, WORD_IN_SQL],
    ).fetchall()
    assert [found for found, token in rows if token not in SMALL] == stems(text)


@given(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=30))
def test_a_stem_begins_as_its_word_and_is_never_empty(word: str) -> None:
    assert stem(word)[:3] == word[:3] or word.startswith(stem(word)[:2])
