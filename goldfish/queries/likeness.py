"""How alike two experiments are: what is set in them, and what is said about them. Pure arithmetic.

What a researcher means by "nearly the same" is not that most settings agree: in most projects nearly all of them always
do. It is that the unusual agrees. So every agreement counts as much as it surprises (the logarithm of how rare the
value, or the word, is in the project), and what nearly every run has counts nothing.

- A setting that both have and few others do counts in full.
- A setting that both changed from what is usual, to different values, counts by half, and by more the closer the two
  numbers are: it is the same question. In a project where everybody changes it, it counts only by that closeness.
- Words count as in any search (TF-IDF cosine), and so do pairs of words in order: two texts about "surface loss weight"
  are more alike than one about the loss on surfaces and one about weight decay.

Both parts are between 0 and 1, and are put together like independent hints: 1 - (1 - words) (1 - settings / 2).
Settings alone never say more than 0.5, unless all of them, the code and the inputs are the same: that is 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pydantic import JsonValue

from goldfish.domain.canonical import canonical
from goldfish.domain.words import words

NEAR = 0.25
"""From here on a run is called near. Measured on 351 experiments of a laboratory; see docs/how-to/already-tried.md."""

FOREKNOWN = 10  # texts of others, with none of the words, that a project is thought to begin with
USUAL = 0.5  # what more runs than this share have is usual: it says nothing


@dataclass(frozen=True)
class Sketch:
    """What is compared of an experiment: settings and inputs by name, and the words of its reason."""

    settings: Mapping[str, JsonValue]
    words: tuple[str, ...]
    code: str | None = None  # the tree: compared as a whole

    @classmethod
    def of(cls, settings: Mapping[str, JsonValue], text: str, code: str | None = None) -> Sketch:
        """With the words of a text."""
        return cls(settings, tuple(words(text)), code)


@dataclass(frozen=True)
class Rarity:
    """How often settings, values and words occur among `runs` runs of a project. What is not counted is unheard of."""

    runs: int
    values: Mapping[tuple[str, bytes], int] = field(default_factory=dict)  # setting and canonical JSON of the value
    usual: Mapping[str, int] = field(default_factory=dict)  # setting → runs with its commonest value, or without it
    words: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def among(cls, sketches: Sequence[Sketch]) -> Rarity:
        """Counted from all of some experiments."""
        values = Counter((name, canonical(value)) for one in sketches for name, value in one.settings.items())
        present = Counter(name for one in sketches for name in one.settings)
        usual = {name: len(sketches) - count for name, count in present.items()}
        for (name, _), count in values.items():
            usual[name] = max(usual[name], count)
        return cls(len(sketches), values, usual, Counter(word for one in sketches for word in set(one.words)))

    def of_value(self, name: str, value: JsonValue) -> float:
        """What it says that a setting has this value; 0 where that is usual."""
        return self._surprise(self.values.get((name, canonical(value)), 0))

    def of_change(self, name: str) -> float:
        """What it says that a setting has any other than its usual value; 0 where it is changed as a rule."""
        usual = self.usual.get(name, self.runs)
        return self._surprise(self.runs - usual if usual > USUAL * self.runs else self.runs)

    def of_word(self, word: str) -> float:
        """What it says that a text has this word."""
        return self._heard(self.words.get(word, 0))

    def of_pair(self, one: str, other: str) -> float:
        """What it says that a text has two words in this order: half as common as the rarer of them."""
        return self._heard(min(self.words.get(one, 0), self.words.get(other, 0)) / 2)

    def _surprise(self, runs: float) -> float:
        return 0.0 if runs > USUAL * self.runs else math.log((self.runs + 1) / (runs + 0.5))

    def _heard(self, runs: float) -> float:
        """Of words something is known before the first run: in a young project, few that come twice are usual."""
        among = self.runs + FOREKNOWN
        return 0.0 if runs > USUAL * among else math.log((among + 1) / (runs + 0.5))


def likeness(one: Sketch, other: Sketch, rarity: Rarity) -> float:
    """How alike they are, from 0 to 1."""
    settings = 1.0 if _same_work(one, other) else min(1.0, of_settings(one, other, rarity)) / 2
    return 1 - (1 - of_words(one, other, rarity)) * (1 - settings)


def of_settings(one: Sketch, other: Sketch, rarity: Rarity) -> float:
    """How much of what is unusual about their settings they share."""
    shared = left = right = 0.0
    for name in {**one.settings, **other.settings}:
        mine = rarity.of_value(name, one.settings[name]) if name in one.settings else 0.0
        its = rarity.of_value(name, other.settings[name]) if name in other.settings else 0.0
        left, right = left + mine, right + its
        if mine and its:
            alike = same(one.settings[name], other.settings[name])
            shared += mine if alike else _nearly(one.settings[name], other.settings[name], mine, its, rarity, name)
    return shared / math.sqrt(left * right) if left and right else 0.0


def of_words(one: Sketch, other: Sketch, rarity: Rarity) -> float:
    """The cosine of what their words and pairs of words say."""
    left, right = _weights(one.words, rarity), _weights(other.words, rarity)
    product = sum(weight * right.get(term, 0.0) for term, weight in left.items())
    return product / math.sqrt(_square(left) * _square(right)) if product else 0.0


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equal as values: 3e-4 is 0.0003 and 1 is 1.0, but 1 is not true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return left == right


def _same_work(one: Sketch, other: Sketch) -> bool:
    equal = one.code is not None and one.code == other.code and one.settings.keys() == other.settings.keys()
    return equal and all(same(value, other.settings[name]) for name, value in one.settings.items())


def _nearly(left: JsonValue, right: JsonValue, mine: float, its: float, rarity: Rarity, name: str) -> float:
    most = math.sqrt(mine * its)
    return min(0.9 * most, rarity.of_change(name) / 2 + 0.4 * closeness(left, right) * most)


def closeness(left: JsonValue, right: JsonValue) -> float:
    """1 for equal numbers, a half where one is twice the other, 0 for what is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return 0.0
    if not isinstance(left, int | float) or not isinstance(right, int | float) or (left > 0) != (right > 0):
        return 0.0
    low, high = sorted((abs(left), abs(right)))
    return low / high if high else 1.0


def _weights(terms: tuple[str, ...], rarity: Rarity) -> dict[str, float]:
    counts = Counter(terms)
    pairs = Counter(pairwise(terms))
    weights = {term: (1 + math.log(count)) * rarity.of_word(term) for term, count in counts.items()}
    for (first, second), count in pairs.items():
        weights[f"{first} {second}"] = (1 + math.log(count)) * rarity.of_pair(first, second)
    return weights


def _square(weights: Mapping[str, float]) -> float:
    return sum(weight * weight for weight in weights.values())
