"""What nobody is to change."""

from __future__ import annotations

from datetime import datetime

from goldfish.domain.event import Value
from goldfish.projections.projector import View


class InvariantLine(Value):
    """Something that nobody is to change; `retired` says why it may be changed again."""

    number: int
    text: str
    added_at: datetime
    actor: str
    position: int
    retired: str | None


def invariant_lines(view: View, *, retired: bool = False, since: int = 0) -> list[InvariantLine]:
    """The invariants put in force after a position, by number; with `retired`, also those that are not any more."""
    asked = "SELECT * FROM invariants WHERE (? OR retired IS NULL) AND position > ? ORDER BY number"
    rows = view.rows(asked, retired, since)
    return [InvariantLine.model_validate({name: row[name] for name in InvariantLine.model_fields}) for row in rows]
