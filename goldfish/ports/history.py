"""History that was recorded elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from goldfish.domain.imported import ForeignExperiment, ForeignJudgement, System
from goldfish.domain.notes import ForeignNote
from goldfish.ports.metrics import Point


@dataclass(frozen=True, slots=True)
class ForeignPart:
    """One thing that a record says. `where` is its place there, like "line 12"; `points` are read when asked for.

    What `points` holds is in the metrics of `said` as far as the record states it apart from them.
    """

    where: str
    said: ForeignExperiment | ForeignJudgement | ForeignNote
    points: Callable[[], Iterable[Point]] | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One thing in a record that cannot be understood, and why."""

    where: str
    why: str
    id: str | None = None


class ForeignHistory(Protocol):
    """What a file or a directory of another system records. Nothing of it is trusted, changed or executed."""

    system: System
    timed: bool  # whether it says when things happened; where it does not, they happened when the file was written
    left_out: Mapping[str, int]  # what is passed over on purpose, like what was deleted there: why → how many

    def count(self) -> int:
        """How many things `parts` yields. Raises as `parts`."""

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """All of it in the order in which it was known there; what cannot be understood, anywhere.

        Memory does not grow with what experiments hold. Raises `CannotImport` when it cannot be read as a whole, or
        changes meanwhile.
        """

    def close(self) -> None:
        """Let go of it."""
