"""Runs that a store lists first, and that are read one by one when their turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from goldfish.adapters.imports.json_values import Unusable
from goldfish.domain.imported import System
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Point, Unreadable


class Listed(NamedTuple):
    """A run as a store lists it. `place` is where it stands there."""

    happened: datetime
    id: str
    place: str
    parent: str | None = None


@dataclass
class Listing:
    """All that a store lists."""

    runs: list[Listed] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, why: str, number: int = 1) -> None:
        """Runs that are passed over, and counted."""
        if number:
            self.left_out[why] = self.left_out.get(why, 0) + number


class StoredRuns:
    """Keeps the port `ForeignHistory`: by the time of their end, a parent before what was run within it."""

    timed = True

    def __init__(
        self,
        system: System,
        listing: Listing,
        read: Callable[[Listed], ForeignPart],
        close: Callable[[], None],
        unchanged: Callable[[], None] = lambda: None,
    ) -> None:
        self.system: System = system
        self.left_out: Mapping[str, int] = listing.left_out
        self._listing, self._read, self._close, self._unchanged = listing, read, close, unchanged
        self._once()

    def count(self) -> int:
        """As the port says."""
        return len(self._listing.runs) + len(self._listing.unreadable)

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """As the port says."""
        yield from self._listing.unreadable
        for listed in _parents_first(self._listing.runs):
            try:
                yield _steady(self._read(listed))
            except Unusable as problem:
                yield Unreadable(listed.place, str(problem), listed.id)
        self._unchanged()

    def close(self) -> None:
        """As the port says."""
        self._close()

    def _once(self) -> None:
        """One run for each id."""
        places: dict[str, str] = {}
        runs = []
        for listed in self._listing.runs:
            if places.setdefault(listed.id, listed.place) == listed.place:
                runs.append(listed)
            else:
                why = f"{places[listed.id]} has the same id"
                self._listing.unreadable.append(Unreadable(listed.place, why, listed.id))
        self._listing.runs = runs


def _parents_first(runs: list[Listed]) -> Iterator[Listed]:
    """In the order of time; what a run is within comes before it, so that it has a number to be referred to by."""
    known, told = {listed.id: listed for listed in runs}, set[str]()
    for listed in sorted(runs):
        chain: dict[str, Listed] = {}
        up: Listed | None = listed
        while up is not None and up.id not in told and up.id not in chain:
            chain[up.id] = up
            up = known.get(up.parent) if up.parent is not None else None
        told.update(chain)
        yield from reversed(chain.values())


def _steady(part: ForeignPart) -> ForeignPart:
    """The part, whose points were sound when they were counted: what is wrong with them now has changed meanwhile."""
    read = part.points
    if read is None:
        return part

    def points() -> Iterator[Point]:
        try:
            yield from read()
        except Unusable as problem:
            raise CannotImport(path=Path(part.where), why=f"it changes while it is read: {problem}") from problem

    return ForeignPart(part.where, part.said, points)
