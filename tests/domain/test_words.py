"""Words as they are compared."""

from __future__ import annotations

import re

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.words import ENDING, SMALL, WORD_IN_SQL, words


def test_small_words_and_endings_do_not_count() -> None:
    assert words("We try smaller steps, and the step was halved") == ["smaller", "step", "step", "halv"]


def test_numbers_stay_whole_and_names_fall_apart() -> None:
    assert words("lr 3e-4 instead of 0.001 for weight_decay") == ["lr", "3e-4", "instead", "0.001", "weight", "decay"]


@given(st.text(st.sampled_from("abeinsgd ÄéßЖ1.-_e中"), max_size=20))
def test_sql_hears_the_same_words(text: str) -> None:
    rows = duckdb.execute(
        "SELECT regexp_replace(t, ?, '\\1') FROM (SELECT unnest(regexp_extract_all(lower(?), ?)) AS t)",
        [ENDING, text, WORD_IN_SQL],
    ).fetchall()
    assert [word for (word,) in rows if word not in SMALL] == [w for w in words(text) if w not in SMALL]


def test_a_small_word_is_small_after_its_ending_is_cut_as_well() -> None:
    assert all(re.fullmatch(r"[a-z]+", word) for word in SMALL)
