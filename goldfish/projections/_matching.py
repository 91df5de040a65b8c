"""Words in the language of SQLite's full text search. What users type is always quoted: none of it is syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable

from goldfish.domain.search_grammar import Word

_LETTERS = re.compile(r"[^\W\d_]{4,}")
_ENDING = re.compile(r"(.{4,}?)(?:ations?|ings?|ed|es|s|e)", re.DOTALL)


def matches(word: Word) -> list[str]:
    """What finds a word, the widest first; none for signs alone, which no text is found by.

    A longer word finds others that begin as it does without its ending, too: "schedules" finds "scheduling". Texts that
    hold it as it is come first.
    """
    if not any(one.isalnum() for one in word.text):
        return []
    exact = quoted(word.text)
    if word.form == "prefix":
        return [f"{exact} *"]
    if word.form == "phrase" or not _LETTERS.fullmatch(word.text):
        return [exact]
    lower = word.text.lower()
    stem = _ENDING.fullmatch(lower)
    return [f"({exact} OR {quoted(stem[1] if stem else lower)} *)", exact]


def either(expressions: Iterable[str]) -> str:
    """Any of them."""
    return "(" + " OR ".join(expressions) + ")"


def both(expressions: Iterable[str]) -> str:
    """All of them, in one text."""
    return "(" + " AND ".join(expressions) + ")"


def quoted(text: str) -> str:
    """Text as text."""
    return '"' + text.replace('"', '""') + '"'
