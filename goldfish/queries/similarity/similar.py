"""The earlier experiments most like an idea: a sentence, a config, or both. No model is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import JsonValue

from goldfish.domain.stems import stems
from goldfish.projections.projector import View
from goldfish.queries.similarity.answer import Candidate, Similar
from goldfish.queries.similarity.glossary import Glossary, glossary
from goldfish.queries.similarity.picking import Counts, Rarity, pick
from goldfish.queries.similarity.records import Record, records, settings_said
from goldfish.queries.similarity.saying import outcome, settings_of, why
from goldfish.queries.similarity.settings import likeness
from goldfish.queries.similarity.wording import Meant, Wording

THRESHOLD = 0.42
"""From here on an idea counts as tried. Measured; see docs/how-to/already-tried.md."""

OF_SETTINGS = 0.2  # what settings can add, of what words leave open


class Idea:
    """What somebody has in mind."""

    def __init__(self, text: str, settings: Mapping[str, JsonValue]) -> None:
        self.settings = settings
        self.wording = Wording.of([(1.0, stems(text)), *settings_said(dict(settings))])


def similar(view: View, idea: Idea, *, exclude: Collection[str] = (), limit: int = 5) -> Similar:
    """The experiments most like an idea, one for each item. `exclude` are runs and items that are left out.

    `limit` is kept between 1 and 50.
    """
    known = glossary()
    counts = Counts(view)
    positions = pick(view, counts, idea.wording, known)
    found = [record for record in records(view, positions) if not {record.row["run"], record.item} & set(exclude)]
    wordings = [record.wording() for record in found]
    rarity = counts.rarity({*idea.wording.counts, *(stem for one in wordings for stem in one.counts)})
    asked = Meant(idea.wording, rarity, known)
    scored = [
        (_score(idea, asked, record, meant, rarity), record, meant)
        for record, meant in ((record, Meant(one, rarity, known)) for record, one in zip(found, wordings, strict=True))
    ]
    scored.sort(key=lambda one: (-one[0], -one[1].row["position"]))
    best: dict[str, Candidate] = {}
    for score, record, meant in scored:
        if score <= 0:
            break
        if record.item in best:
            best[record.item].rounds.append(record.id)
        elif len(best) < max(1, min(limit, 50)):
            best[record.item] = _candidate(score, idea, asked, record, meant, rarity, known)
    candidates = list(best.values())
    return Similar(
        as_of=view.position,
        flagged=bool(candidates) and candidates[0].score >= THRESHOLD,
        threshold=THRESHOLD,
        candidates=candidates,
        compared=counts.every,
    )


def _score(idea: Idea, asked: Meant, record: Record, meant: Meant, rarity: Rarity) -> float:
    by_settings = likeness(idea.settings, record.changed, rarity) if idea.settings and record.changed else 0.0
    return 1 - (1 - asked.likeness(meant)) * (1 - OF_SETTINGS * by_settings)


def _candidate(
    score: float, idea: Idea, asked: Meant, record: Record, meant: Meant, rarity: Rarity, known: Glossary
) -> Candidate:
    said, tested = outcome(record)
    return Candidate(
        id=record.id,
        run=record.row["run"],
        score=round(score, 3),
        why=why(asked, idea.settings, record, meant, rarity, known),
        outcome=said,
        tested=tested,
        ended=record.row["outcome"],
        verdict=record.row["verdict"],
        title=record.row["description"] or "",
        known=record.known,
        settings=settings_of(idea.settings, record),
    )
