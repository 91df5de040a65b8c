"""The earlier experiments that may be like an idea, out of all, and how much words say in this ledger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from goldfish.projections.projector import View
from goldfish.projections.traits import NUMBER
from goldfish.queries.similarity.glossary import Glossary
from goldfish.queries.similarity.wording import Wording

PICKED = 150  # experiments that are compared in full
RELATED = 0.3  # what a word counts that belongs to an idea the text speaks of, beside a word of the text
FOREKNOWN = 10  # experiments, with none of the words, that a ledger is thought to begin with
USUAL = 0.5  # what is in more of them than this share says nothing

RECENT = 10_000  # runs among which it is counted what is rare: the habits of a project are those of its newest runs

_RECENT = f"""
    WITH recent AS (SELECT position FROM runs ORDER BY position DESC LIMIT {RECENT})
    SELECT count(*) AS runs, coalesce(min(position), 0) AS since, (SELECT count(*) FROM runs) AS every FROM recent
"""  # noqa: S608 constants
_COUNTED = f"""
    WITH asked AS (SELECT stem, {NUMBER.format("stem")} AS word FROM (SELECT unnest(?::VARCHAR[]) AS stem))
    SELECT stem, count(*) AS runs FROM asked JOIN idea_words USING (word) WHERE position >= ? GROUP BY stem
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


class Counts:
    """How often words occur among the newest experiments, counted once each."""

    def __init__(self, view: View) -> None:
        self._view = view
        row = view.rows(_RECENT)[0]
        self._runs, self._since = row["runs"], row["since"]
        self.every: int = row["every"]  # experiments that are known
        self._counts: dict[str, int] = {}

    def rarity(self, stems: Iterable[str]) -> Rarity:
        """How rare these are."""
        wanted = set(stems)
        new = sorted(wanted - self._counts.keys() - {""})
        if new:
            self._counts |= dict.fromkeys(new, 0)
            rows = self._view.rows(_COUNTED, new, self._since)
            self._counts |= {row["stem"]: row["runs"] for row in rows}
        return Rarity(self._runs, {stem: self._counts[stem] for stem in wanted if stem})


def pick(view: View, counts: Counts, asked: Wording, glossary: Glossary) -> list[int]:
    """The positions of the experiments that share most of the rare words, or of the words of the same ideas."""
    rarity = counts.rarity(asked.counts)
    spoken = glossary.spoken_of(asked.said, rarity)
    clearest = max(spoken.values(), default=1.0)
    related: dict[str, float] = {}
    for number, clear in spoken.items():
        for stem, part in glossary.ideas[number].words.items():
            related[stem] = max(related.get(stem, 0.0), RELATED * part * clear / clearest)
    rarity = counts.rarity({*asked.counts, *related})
    weights = {stem: share * rarity(stem) ** 2 for stem, share in related.items()}
    weights |= {stem: rarity(stem) ** 2 for stem in asked.counts}
    telling = [stem for stem, weight in weights.items() if weight > 0]
    rows = view.rows(_BEST, telling, [weights[stem] for stem in telling])
    return [row["position"] for row in rows]
