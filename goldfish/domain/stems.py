"""The stems of a text's words: what is left when endings are cut off, so that "optimisers" and "optimizing" meet.

Cut harder than in `goldfish.domain.words`, where a wrong match costs more: here every match is only a hint among many.
The same rules are used in Python and in SQL, whose regular expressions know them both.
"""

from __future__ import annotations

import re
from functools import lru_cache

from goldfish.domain.words import SMALL, WORD

JOINED = r"([a-z])([A-Z])"  # lossWeight is two words
OUR = r"our(s?|ed|ing)$"  # neighbour and neighbor are one word
SUFFIX = (
    r"^(.{3,}?)(?:[iy][sz]ations?|ations?|[iy][sz](?:e[drs]?|ers|ing)|ings?|[eo]rs?|ies|y|ed|es|s|e|ly|al|ness|ments?"
    r"|ive)$"
)

_WORD = re.compile(WORD)
_JOINED = re.compile(JOINED)
_OUR = re.compile(OUR)
_SUFFIX = re.compile(SUFFIX)


def tokens(text: str) -> list[str]:
    """The words of a text in order, in small letters, without small words: `surf_lossWeight` is three."""
    return [word for word in _WORD.findall(_JOINED.sub(r"\1 \2", text).lower()) if word not in SMALL]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """One word without its ending."""
    return _SUFFIX.sub(r"\1", _OUR.sub(r"or\1", word))


def stems(text: str) -> list[str]:
    """The stems of a text in order."""
    return [stem(word) for word in tokens(text)]
