"""Ideas of the field by name: which ones does a text speak of, whatever words it takes?

`glossary.txt` has a line for each idea: its names, as terms, abbreviations and flags are written, and how one says it
in plain words. It was written from what is known in the field, and knows nothing of anybody's experiments.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from goldfish.domain.stems import stems

MOST = 12  # ideas that a text can speak of, …
LEAST = 0.2  # … each at least so clearly, beside the clearest one
NAMED = 3.0  # what it counts, in words, that a text has the very name of an idea
SAID = 0.7  # what a word counts that is only in the plain words, beside one that is a name; of longer names: …
PART = 0.8  # … a word that is a part of one, and what all of a phrase counts beside all of a name
WHOLE = 0.5  # what it counts that much of one name or phrase was said, beside words from here and there
MORE = 0.3  # what other names and phrases count beside the one that was said best


@dataclass(frozen=True)
class Idea:
    """An entry of the glossary."""

    name: str
    names: tuple[tuple[str, ...], ...]  # the stems of each name …
    phrases: tuple[tuple[str, ...], ...]  # … and of each way of saying it
    words: Mapping[str, float]  # stem → how much it says

    @classmethod
    def read(cls, line: str) -> Idea:
        """From a line: names, a colon, plain words."""
        written, _, said = line.partition(":")
        called = [name.strip() for name in written.split(",")]
        names = tuple(tuple(stems(name)) for name in called)
        words = dict.fromkeys(stems(said), SAID)
        for name in names:
            for stem in name:
                words[stem] = max(words.get(stem, 0.0), 1.0 if len(name) == 1 else PART)
        phrases = tuple(tuple(stems(phrase)) for phrase in said.split(","))
        return cls(called[0], tuple(filter(None, names)), tuple(filter(None, phrases)), words)


class _Phrase(NamedTuple):
    """A name of an idea, or a phrase that says it."""

    idea: int
    counts: float
    says: float  # what all its words say


class Glossary:
    """All ideas, found by their words."""

    def __init__(self, ideas: Sequence[Idea]) -> None:
        self.ideas = ideas
        among = Counter(stem for idea in ideas for stem in idea.words)
        self._rarity = {stem: math.log((len(ideas) + 1) / (count + 0.5)) for stem, count in among.items()}
        self._found: dict[str, list[tuple[int, float]]] = {stem: [] for stem in among}
        self._within: dict[str, list[int]] = {stem: [] for stem in among}  # stem → phrases
        self._named: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._phrases: list[_Phrase] = []
        for number, idea in enumerate(ideas):
            self._add(number, idea)

    def _add(self, number: int, idea: Idea) -> None:
        for counts, phrases in ((1.0, idea.names), (PART, idea.phrases)):
            for phrase in map(set, phrases):
                for stem in phrase:
                    self._within[stem].append(len(self._phrases))
                self._phrases.append(_Phrase(number, counts, sum(self._rarity[stem] for stem in phrase)))
        weights = {stem: weight * self._rarity[stem] for stem, weight in idea.words.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        for stem, weight in weights.items():
            self._found[stem].append((number, weight / length))
        for name in idea.names:
            self._named[name[0]].append((name, number))

    def spoken_of(self, said: Sequence[str], telling: Callable[[str], float]) -> dict[int, float]:
        """The ideas that stems in order speak of, and how clearly. `telling` is what each says where it was said."""
        clear: dict[int, float] = defaultdict(float)
        heard: dict[int, float] = defaultdict(float)
        for stem in dict.fromkeys(said):
            rarity = self._rarity.get(stem)
            if rarity is None or not (says := math.sqrt(telling(stem) * rarity)):
                continue
            for number, weight in self._found[stem]:
                clear[number] += weight * says
            for phrase in self._within[stem]:
                heard[phrase] += says
        for number, value in self._in_phrases(heard).items():
            clear[number] += WHOLE * value
        best = dict(heapq.nsmallest(MOST, clear.items(), key=lambda item: (-item[1], item[0])))
        for number, name in self._names_in(said).items():
            best[number] = clear[number] + NAMED * sum(map(telling, name)) / len(name) / USUALLY
        least = LEAST * max(best.values(), default=0.0)
        return {number: value for number, value in best.items() if value > 0 and value >= least}

    def _in_phrases(self, heard: Mapping[int, float]) -> dict[int, float]:
        """How clearly phrases speak of ideas, from what was heard of each."""
        best: dict[int, float] = {}
        total: dict[int, float] = {}
        for number, says in heard.items():
            idea, counts, whole = self._phrases[number]
            value = counts * says * says / whole if says < whole else counts * says
            if idea in total:
                total[idea] += value
                best[idea] = max(best[idea], value)
            else:
                total[idea] = best[idea] = value
        return {idea: value + MORE * (total[idea] - value) for idea, value in best.items()}

    def _names_in(self, said: Sequence[str]) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        for place, stem in enumerate(said):
            for name, number in self._named.get(stem, ()):
                if number not in found and (len(name) == 1 or tuple(said[place : place + len(name)]) == name):
                    found[number] = name
        return found


USUALLY = 5.0  # what a rare word says: the logarithm of some hundred


@cache
def glossary() -> Glossary:
    """The glossary, read once."""
    text = files("goldfish.queries.similarity").joinpath("glossary.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return Glossary([Idea.read(line) for line in lines if line and not line.startswith("#")])
