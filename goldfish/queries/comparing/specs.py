"""What the sides are judged by, and whether that is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from goldfish.domain.specs import Direction, Pick, Split
from goldfish.errors import MeasuredDifferently
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.among import rows_of
from goldfish.queries.best import direction
from goldfish.queries.comparing.parties import Party


@dataclass(frozen=True, slots=True)
class Spec:
    """How a metric counts. `guessed` means that no results spec of the project says which way it is better."""

    direction: Direction
    guessed: bool = False
    judged: bool = False
    split: Split | None = None
    pick: Pick = "last"
    tolerance: float = 0.0


class Specs:
    """The specs of all runs that are compared. Raises `MeasuredDifferently` when they are not alike."""

    def __init__(self, view: View, sides: Sequence[Party]) -> None:
        runs = list(dict.fromkeys(run for side in sides for run in side.runs))
        self.rows = rows_of(view, "SELECT * FROM results WHERE run IN {}", runs)
        self._by_run: dict[str, list[Row]] = {}
        for row in self.rows:
            self._by_run.setdefault(row["run"], []).append(row)
        for side in sides:
            self._refuse_unlike([(run, self._of_run(run)) for run in side.runs])
        self._refuse_unlike([(side.ref, self._of_side(side)) for side in sides])
        self._view = view
        self._said: dict[str, Direction] | None = None

    def of(self, stage: str, metric: str) -> Spec:
        """The spec of a metric of a stage: that of a side, or of an imported side, or what is known of the metric."""
        fitting = [row for row in self.rows if row["metric"] == metric and row["stage"] in (stage, "")]
        if fitting:
            row = max(fitting, key=lambda one: (one["stage"] == stage, one["position"]))
            return Spec(
                direction=row["direction"],
                judged=True,
                split=None if row["stage"] == "" else row["split"],
                pick=row["pick"],
                tolerance=max(one["tolerance"] for one in fitting),
            )
        if self._said is None:
            asked = "SELECT metric, max_by(direction, position) AS direction FROM results GROUP BY metric"
            self._said = {row["metric"]: row["direction"] for row in self._view.rows(asked)}
        said = self._said.get(metric)
        return Spec(direction=said or direction(metric), guessed=said is None)

    def _of_run(self, run: str) -> dict[str, Row]:
        return {row["stage"]: row for row in self._by_run.get(run, ())}

    def _of_side(self, side: Party) -> dict[str, Row]:
        return {stage: row for run in reversed(side.runs) for stage, row in self._of_run(run).items()}

    @staticmethod
    def _refuse_unlike(named: Sequence[tuple[str, dict[str, Row]]]) -> None:
        """Whatever is judged at all is judged by the same."""
        distinct: dict[tuple[tuple[object, ...], ...], tuple[str, dict[str, Row]]] = {}
        for name, specs in named:
            if specs:
                key = tuple(sorted((stage, *_measure(row)) for stage, row in specs.items()))
                distinct.setdefault(key, (name, specs))
        for (left, one), (right, other) in combinations(distinct.values(), 2):
            why = _unlike(one, other)
            if why is not None:
                raise MeasuredDifferently(left=left, right=right, why=why)


def _measure(row: Row) -> tuple[str, str, str]:
    return row["metric"], row["split"], row["direction"]


def _unlike(one: dict[str, Row], other: dict[str, Row]) -> str | None:
    """Why two sides are not measured alike: a stage of both is judged by something else, or nothing is the same."""
    for stage in sorted({*one} & {*other}):
        if _measure(one[stage]) != _measure(other[stage]):
            return (
                f"{_place(stage)}is judged by {_said(one[stage])} in the one and by {_said(other[stage])} in the other"
            )
    if {*one} & {*other}:
        return None
    foreign = "" in one or "" in other  # a record from elsewhere does not say which split it is
    measures = [{_measure(row)[:: 2 if foreign else 1] for row in specs.values()} for specs in (one, other)]
    if measures[0] & measures[1]:
        return None
    left, right = (" and ".join(sorted({_said(row) for row in specs.values()})) for specs in (one, other))
    return f"the one is judged by {left}, the other by {right}"


def _place(stage: str) -> str:
    return f"stage {stage} " if stage else "it "


def _said(row: Row) -> str:
    split = f" on {row['split']}" if row["stage"] else ""
    return f"{row['metric']}{split} ({'larger' if row['direction'] == 'maximize' else 'smaller'} is better)"
