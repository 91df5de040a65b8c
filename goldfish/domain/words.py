"""The words of a text, so that two people who say the same differently are heard alike.

No model and no dictionary: small words are left out, and a plain ending is cut off. The same rules are used in Python
and in SQL, whose regular expressions know them both.
"""

from __future__ import annotations

import re

WORD = r"[^\W\d_]+|[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?"
WORD_IN_SQL = r"\p{L}+|[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?"
ENDING = r"^(.{3,}?)(?:ations?|ings?|ed|es|s|e)$"
_SMALL = """
    a an and are as at be been but by can do does for from had has have if in into is it its may more no not of off on
    one only or our run see should so such than that the their them then there these they this to too try two up use
    used using was we were what when whether which while will with without would
"""
SMALL = frozenset(_SMALL.split())

_WORD = re.compile(WORD)
_ENDING = re.compile(ENDING)


def words(text: str) -> list[str]:
    """The words of a text in order, without small ones and endings: "Smaller steps" is ["smaller", "step"]."""
    return [_ENDING.sub(r"\1", token) for token in _WORD.findall(text.lower()) if token not in SMALL]
