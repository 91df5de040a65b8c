"""A moment of history: which events an answer may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """After the event at `position`, when the log ended at `head`.

    With `time`, the answer knows what was known at that time, wherever: our own events up to `position`, and of what
    was imported all that had happened by then, whenever it was imported.
    """

    position: int
    head: int
    time: datetime | None = None

    @property
    def condition(self) -> str:
        """The same in SQL over the relation `events`."""
        if self.time is None:
            return f"position <= {self.position:d}"
        known = self.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        imported = f"position <= {self.head:d} AND happened_at <= TIMESTAMP '{known}'"
        return f"CASE WHEN happened_at IS NULL THEN position <= {self.position:d} ELSE {imported} END"
