"""How alike two wordings are: by their words, by parts of words, and by the ideas that they speak of.

All three are cosines, so that one shared common word says little and one shared rare word says much: `rarity` is how
much a word says in this ledger. Parts of words find `optim` in `optimiser`; ideas find what is said quite differently.
A short text that is matched in full is less sure than a long one: `DOUBT` is what either side is thought to leave out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from goldfish.queries.similarity.glossary import Glossary

K = TypeVar("K", str, int)

PARTS = 4  # letters in a part of a word
OF_PARTS = 0.5  # what parts count, beside words and ideas, which count 1 each
DOUBT = 10.0  # in squares of what words say: less than one rare word …
DOUBT_OF_IDEAS = 2.5  # … and about one idea that is hinted at


@dataclass(frozen=True, slots=True)
class Wording:
    """What was said: how often each stem, by what it counts, and all of them in order."""

    counts: Mapping[str, float]
    said: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[tuple[float, Sequence[str]]]) -> Wording:
        """From the stems of texts, each with what it counts."""
        counts: dict[str, float] = defaultdict(float)
        said: list[str] = []
        for weight, stems in texts:
            for stem in stems:
                counts[stem] += weight
            said += [*stems, ""]  # names of ideas do not reach from one text into the next
        return cls(dict(counts), tuple(said))


class Meant:
    """A wording seen with one ledger's eyes."""

    def __init__(self, wording: Wording, rarity: Callable[[str], float], glossary: Glossary) -> None:
        self.words = {stem: math.log2(1 + count) * rarity(stem) for stem, count in wording.counts.items()}
        self.parts = _parts(self.words)
        spoken = glossary.spoken_of(wording.said, rarity)
        self.ideas = {number: math.sqrt(clear) for number, clear in spoken.items()}
        self._squares = (_square(self.words), _square(self.parts), _square(self.ideas))

    def likeness(self, other: Meant) -> float:
        """From 0 to 1."""
        words = _cosine(self.words, other.words, self._squares[0] + DOUBT, other._squares[0] + DOUBT)
        parts = _cosine(self.parts, other.parts, self._squares[1] + DOUBT, other._squares[1] + DOUBT)
        doubt = DOUBT_OF_IDEAS
        ideas = _cosine(self.ideas, other.ideas, self._squares[2] + doubt, other._squares[2] + doubt)
        return (words + ideas + OF_PARTS * parts) / (2 + OF_PARTS)


def _parts(words: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for stem, says in words.items():
        if says:
            pieces = _pieces(stem)
            share = says / math.sqrt(len(pieces))
            for piece in pieces:
                found[piece] = found.get(piece, 0.0) + share
    return found


@lru_cache(maxsize=50_000)
def _pieces(stem: str) -> tuple[str, ...]:
    whole = f"<{stem}>"
    return tuple(whole[at : at + PARTS] for at in range(max(1, len(whole) - PARTS + 1)))


def _square(vector: Mapping[str, float] | Mapping[int, float]) -> float:
    return sum(value * value for value in vector.values())


def _cosine(one: Mapping[K, float], other: Mapping[K, float], square: float, other_square: float) -> float:
    if len(other) < len(one):
        one, other = other, one
    product = sum(value * other[key] for key, value in one.items() if key in other)
    return product / math.sqrt(square * other_square) if product else 0.0
