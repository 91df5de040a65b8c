"""How many tokens a text costs whoever reads it with a language model: an estimate that is rather too high.

There is no one tokenizer, and none of them is here. A text is cut as they all cut it, into pieces of words, numbers,
signs and letters of other scripts, so small that the common vocabularies need fewer. docs/how-to/orientation.md tells
what was measured.
"""

from __future__ import annotations

import re
from typing import Final

DEFAULT: Final = 2_000  # tokens of an answer, unless another number is asked for
MOST: Final = 20_000  # clients refuse answers of 25,000

_UNSPOKEN: Final = "[b-df-hj-np-tv-xz]"  # four of them in a row are seldom a word that a vocabulary knows
_PIECE: Final = re.compile(
    rf"{_UNSPOKEN}{{2}}(?={_UNSPOKEN}{{2}})"
    r"|[A-Z]?[a-z]{1,5}|[A-Z]{1,2}|[0-9]{1,2}|[!-/:-@\[-`{-~]| {2,}|[\x00-\x1f\x7f]|[\u0370-\u04ff]"
)
_NEAR: Final = re.compile(r"[\x00-\x7f\u0370-\u04ff]+")  # what is counted by letters; all else by bytes


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many."""
    pieces = len(_PIECE.findall(text))
    if text.isascii():
        return pieces
    return pieces + -(-3 * len(_NEAR.sub("", text).encode("utf-8", "surrogatepass")) // 4)
