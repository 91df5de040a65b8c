"""The few runs that may be near a new one, out of all: those that share most of what is rare about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goldfish.domain.canonical import canonical
from goldfish.domain.event import JsonObject
from goldfish.projections.projector import View
from goldfish.projections.traits import NUMBER, VALUE, WORK
from goldfish.queries.likeness import Rarity, Sketch

RECENT = 10_000  # events in which it is counted what is rare: a project's habits are those of its newest runs
LATELY = 200_000  # events in which runs are looked for that turned the same setting to another value
PICKED = 30  # runs that are compared in full
SHARE = 0.3  # of all runs may be looked at for what is set, and for what is said; …
FEWEST = 4  # … but never are fewer settings or words than these asked for

_COUNTED = f"""
    WITH asked AS (
        SELECT unnest(?::VARCHAR[]) AS text, unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS value
    ), given AS (
        SELECT text, {NUMBER.format(f"CASE WHEN value IS NULL THEN text ELSE {VALUE} END")} AS number FROM asked
    ), recent AS MATERIALIZED (
        SELECT name, trait, position FROM traits WHERE position > ?
    ), counts AS (
        SELECT name, trait, count(*) AS runs FROM recent GROUP BY name, trait
    ), names AS (
        SELECT name, max(runs) AS most, arg_max(trait, runs) AS usual, sum(runs)::BIGINT AS present FROM counts
        WHERE name IN (SELECT number FROM given) GROUP BY name
    )
    SELECT text, number, coalesce(counts.runs, 0) AS runs, most, usual, present,
           (SELECT count(DISTINCT position) FROM recent) AS among
    FROM given LEFT JOIN counts ON number = counts.trait LEFT JOIN names ON number = names.name
"""  # noqa: S608 constants

_BEST = f"""
    WITH given AS (
        SELECT unnest(?::UINTEGER[]) AS number, unnest(?::DOUBLE[]) AS weight
        UNION ALL
        SELECT {NUMBER.format(WORK.format("?::JSON"))}, 2
    ), hits AS (
        SELECT position, weight FROM traits JOIN given ON trait = number
        UNION ALL
        SELECT position, weight
        FROM traits JOIN (SELECT unnest(?::UINTEGER[]) AS turned, unnest(?::DOUBLE[]) AS weight) ON name = turned
        WHERE position > ? AND trait NOT IN (SELECT unnest(?::UINTEGER[]))
    )
    SELECT position FROM hits GROUP BY position ORDER BY sum(weight) DESC, position DESC LIMIT {PICKED}
"""  # noqa: S608 constants


@dataclass(frozen=True, slots=True)
class Counted:
    """How rare the settings and words of some experiments are, and the numbers by which runs are found."""

    rarity: Rarity
    numbers: Mapping[str, int]
    usual: Mapping[str, int]  # setting → the number of its commonest value


def count(view: View, sketches: Sequence[Sketch]) -> Counted:
    """Count all that is set and said in some experiments among the newest runs."""
    pairs = {(name, canonical(value)) for one in sketches for name, value in one.settings.items()}
    traits = {_trait(name, value): (name, value) for name, value in pairs}
    names, terms = {name for name, _ in pairs}, {word for one in sketches for word in one.words}
    plain = sorted(names | terms)
    texts = [*traits, *plain]
    settings = [name for name, _ in traits.values()] + [None] * len(plain)
    values = [value.decode() for _, value in traits.values()] + [None] * len(plain)
    rows = view.rows(_COUNTED, texts, settings, values, view.position - RECENT)
    found = {row["text"]: row for row in rows}
    among = rows[0]["among"] if rows else 0
    known = [name for name in names if found[name]["most"] is not None]
    rarity = Rarity(
        runs=among,
        values={pair: found[text]["runs"] for text, pair in traits.items()},
        usual={name: max(found[name]["most"], among - found[name]["present"]) for name in known},
        words={term: found[term]["runs"] for term in terms},
    )
    numbers = {text: row["number"] for text, row in found.items()}
    return Counted(rarity, numbers, {name: found[name]["usual"] for name in known})


def pick(view: View, asked: Sketch, work: JsonObject) -> list[int]:
    """The positions of the runs that share most of what says something about a new one, the newest of equals first.

    What is set and what is said count alike, however many settings or words there are. A setting that is turned from
    what is usual finds the newer runs that turned it too; the very same `work` finds itself.
    """
    counted = count(view, [asked])
    rarity = counted.rarity
    pairs = {_trait(name, canonical(value)): (name, value) for name, value in asked.settings.items()}
    said = _telling({term: rarity.of_word(term) ** 2 for term in asked.words}, rarity.words, rarity.runs)
    traits = {text: rarity.of_value(*pair) for text, pair in pairs.items()}
    names = {name: rarity.of_change(name) / 2 for text, (name, _) in pairs.items() if traits[text] > 0}
    runs = {text: rarity.values[name, canonical(value)] for text, (name, value) in pairs.items()}
    runs |= {name: rarity.runs - rarity.usual.get(name, rarity.runs) for name in names}
    is_set = _telling({**traits, **names}, runs, rarity.runs)
    found = {text: weight for text, weight in {**said, **is_set}.items() if text not in names}
    turned = {name: is_set[name] for name in names if name in is_set and name in counted.usual}
    rows = view.rows(
        _BEST,
        [counted.numbers[text] for text in found],
        list(found.values()),
        canonical(work).decode(),
        [counted.numbers[name] for name in turned],
        list(turned.values()),
        view.position - LATELY,
        [counted.usual[name] for name in turned],
    )
    return [row["position"] for row in rows]


def _telling(weights: Mapping[str, float], runs: Mapping[str, int], among: int) -> dict[str, float]:
    """The rarest of these, which together bring up no more runs than there are times `SHARE`; summing up to 1."""
    chosen: dict[str, float] = {}
    brought = 0
    for text in sorted(weights, key=lambda text: runs[text]):
        brought += runs[text]
        if weights[text] > 0 and (brought <= SHARE * among or len(chosen) < FEWEST):
            chosen[text] = weights[text]
    total = sum(chosen.values())
    return {text: weight / total for text, weight in chosen.items()}


def _trait(name: str, value: bytes) -> str:
    """A setting with its value, as a name for it here."""
    return f"{name}={value.decode()}"
