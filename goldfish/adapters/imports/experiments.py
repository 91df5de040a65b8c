"""experiments.jsonl: a row for each experiment; and baselines.jsonl: a row for each time the baseline changed.

The file is read twice, row by row: once to learn when each thing happened, and which way metrics are better; then in
the order of time. So memory holds a few numbers for each row, and one row at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue

from goldfish.adapters.imports.directions import Directions
from goldfish.adapters.imports.fields import NAME, Fields
from goldfish.adapters.imports.files import Given, Line, whole
from goldfish.adapters.imports.json_values import Unusable, read_json
from goldfish.adapters.imports.rows import Columns, Row, read_row
from goldfish.domain.imported import System
from goldfish.domain.notes import ForeignNote
from goldfish.domain.specs import Direction, Judgement
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Unreadable

KNOWN = frozenset(  # numbers under any other name are metrics, when one of them has a fraction
    ["n", "index", "rank", "gpu", "epoch", "epochs", "step", "steps", "value", "baseline"]
)


class _Place(NamedTuple):
    """Where something stands, in the order in which things are told."""

    happened: datetime
    kind: int  # 0: an experiment; from 1 on: what was said of it later
    line: int
    offset: int


@dataclass
class _Learnt:
    """What the first reading finds out."""

    places: list[_Place] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # id → line
    fractions: Counter[str] = field(default_factory=Counter)  # names of numbers outside `metrics`
    others: set[str] = field(default_factory=set)  # names that something else than numbers has, too
    ends: Counter[str] = field(default_factory=Counter)  # names whose number is the last one of the curve
    directions: Directions = field(default_factory=Directions)
    values: dict[str, dict[str, float]] = field(default_factory=dict)  # id → those numbers
    judged: list[tuple[Judgement, str, str | None]] = field(default_factory=list)  # … the id, and what it is beside

    def once(self, id_: str, line: int) -> None:
        """Raises `Unusable` for an id that an earlier line has."""
        before = self.lines.setdefault(id_, line)
        if before != line:
            raise Unusable(f"line {before} has the same id")


class Experiments:
    """Keeps the port `ForeignHistory`."""

    system: System = "experiments"
    timed = True
    left_out: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path, baselines: Path | None = None) -> None:
        """Raises `CannotImport`."""
        self._given = Given(path)
        try:
            self._learnt = _Learnt()
            for number, offset, line in self._given.lines():
                self._learn(number, offset, line)
            self._notes = list(_baselines(baselines)) if baselines is not None else []
            self._given.unchanged()
        except BaseException:
            self.close()
            raise
        self._columns = self._explained()

    def count(self) -> int:
        """As the port says."""
        return len(self._learnt.places) + len(self._learnt.unreadable) + len(self._notes)

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """As the port says: experiments before what is said of them at the same time, and that before baselines."""
        yield from self._learnt.unreadable
        notes = iter(sorted(self._notes, key=_at))
        waiting = next(notes, None)
        for place in sorted(self._learnt.places):
            while waiting is not None and _at(waiting) < place.happened:
                yield waiting
                waiting = next(notes, None)
            yield self._part(place)
        while waiting is not None:
            yield waiting
            waiting = next(notes, None)
        self._given.unchanged()

    def close(self) -> None:
        """As the port says."""
        self._given.close()

    def direction(self, metric: str | None) -> Direction | None:
        """Which way a metric is better, as far as the file's own verdicts agree."""
        return self._learnt.directions.of(metric)

    # ── the first reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def _learn(self, number: int, offset: int, line: Line) -> None:
        where, id_ = f"line {number}", None
        try:
            given = read_json(whole(line))
            id_ = _id(given)
            row = read_row(given, self.system, Columns())
            self._learnt.once(row.experiment.id, number)
        except Unusable as problem:
            self._learnt.unreadable.append(Unreadable(where, str(problem), id_))
            return
        happened = row.experiment.happened
        self._learnt.places.append(_Place(happened, 0, number, offset))
        self._learnt.places += [
            _Place(max(one.happened, happened), kind, number, offset) for kind, one in enumerate(row.later, 1)
        ]
        self._notice(row)

    def _notice(self, row: Row) -> None:
        learnt, said = self._learnt, row.experiment
        found = {name: value for name, value in said.labels.items() if name not in KNOWN}
        learnt.others.update(name for name, value in found.items() if not _is_number(value))
        learnt.fractions.update(name for name, value in found.items() if isinstance(value, float))
        last = next((series[-1][1] for series in row.curve.values() if series), None)
        learnt.ends.update(name for name, value in found.items() if _is_number(value) and value == last)
        loose = {name: float(value) for name, value in found.items() if _is_number(value)}  # type: ignore[arg-type]
        if loose and said.verdict is not None and said.metric is None:
            learnt.values[said.id] = loose
            learnt.judged.append((said.verdict.verdict, said.id, said.against or next(iter(said.parents), None)))
        metric = said.metric
        value = said.metrics[metric].last if metric in said.metrics else None
        other = said.against_metrics.get(metric or "")
        if metric is not None and said.verdict is not None and value is not None and other is not None:
            learnt.directions.add(metric, value, other, said.verdict.verdict)

    def _explained(self) -> Columns:
        learnt = self._learnt
        metrics = frozenset(learnt.fractions) - learnt.others
        ends = [name for name, _ in learnt.ends.most_common() if name in metrics]
        main = ends[0] if ends else next(iter(metrics)) if len(metrics) == 1 else None
        if main is not None:
            for verdict, id_, other in learnt.judged:
                held, beside = learnt.values[id_].get(main), learnt.values.get(other or "", {}).get(main)
                if held is not None and beside is not None:
                    learnt.directions.add(main, held, beside, verdict)
        learnt.values.clear()
        learnt.judged.clear()
        return Columns(metrics, main)

    # ── the second reading ────────────────────────────────────────────────────────────────────────────────────────────

    def _part(self, place: _Place) -> ForeignPart | Unreadable:
        where = f"line {place.line}"
        try:
            given = read_json(self._given.line(place.offset))
            first = read_row(given, self.system, self._columns)
        except Unusable as problem:
            return Unreadable(where, str(problem), None)
        if self._learnt.lines.get(first.experiment.id) != place.line or place.kind > len(first.later):
            raise CannotImport(path=self._given.path, why="it changes while it is read")
        if place.kind:
            return ForeignPart(where, first.later[place.kind - 1].model_copy(update={"happened": place.happened}))
        said = first.experiment.model_copy(update={"direction": self.direction(first.experiment.metric)})
        return ForeignPart(where, said, first.points if first.curve else None)


