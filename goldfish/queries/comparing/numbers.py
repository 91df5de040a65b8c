"""The numbers that runs logged, each as its spec picks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goldfish.domain.samples import Sample, sample
from goldfish.domain.specs import Direction
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.among import rows_of
from goldfish.queries.comparing.parties import Party
from goldfish.queries.comparing.specs import Spec, Specs

Place = tuple[str, str]  # a stage and a metric of it


@dataclass(frozen=True, slots=True)
class Number:
    """One metric of one run. `counts` means that the run succeeded, so that the number is a result of it."""

    run: str
    value: float | None
    row: Row
    seeds: str  # empty where none was fixed
    is_fixed: bool  # whether the run as a whole had a seed
    measured: str  # the execution that logged it: an earlier one, where its work was taken over
    counts: bool

    def best(self, direction: Direction) -> float | None:
        """The best finite value over all steps."""
        return self.row["max" if direction == "maximize" else "min"]  # type: ignore[no-any-return]

    def best_step(self, direction: Direction) -> int | None:
        """The step of that value."""
        return self.row["max_step" if direction == "maximize" else "min_step"]  # type: ignore[no-any-return]


def picked(row: Row, spec: Spec) -> float | None:
    """The value of a row of the model `metrics` that counts."""
    if spec.pick == "best":
        return row["max" if spec.direction == "maximize" else "min"]  # type: ignore[no-any-return]
    return row["last"] if row["last_is_finite"] else None


def independent(numbers: Iterable[Number]) -> list[Number]:
    """Those that tell something of the noise: the same work with the same seed tells it once, the newest first."""
    found: dict[object, Number] = {}
    for number in numbers:
        if number.value is None:
            continue
        key: object = number.measured
        if number.seeds:
            key = number.seeds if number.is_fixed else (number.seeds, number.value)
        found.setdefault(key, number)
    return list(found.values())


def pairs(before: Sequence[Number], after: Sequence[Number]) -> tuple[list[float], list[float]] | None:
    """The numbers of both sides in the order of their seeds; None where the seeds are not the same on both sides."""
    one, other = ({n.seeds: n.value for n in side if n.seeds and n.value is not None} for side in (before, after))
    if one.keys() != other.keys() or len(one) != len(before) or len(other) != len(after):
        return None
    return list(one.values()), [other[seeds] for seeds in one]


def sampled(numbers: Iterable[Number]) -> Sample | None:
    """Their sample, if there is any."""
    return sample(number.value for number in numbers if number.value is not None)


class Numbers:
    """The metrics of all runs that are compared."""

    def __init__(self, view: View, sides: Sequence[Party], specs: Specs) -> None:
        runs = list(dict.fromkeys(run for side in sides for run in side.runs))
        rows = rows_of(view, "SELECT * FROM metrics WHERE run IN {}", runs)
        self._specs = specs
        self._confirmed = {
            (row["run"], row["stage"], row["metric"]): row["confirmed"] for row in specs.rows if row["verdict"]
        }
        self._reused = reused(view, runs) if any(side.is_group for side in sides) else {}
        self._found: dict[Place, dict[str, Row]] = {}
        homes: dict[str, set[str]] = {}
        for row in rows:
            if row["stage"]:
                homes.setdefault(row["metric"], set()).add(row["stage"])
        for row in rows:
            home = homes.get(row["metric"], set())
            # what was recorded elsewhere knows no stages: it stands beside the stage that logged the same
            stage = row["stage"] or (next(iter(home)) if len(home) == 1 else "")
            self._found.setdefault((stage, row["metric"]), {})[row["run"]] = row

    @property
    def places(self) -> list[Place]:
        """Every stage and metric, sorted."""
        return sorted(self._found)

    def of(self, side: Party, stage: str, metric: str) -> list[Number]:
        """The numbers of a side, the newest first."""
        rows = self._found[stage, metric]
        spec = self._specs.of(stage, metric)
        return [self._number(run, rows[run["run"]], spec) for run in side.rows if run["run"] in rows]

    def _number(self, run: Row, row: Row, spec: Spec) -> Number:
        confirmed = self._confirmed.get((row["run"], row["stage"], row["metric"]))
        return number(run, row, picked(row, spec) if confirmed is None else confirmed, self._reused)


def number(run: Row, row: Row, value: float | None, taken_over: dict[tuple[str, str], str]) -> Number:
    """One number, from rows of the models `runs` with `configurations`, and `metrics`."""
    here = (row["run"], row["stage"])
    return Number(
        run=row["run"],
        value=value,
        row=row,
        seeds=run["seeds"],
        is_fixed=run["seed"] is not None,
        measured=taken_over.get(here, "/".join(here)),
        counts=run["outcome"] == "succeeded",
    )


def reused(view: View, runs: Sequence[str]) -> dict[tuple[str, str], str]:
    """The stages of runs that took over the work of an earlier execution, and of which."""
    asked = "SELECT run, stage, reused FROM executions WHERE reused IS NOT NULL AND run IN {}"
    return {(row["run"], row["stage"]): row["reused"] for row in rows_of(view, asked, runs)}
