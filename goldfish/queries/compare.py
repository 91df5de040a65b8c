"""Runs, versions and groups side by side, any number of them."""

from __future__ import annotations

from collections.abc import Sequence

from goldfish.errors import NothingToCompareWith
from goldfish.projections.projector import View
from goldfish.queries.comparing import aspects
from goldfish.queries.comparing.answers import (
    Comparison,
    Difference,
    FileDifference,
    InputDifference,
    Measured,
    MetricComparison,
    Side,
    Versus,
)
from goldfish.queries.comparing.aspects import Packages
from goldfish.queries.comparing.code import CodeDiff, code
from goldfish.queries.comparing.inputs import inputs
from goldfish.queries.comparing.measures import metrics
from goldfish.queries.comparing.parties import Party, parties
from goldfish.queries.grouping import MOST_RUNS
from goldfish.queries.warnings import Caution, warnings_of

__all__ = [
    "CodeDiff",
    "Comparison",
    "Difference",
    "FileDifference",
    "InputDifference",
    "Measured",
    "MetricComparison",
    "Packages",
    "Side",
    "Versus",
    "compare",
]


def compare(
    view: View,
    refs: Sequence[str],
    code_diff: CodeDiff | None = None,
    packages: Packages | None = None,
    *,
    numbers: bool = True,
) -> Comparison:
    """Configuration, code, inputs, environment, metrics, cost, checks and outcome of runs and groups of runs; or the
    code of versions. Without `numbers`, the metrics are left out.

    Raises `NothingToCompareWith`, `CannotCompare`, `MeasuredDifferently`, or as `resolve` and the functions given.
    """
    if len(refs) < 2:
        raise NothingToCompareWith(given=refs[0] if refs else "nothing")
    sides = parties(view, refs)
    if sides[0].kind == "version":
        return _versions(view, sides, code_diff)
    trees = [side.rows[0]["tree"] for side in sides]
    files, left_out = code(trees, code_diff)
    settings = aspects.config(view, sides)
    read = inputs(view, sides)
    surroundings = aspects.environment(view, sides, packages)
    found = {"config": settings, "code": files, "inputs": read, "environment": surroundings}
    same_code = None not in trees and len({*trees}) == 1 and all(len(_trees(side)) == 1 for side in sides)
    return Comparison(
        as_of=view.position,
        kind="runs",
        sides=[side.side.model_copy(update={"warnings": _warnings(view, side)}) for side in sides],
        config=settings,
        code=files,
        code_left_out=left_out,
        inputs=read,
        environment=surroundings,
        metrics=metrics(view, sides) if numbers else [],
        cost=aspects.cost(view, sides),
        checks=aspects.checks(view, sides),
        outcome=aspects.outcome(view, sides),
        same=[name for name, differing in found.items() if not differing and (name != "code" or same_code)],
        notes=_notes(sides),
    )


def _versions(view: View, sides: Sequence[Party], code_diff: CodeDiff | None) -> Comparison:
    rows = view.rows(
        "SELECT version, tree FROM versions WHERE version IN (SELECT unnest(?::VARCHAR[]))", [s.id for s in sides]
    )
    by_version = {row["version"]: row["tree"] for row in rows}
    trees = [by_version[side.id] for side in sides]
    files, left_out = code(trees, code_diff)
    return Comparison(
        as_of=view.position,
        kind="versions",
        sides=[side.side.model_copy(update={"warnings": _warnings(view, side)}) for side in sides],
        code=files,
        code_left_out=left_out,
        same=["code"] if len({*trees}) == 1 else [],
    )


def _warnings(view: View, side: Party) -> list[Caution]:
    """What was found out that spoils a side; of a group each finding once, for the first run that it concerns."""
    found = warnings_of(view, side.runs if side.is_group else [side.id])
    first: dict[str, Caution] = {}
    for run, cautions in found.items():
        for caution in cautions:
            why = f"{run}: {caution.why}" if side.is_group else caution.why
            first.setdefault(caution.finding, caution.model_copy(update={"why": why}))
    return list(first.values())


def _trees(side: Party) -> set[str | None]:
    return {row["tree"] for row in side.rows}


def _notes(sides: Sequence[Party]) -> list[str]:
    """What the reader should know of how this was compared."""
    notes = []
    for side in sides:
        if len(side.rows) < side.count:
            notes.append(f"{side.id} has {side.count} runs; the newest {MOST_RUNS} are compared")
        if len(_trees(side)) > 1:
            notes.append(f"the runs of {side.id} have different code; the files are those of {side.runs[0]}")
    foreign = [side.id for side in sides if None in _trees(side)]
    if foreign:
        notes.append(f"the files of {', '.join(foreign)} are not here, so that code is compared by name alone")
    return notes
