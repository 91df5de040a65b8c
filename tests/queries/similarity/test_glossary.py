"""The glossary: well formed, and of use for what is said in other words."""

from __future__ import annotations

from collections import Counter

import pytest

from goldfish.domain.stems import stems
from goldfish.queries.similarity.glossary import LEAST, MOST, Glossary, Idea, glossary


def spoken(text: str) -> list[str]:
    """The names of the ideas, the clearest first, where all words say the same."""
    found = glossary().spoken_of(stems(text), lambda _: 5.0)
    return [glossary().ideas[number].name for number in sorted(found, key=lambda number: -found[number])]


def test_every_idea_has_names_and_is_said_in_plain_words() -> None:
    lacking = [idea.name for idea in glossary().ideas if not idea.names or not idea.phrases]
    assert lacking == []


def test_no_two_ideas_have_one_first_name() -> None:
    assert [name for name, count in Counter(idea.name for idea in glossary().ideas).items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("wd 0.1", "weight decay"),
        ("shrink the parameters towards zero", "weight decay"),
        ("EMA", "ema"),
        ("a smoothed copy of the weights for evaluation", "ema"),
        ("averaged outputs of many networks", "ensemble"),
        ("imitate a bigger model", "knowledge distillation"),
        ("start with small steps and let them grow", "warmup"),
        ("sines and cosines of the coordinates", "fourier features"),
        ("switch units off at random", "dropout"),
    ],
)
def test_an_idea_is_heard_by_its_name_its_abbreviation_and_in_other_words(text: str, name: str) -> None:
    assert name in spoken(text)[:5]


def test_what_says_nothing_speaks_of_nothing() -> None:
    assert glossary().spoken_of(stems("weight decay"), lambda _: 0.0) == {}
    assert spoken("xyzzy quux") == []
    assert spoken("") == []


def test_a_text_speaks_of_few_ideas_each_clear_enough() -> None:
    heard = glossary().spoken_of(stems("more or less of everything, at random, for each part of it"), lambda _: 1.0)
    assert 0 < len(heard) <= MOST
    assert min(heard.values()) >= LEAST * max(heard.values())


def test_the_very_name_counts_more_than_its_words_apart() -> None:
    known = Glossary([Idea.read("deep supervision, aux loss: judge middle layers"), Idea.read("depth: more layers")])
    named = known.spoken_of(stems("deep supervision"), lambda _: 1.0)
    apart = known.spoken_of(stems("supervision that is deep"), lambda _: 1.0)
    assert named[0] > apart[0] > 0
