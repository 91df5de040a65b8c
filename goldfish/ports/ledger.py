"""The time, and the ledger as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, and ids nobody else has."""

    def now(self) -> datetime:
        """The time in UTC. May jump; nothing is decided by it."""

    def monotonic(self) -> float:
        """Seconds that never go backwards, for durations and deadlines."""

    def new_id(self) -> str:
        """A fresh id, at least 80 random bits, sortable by creation time."""


@dataclass(frozen=True, slots=True)
class EventBlock:
    """Events one after the other, without an object for each: every column in one piece.

    Streams and names have a line each; `versions` are joined by commas, and so are `lengths`: how many bytes the record
    of each event has in `records`, where they stand one behind the other.
    """

    versions: bytes
    streams: bytes
    names: bytes
    lengths: bytes
    records: bytes


class EventLog(Protocol):
    """The ledger, read only. Positions are 1, 2, 3 …; what stands at a position never changes."""

    def head(self) -> int:
        """The highest position, 0 when there is none."""

    def token(self) -> object:
        """Changes when something was appended; equal tokens mean that nothing was. Costs microseconds."""

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """At most `limit` events with after < position <= upto, ascending: position, stream, version, name, record.

        `record` is the stored canonical JSON: v, at, actor, command, body, because, data. Raises `LedgerCorrupt`.
        """

    def block(self, after: int, upto: int) -> EventBlock | None:
        """The events that `rows` gives with a limit that is no limit, for those who read very many of them.

        None when any position in between is missing, or when they are not to be had in this form: then `rows` tells.
        """
