"""Metrics side by side: what each side reached, which is better, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goldfish.domain.noise import FEWEST_PAIRS, contrast, paired
from goldfish.domain.samples import LARGEST, Sample
from goldfish.domain.specs import Direction
from goldfish.projections.projector import View
from goldfish.queries.comparing.answers import Measured, MetricComparison, Progress, Versus
from goldfish.queries.comparing.floors import Floors
from goldfish.queries.comparing.numbers import Number, Numbers, independent, pairs, sampled
from goldfish.queries.comparing.parties import Party
from goldfish.queries.comparing.specs import Spec, Specs


@dataclass(frozen=True)
class _Reached:
    """What a side reached of one metric."""

    party: Party
    numbers: Sequence[Number]  # of the runs that succeeded, one for each seed
    sample: Sample | None
    measured: Measured | None


def metrics(view: View, sides: Sequence[Party]) -> list[MetricComparison]:
    """Every metric that a side logged, those first that something is judged by. Raises `MeasuredDifferently`."""
    specs = Specs(view, sides)
    numbers = Numbers(view, sides, specs)
    floors = Floors(view, sides)
    rows = [_row(place, specs, numbers, floors, sides) for place in numbers.places]
    return sorted(rows, key=lambda row: not row.judged)


def _row(
    place: tuple[str, str], specs: Specs, numbers: Numbers, floors: Floors, sides: Sequence[Party]
) -> MetricComparison:
    spec = specs.of(*place)
    reached = [_reached(side, numbers.of(side, *place), spec) for side in sides]
    contrasted = spec.judged or any(side.is_group for side in sides)
    return MetricComparison(
        stage=place[0],
        metric=place[1],
        direction=spec.direction,
        guessed=spec.guessed,
        judged=spec.judged,
        split=spec.split,
        pick=spec.pick,
        values=[one.measured for one in reached],
        versus=[_versus(reached[0], other, place, spec, floors, contrasted) for other in reached[1:]],
    )


def _reached(party: Party, found: Sequence[Number], spec: Spec) -> _Reached:
    if not found:
        return _Reached(party, [], None, None)
    counted = [number for number in found if number.counts]
    numbers = independent(counted)
    sample = sampled(numbers)
    best = _best(found, spec.direction)
    reached = Measured(
        value=(sample.mean if sample else None) if party.is_group else found[0].value,
        n=sample.n if sample is not None else 0,
        sd=sample.sd if sample is not None else None,
        low=sample.low if sample is not None and party.is_group else None,
        high=sample.high if sample is not None and party.is_group else None,
        without=len(party.rows) - len([one for one in counted if one.value is not None]),
        best=best.best(spec.direction) if best is not None else None,
        best_step=best.best_step(spec.direction) if best is not None else None,
        best_run=best.run if best is not None and party.is_group else None,
    )
    return _Reached(party, numbers, sample, reached)


def _best(found: Sequence[Number], way: Direction) -> Number | None:
    known = [(number, value) for number in found if (value := number.best(way)) is not None]
    best = (max if way == "maximize" else min)(known, key=lambda one: one[1], default=None)
    return best[0] if best is not None else None


def _versus(
    first: _Reached, other: _Reached, place: tuple[str, str], spec: Spec, floors: Floors, contrasted: bool
) -> Versus | None:
    one, two = (side.measured.value if side.measured else None for side in (first, other))
    if one is None or two is None:
        return None
    delta = two - one
    gain = delta if spec.direction == "maximize" else -delta
    change: Progress = "same" if not gain else "better" if gain > 0 else "worse"
    plain = Versus(delta=delta if abs(delta) <= LARGEST else None, change=change)
    if not contrasted or first.sample is None or other.sample is None:
        return plain
    mixed = [side.party for side in (first, other) if not is_one_configuration(side.party)]
    if mixed:
        return plain.model_copy(update={"why": _mixed(mixed[0])})
    alone = min(first.sample.n, other.sample.n) == 1
    floor = floors.of(place, spec, first.party, other.party) if alone else None
    same = pairs(first.numbers, other.numbers)
    found = None
    if same is not None and len(same[0]) >= FEWEST_PAIRS:
        found = paired(*same, spec.direction, tolerance=spec.tolerance)
    if found is None:
        found = contrast(first.sample, other.sample, spec.direction, floor=floor, tolerance=spec.tolerance)
    told = floor.source if floor is not None and found.method in ("floor", "pooled") else None
    why = None
    if first.party.configurations == other.party.configurations != {None}:
        why = "they differ by their seeds alone, so that all of it is noise"
    return plain.model_copy(update={"contrast": found, "sentence": found.sentence, "floor": told, "why": why})


def is_one_configuration(party: Party) -> bool:
    """Whether its runs repeat each other. Of runs whose settings are not recorded, different seeds tell it."""
    if party.configurations != {None}:
        return len(party.configurations) == 1
    seeds = [row["seed"] for row in party.rows]
    return len(seeds) == 1 or (None not in seeds and len({*seeds}) == len(seeds))


def _mixed(party: Party) -> str:
    if party.configurations == {None}:
        return f"what the runs of {party.id} were set to is not recorded"
    return f"{party.id} holds runs of {len(party.configurations)} configurations, not repetitions of one"