def _baselines(path: Path) -> Iterator[ForeignPart | Unreadable]:
    given = Given(path)
    try:
        for number, _, line in given.lines():
            where = f"line {number} of {path.name}"
            try:
                yield ForeignPart(where, _baseline(Fields(read_json(whole(line)))))
            except Unusable as problem:
                yield Unreadable(where, str(problem))
    finally:
        given.close()


def _baseline(row: Fields) -> ForeignNote:
    at, chosen = row.when("at", "date"), row.text("baseline_id", "id", limit=NAME)
    if at is None or chosen is None:
        raise Unusable("it has no time or no baseline_id")
    why = row.text("why", "reason", limit=4_000)
    return ForeignNote(
        system="experiments",
        id=f"baseline at {at.isoformat()}",
        kind="decision",
        text=f"baseline is {chosen}" + (f": {why}" if why else ""),
        happened=at,
        about=[chosen],
        because=[chosen],
        chosen_as="baseline",
    )


def _at(one: ForeignPart | Unreadable) -> datetime:
    return one.said.happened if isinstance(one, ForeignPart) else datetime.min.replace(tzinfo=UTC)


def _id(given: JsonValue) -> str | None:
    found = given.get("id") if isinstance(given, dict) else None
    return str(found)[:NAME] if isinstance(found, str | int) else None


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
