"""incident.json: a few runs, and what was claimed and decided on them. Nothing else in the file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue

from goldfish.adapters.imports.fields import NAME, Fields
from goldfish.adapters.imports.files import Given
from goldfish.adapters.imports.json_values import Unusable, read_json
from goldfish.adapters.imports.rows import Columns, read_row
from goldfish.domain.imported import ForeignJudgement, System
from goldfish.domain.notes import ForeignNote, Measured
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Unreadable

Reader = Callable[[str, JsonValue], ForeignPart]

LARGEST = 64 << 20  # bytes
MOST = 1_000_000  # values


class Incident:
    """Keeps the port `ForeignHistory`: all runs by time, then all records by time."""

    system: System = "incident"
    timed = True
    left_out: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path) -> None:
        """Raises `CannotImport`."""
        given = Given(path)
        try:
            said = Fields(read_json(given.all(LARGEST), most=MOST))
            runs, records = _listed(said, "runs"), _listed(said, "records")
        except Unusable as problem:
            raise CannotImport(path=path, why=str(problem)) from problem
        finally:
            given.close()
        self._unreadable: list[Unreadable] = []
        self._runs = self._read("run", runs, _run)
        self._records = self._read("record", records, _record)

    def count(self) -> int:
        """As the port says."""
        return len(self._unreadable) + len(self._runs) + len(self._records)

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """As the port says: records may be about runs of the same time."""
        yield from self._unreadable
        yield from self._runs
        yield from self._records

    def close(self) -> None:
        """Nothing is held."""

    def _read(self, kind: str, rows: list[JsonValue], read: Reader) -> list[ForeignPart]:
        found: list[tuple[datetime, int, ForeignPart]] = []
        places: dict[str, int] = {}
        for number, given in enumerate(rows, 1):
            where = f"{kind} {number}"
            try:
                part = read(where, given)
                _once(places, kind, _id(part), number)
            except Unusable as problem:
                id_ = given.get("id") if isinstance(given, dict) else None
                self._unreadable.append(Unreadable(where, str(problem), id_ if isinstance(id_, str) else None))
                continue
            found.append((part.said.happened, number, part))
        return [part for _, _, part in sorted(found, key=lambda one: one[:2])]


def _once(places: dict[str, int], kind: str, id_: str, number: int) -> None:
    before = places.setdefault(id_, number)
    if before != number:
        raise Unusable(f"{kind} {before} has the same id")


def _listed(said: Fields, name: str) -> list[JsonValue]:
    given = said.take(name)
    if given is not None and not isinstance(given, list):
        raise Unusable(f"{name} is no list")
    return given or []


def _run(where: str, given: JsonValue) -> ForeignPart:
    row = read_row(given, Incident.system, Columns())
    return ForeignPart(where, row.experiment, row.points if row.curve else None)


def _record(where: str, given: JsonValue) -> ForeignPart:
    """What rests on something is a decision; what is about runs is a claim."""
    said = Fields(given)
    id_, at = said.text("id", limit=NAME), said.when("at", "date")
    if id_ is None or at is None:
        raise Unusable("it has no id or no time")
    runs, others, basis = said.texts("runs"), said.texts("baseline_runs"), said.texts("basis", "because")
    words = said.text("claim", "what", "text")
    if words is None or not (runs or basis):
        raise Unusable("it is neither a claim about runs nor a decision on a basis")
    if basis:
        return ForeignPart(
            where,
            ForeignNote(
                system=Incident.system,
                id=id_,
                kind="decision",
                text=words,
                happened=at,
                about=runs,
                because=basis,
                instead_of=said.texts("instead_of"),
            ),
        )
    among = said.whole("baseline_n")
    measured = Measured(
        metric=said.text("metric", limit=NAME),
        value=said.number("baseline_value"),
        deviation=said.number("baseline_sd"),
        among=among,
    )
    return ForeignPart(
        where,
        ForeignNote(
            system=Incident.system,
            id=id_,
            kind="claim",
            text=words,
            happened=at,
            because=runs,
            instead_of=others,
            measured=None if measured == Measured() else measured,
        ),
    )


def _id(part: ForeignPart) -> str:
    return part.said.of if isinstance(part.said, ForeignJudgement) else part.said.id
