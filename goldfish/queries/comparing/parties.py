"""What is compared: each reference with the runs that it stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from goldfish.domain.names import is_run
from goldfish.errors import CannotCompare
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.among import rows_of
from goldfish.queries.comparing.answers import Difference, Side
from goldfish.queries.grouping import MOST_RUNS, one_or_group
from goldfish.queries.references import resolve

NAMED = 20  # runs of a group that are named
SEVERAL = 5  # values of a group whose runs do not agree that are shown


class Absent:
    """Nothing of that name."""


ABSENT = Absent()
Cell = JsonValue | Absent


@dataclass(frozen=True)
class Party:
    """One side: a version, a run, or the newest runs of a group, as rows of the models `runs` and `configurations`."""

    ref: str
    id: str
    kind: str
    rows: Sequence[Row]
    count: int = 1

    @property
    def is_group(self) -> bool:
        """Whether it stands for the runs of a group."""
        return self.kind == "group"

    @cached_property
    def runs(self) -> list[str]:
        """Its runs, the newest first."""
        return [row["run"] for row in self.rows]

    @cached_property
    def configurations(self) -> set[str | None]:
        """What its runs were set to, but for the seed."""
        return {row["configuration"] for row in self.rows}

    @property
    def side(self) -> Side:
        """How the answer names it."""
        first = self.rows[0] if self.rows else {}
        return Side.model_validate(
            {
                "ref": self.ref,
                "id": self.id,
                "kind": self.kind,
                "runs": self.runs[:NAMED] if self.is_group else [],
                "count": self.count,
                "description": None if self.is_group else first.get("description"),
                "system": None if self.is_group else first.get("system"),
                "foreign_id": None if self.is_group else first.get("foreign_id"),
                "seeds": len({row["seeds"] or row["run"] for row in self.rows}) if self.is_group else None,
                "configurations": len(self.configurations) if self.is_group else None,
            }
        )


_RUNS = """
    SELECT run, version, tree, pipeline, state, outcome, cause, description, seed, seconds, python, platform, packages,
           system, foreign_id
    FROM runs WHERE run IN {}
"""
_SETTINGS = "SELECT run, configuration, seeds FROM configurations WHERE run IN {}"


def parties(view: View, refs: Sequence[str]) -> list[Party]:
    """The sides of a comparison, in the order asked for.

    A workspace stands for its latest version. Raises `CannotCompare` for what is neither a run, a version nor a group,
    and for versions beside runs; else as `resolve`.
    """
    found = [(ref, *_comparable(view, ref, refs)) for ref in refs]
    kinds = {"version" if kind == "version" else "run" for _, kind, _ in found}
    if len(kinds) > 1:
        one = next(entry for entry in found if entry[1] == "version")
        other = next(entry for entry in found if entry[1] != "version")
        why = f"{one[0]} is a version and {other[0]} is a {other[1]}"
        raise CannotCompare(left=found[0][0], right=(other if found[0] is one else one)[0], why=why)
    members = {name: members_of(view, name) for _, kind, name in found if kind == "group"}
    singles = [name for _, kind, name in found if kind == "run"]
    wanted = list(dict.fromkeys([*singles, *(run for runs, _ in members.values() for run in runs)]))
    rows = _rows(view, wanted) if wanted else {}
    for name in singles:
        if name not in rows:
            resolve(view, name)  # refuses it
    made = []
    for ref, kind, name in found:
        if kind == "group":
            runs, count = members[name]
            made.append(Party(ref, f"group:{name}", kind, [rows[run] for run in runs], count))
        else:
            made.append(Party(ref, name, kind, [rows[name]] if kind == "run" else []))
    return made


def members_of(view: View, group: str) -> tuple[list[str], int]:
    """The newest runs of a group, and how many it has in all."""
    asked = "SELECT run FROM configurations WHERE run_group = ? ORDER BY position DESC"
    runs = [row["run"] for row in view.rows(asked, group)]
    return runs[:MOST_RUNS], len(runs)


def _rows(view: View, runs: Sequence[str]) -> dict[str, Row]:
    settings = {row["run"]: row for row in rows_of(view, _SETTINGS, runs)}
    return {row["run"]: {**row, **settings[row["run"]]} for row in rows_of(view, _RUNS, runs)}


def _comparable(view: View, given: str, refs: Sequence[str]) -> tuple[str, str]:
    if is_run(given):
        return "run", given  # whether it exists is seen when it is looked up
    reference = one_or_group(view, given)
    if reference.kind in ("run", "version", "group"):
        return reference.kind, reference.id
    if reference.kind == "workspace":
        row = view.rows("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", reference.id)[0]
        return "version", row["id"]
    beside = next((ref for ref in refs if ref != given), given)
    raise CannotCompare(left=given, right=beside, why=f"{given} is neither a run, a version nor a group")


def differences(sides: Sequence[Party], facts: Mapping[str, Mapping[str, JsonValue]]) -> list[Difference]:
    """What differs between sides; `facts` holds names and values by run."""
    names = sorted({name for found in facts.values() for name in found})
    made = []
    for name in names:
        cells = [together([facts.get(run, {}).get(name, ABSENT) for run in side.runs]) for side in sides]
        if any(not equal(cells[0], cell) for cell in cells[1:]):
            made.append(Difference(name=name, values=[plain(cell) for cell in cells]))
    return made


def together(values: Sequence[Cell]) -> Cell:
    """What several runs have in common, or else their different values."""
    distinct = list({_key(value): value for value in values}.values())
    if len(distinct) <= 1:
        return distinct[0] if distinct else ABSENT
    shown = sorted((plain(value) for value in distinct), key=_order)
    return {"several": shown[:SEVERAL], "more": max(0, len(shown) - SEVERAL)}


def equal(one: Cell, other: Cell) -> bool:
    """Equal as values: 3e-4 is 0.0003 and 1 is 1.0, but 1 is not true."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def plain(cell: Cell) -> JsonValue:
    """A cell as the answer writes it."""
    return None if isinstance(cell, Absent) else cell


def _key(value: Cell) -> object:
    """What is the same in equal values."""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value, type(value) is bool


def _order(value: JsonValue) -> tuple[bool, float, str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (not number, float(value) if number else 0.0, str(value))  # type: ignore[arg-type]  # it is a number
