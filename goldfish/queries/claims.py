"""How claims stand: whether what they compare differs by more than noise."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from goldfish.domain.claims import Assertion, asserted, direction_named, direction_told
from goldfish.domain.event import Value
from goldfish.domain.names import is_run
from goldfish.domain.noise import Contrast, contrast
from goldfish.domain.notes import Measured
from goldfish.domain.samples import Floor, Sample, pooled, sample
from goldfish.domain.specs import Direction
from goldfish.domain.suspicion import Suspicion
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.repetitions import floor_elsewhere, repetitions, values_of

MOST = 8  # metrics of one claim that names none


class Compared(Value):
    """A metric of both sides of a claim. `contrast` is None where it is not known which way is better."""

    metric: str
    direction: Direction | None
    runs: Sample
    against: Sample
    contrast: Contrast | None

    @property
    def is_better(self) -> bool | None:
        """Whether the runs of the claim did better; None where nobody knows."""
        return None if self.contrast is None else self.contrast.effect > 0


class ClaimStanding(Value):
    """What a claim asserts, by its words or else by its numbers, and how its numbers compare."""

    claim: str
    says: Assertion | None
    compared: list[Compared]

    @property
    def gains(self) -> bool:
        """Whether it claims that something is better."""
        if self.says is not None:
            return self.says == "better"
        return any(one.is_better is not False for one in self.compared)

    @property
    def differs(self) -> bool:
        """Whether it claims a difference: in words, or a gain by its numbers."""
        return self.says == "worse" or self.gains

    @property
    def established(self) -> bool | None:
        """Whether one of its metrics shows what it claims, beyond noise; None where the noise is unknown."""
        wanted = self.says != "worse"
        shown = [
            one.contrast is not None and one.contrast.standing == "established" and one.is_better == wanted
            for one in self.compared
        ]
        if any(shown):
            return True
        open_ = [one for one in self.compared if one.contrast is None or one.contrast.standing == "unknown"]
        return None if open_ or not self.compared else False


def standings(view: View, notes: Iterable[Row]) -> dict[str, ClaimStanding]:
    """How claims stand: rows of the model `thoughts` of the kind claim."""
    claims = [_Claim(row) for row in notes]
    mentioned = list(dict.fromkeys(run for claim in claims for run in (*claim.runs, *claim.against)))
    same = repetitions(view, mentioned)
    values = values_of(view, list({other for others in same.values() for other in others}))
    sides = {claim.note: claim.sides(values) for claim in claims}
    ways = _directions(view, claims, sides)
    floors: dict[str, Floor | None] = {}
    return {
        claim.note: ClaimStanding(
            claim=claim.note,
            says=claim.says,
            compared=[
                _compared(view, claim, metric, ways.get(metric), both, (same, values), floors)
                for metric, both in sides[claim.note].items()
            ],
        )
        for claim in claims
    }


def within_noise(
    view: View, suspicion: Suspicion, only: set[str] | None, among: list[str] | None = None
) -> tuple[list[str], list[str]]:
    """The claims of a gain (or of any difference) that their numbers do not establish; and those nobody can tell of."""
    rows = [row for row in claims_of(view, suspicion, among) if only is None or only & set(row["because"])]
    bad, unsure = [], []
    for claim, standing in standings(view, rows).items():
        claims_it = standing.gains if suspicion.noise == "gain" else standing.differs
        if claims_it and standing.established is False:
            bad.append(claim)
        elif claims_it and standing.established is None:
            unsure.append(claim)
    return bad, unsure


def compared_with(view: View, suspicion: Suspicion, only: set[str] | None, among: list[str] | None = None) -> list[str]:
    """The claims that compare with runs (or a group of runs) that are named."""
    named = suspicion.compared_with
    rows = view.rows(
        """
        SELECT run FROM runs WHERE run IN (SELECT unnest($1::VARCHAR[])) OR foreign_id IN (SELECT unnest($1::VARCHAR[]))
            OR run_group IN (SELECT unnest($1::VARCHAR[]))
        """,
        named,
    )
    runs = {row["run"] for row in rows}
    claims = [
        row for row in claims_of(view, suspicion, among) if runs & {ref.partition("/")[0] for ref in row["instead_of"]}
    ]
    return [row["note"] for row in claims if only is None or only & set(row["because"])]


def claims_of(view: View, suspicion: Suspicion, among: list[str] | None) -> list[Row]:
    """The claims within the time of a suspicion, about its metrics."""
    rows = view.rows(
        """
        SELECT * FROM thoughts WHERE kind = 'claim'
        AND coalesce(coalesce(happened_at, recorded_at) >= ?::TIMESTAMPTZ::TIMESTAMP, true)
        AND coalesce(coalesce(happened_at, recorded_at) <= ?::TIMESTAMPTZ::TIMESTAMP, true)
        AND (? OR note IN (SELECT unnest(?::VARCHAR[])))
        ORDER BY position
        """,
        suspicion.since,
        suspicion.until,
        among is None,
        among or [],
    )
    return [row for row in rows if not suspicion.metrics or _metric(row) in (None, *suspicion.metrics)]


def _metric(row: Row) -> str | None:
    return Measured.model_validate(json.loads(row["measured"] or "{}")).metric


class _Claim:
    """A claim as it was written down."""

    def __init__(self, row: Row) -> None:
        self.note: str = row["note"]
        self.text: str = row["text"]
        self.says = asserted(self.text)
        self.runs = _runs(row["because"])
        self.against = _runs(row["instead_of"])
        self.measured = Measured.model_validate(json.loads(row["measured"] or "{}"))

    def sides(self, values: dict[str, dict[str, float]]) -> dict[str, tuple[Sample, Sample]]:
        """The numbers of both sides for each metric that it can be about."""
        found = {}
        for metric in self._metrics(values):
            own, other = _sample(self.runs, metric, values), self._other(metric, values)
            if own is not None and other is not None:
                found[metric] = (other, own)
        return found

    def _metrics(self, values: dict[str, dict[str, float]]) -> list[str]:
        if self.measured.metric is not None:
            return [self.measured.metric]
        known = [metric for run in self.runs for metric in values.get(run, {})]
        shared = [metric for metric, _ in Counter(known).most_common()]
        named = [metric for metric in shared if re.search(rf"(?<!\w){re.escape(metric)}(?!\w)", self.text)]
        return (named or shared)[:MOST]

    def _other(self, metric: str, values: dict[str, dict[str, float]]) -> Sample | None:
        if self.against:
            return _sample(self.against, metric, values)
        if self.measured.value is None:
            return None
        among = self.measured.among or (1 if self.measured.deviation is None else 2)
        return Sample(n=among, mean=self.measured.value, sd=self.measured.deviation if among > 1 else None)


def _runs(refs: list[str]) -> list[str]:
    return list(dict.fromkeys(run for ref in refs if is_run(run := ref.partition("/")[0])))


def _sample(runs: list[str], metric: str, values: dict[str, dict[str, float]]) -> Sample | None:
    return sample(values[run][metric] for run in runs if metric in values.get(run, {}))


def _directions(
    view: View, claims: list[_Claim], sides: dict[str, dict[str, tuple[Sample, Sample]]]
) -> dict[str, Direction]:
    """Which way each metric is better: as specs say, or else as most claims take it, or else by its name."""
    rows = view.rows("SELECT metric, max_by(direction, position) AS direction FROM results GROUP BY metric")
    said: dict[str, Direction] = {row["metric"]: row["direction"] for row in rows if row["direction"]}
    votes: dict[str, Counter[Direction]] = {}
    for claim in claims:
        told = sides[claim.note]
        for metric, (before, after) in told.items() if len(told) == 1 else ():
            if (way := direction_told(claim.says, before.mean, after.mean)) is not None:
                votes.setdefault(metric, Counter())[way] += 1
    found: dict[str, Direction] = {}
    for metric in {metric for told in sides.values() for metric in told}:
        counted = votes.get(metric, Counter()).most_common(2)
        clear = counted[0][0] if counted and (len(counted) == 1 or counted[0][1] > counted[1][1]) else None
        way = said.get(metric) or clear or direction_named(metric)
        if way is not None:
            found[metric] = way
    return found


def _compared(
    view: View,
    claim: _Claim,
    metric: str,
    way: Direction | None,
    both: tuple[Sample, Sample],
    known: tuple[dict[str, list[str]], dict[str, dict[str, float]]],
    floors: dict[str, Floor | None],
) -> Compared:
    before, after = both
    if way is None:
        return Compared(metric=metric, direction=None, runs=after, against=before, contrast=None)
    floor = None
    if before.n < 2 or after.n < 2:
        floor = _floor(claim, metric, *known)
        if floor is None:
            if metric not in floors:
                floors[metric] = floor_elsewhere(view, metric)
            floor = floors[metric]
    made = contrast(before, after, way, floor=floor)
    return Compared(metric=metric, direction=way, runs=after, against=before, contrast=made)


def _floor(claim: _Claim, metric: str, same: dict[str, list[str]], values: dict[str, dict[str, float]]) -> Floor | None:
    """The noise that other seeds of the configurations of a claim show."""
    own = {*claim.runs, *claim.against}
    spreads = []
    for others in {tuple(sorted(same[run])) for run in own if run in same}:
        rest = [other for other in others if other not in own]
        found = _sample(rest if len(rest) > 1 else list(others), metric, values)
        if found is not None and found.sd is not None:
            spreads.append((found.sd, found.n - 1.0))
    return pooled(spreads, "other seeds of the same configuration")
