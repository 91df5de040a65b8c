"""The earlier experiments that may be like an idea, out of all, and how much words say in this ledger."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from goldfish.projections.projector import View
from goldfish.projections.traits import NUMBER
from goldfish.queries.similarity.glossary import Glossary
from goldfish.queries.similarity.wording import Wording

PICKED = 150  # experiments that are compared in full
RELATED = 0.3  # what a word counts that belongs to an idea the text speaks of, beside a word of the text
FOREKNOWN = 10  # experiments, with none of the words, that a ledger is thought to begin with
USUAL = 0.5  # what is in more of them than this share says nothing

_COUNTED = f"""
    WITH asked AS (SELECT stem, {NUMBER.format("stem")} AS word FROM (SELECT unnest(?::VARCHAR[]) AS stem))
    SELECT stem, count(position) AS runs FROM asked LEFT JOIN idea_words USING (word) GROUP BY stem
"""  # noqa: S608 constants
_BEST = f"""
    WITH asked AS (
        SELECT {NUMBER.format("stem")} AS word, weight
        FROM (SELECT unnest(?::VARCHAR[]) AS stem, unnest(?::DOUBLE[]) AS weight)
    )
    SELECT position FROM idea_words JOIN asked USING (word)
    GROUP BY position ORDER BY sum(weight) DESC, position DESC LIMIT {PICKED}
"""  # noqa: S608 constants


class Rarity:
    """How many of `runs` experiments have each word. What was not counted is unheard of."""

    def __init__(self, runs: int, counts: Mapping[str, int]) -> None:
        self.runs = runs
        among = runs + FOREKNOWN
        self._unheard = math.log((among + 1) / 0.5)
        self._says = {
            stem: 0.0 if count > USUAL * among else math.log((among + 1) / (count + 0.5))
            for stem, count in counts.items()
        }
        self._says[""] = 0.0

    def __call__(self, stem: str) -> float:
        """How much a word says: the logarithm of how rare it is."""
        return self._says.get(stem, self._unheard)


def rarity_of(view: View, stems: Collection[str]) -> Rarity:
    """How rare words are among all experiments."""
    row = view.row("SELECT count(*) AS runs FROM runs")
    counted = view.rows(_COUNTED, sorted(set(stems) - {""}))
    return Rarity(row["runs"] if row else 0, {found["stem"]: found["runs"] for found in counted})


def pick(view: View, asked: Wording, glossary: Glossary) -> list[int]:
    """The positions of the experiments that share most of the rare words, or of the words of the same ideas."""
    rarity = rarity_of(view, asked.counts)
    spoken = glossary.spoken_of(asked.said, rarity)
    clearest = max(spoken.values(), default=1.0)
    related: dict[str, float] = {}
    for number, clear in spoken.items():
        for stem, part in glossary.ideas[number].words.items():
            related[stem] = max(related.get(stem, 0.0), RELATED * part * clear / clearest)
    rarity = rarity_of(view, {*asked.counts, *related})
    weights = {stem: share * rarity(stem) ** 2 for stem, share in related.items()}
    weights |= {stem: rarity(stem) ** 2 for stem in asked.counts}
    telling = [stem for stem, weight in weights.items() if weight > 0]
    rows = view.rows(_BEST, telling, [weights[stem] for stem in telling])
    return [row["position"] for row in rows]
