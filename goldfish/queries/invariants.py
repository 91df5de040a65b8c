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


def invariant_lines(view: View, *, retired: bool = False) -> list[InvariantLine]:
    """The invariants in force by number; with `retired`, all that there ever were."""
    rows = view.rows("SELECT * FROM invariants WHERE ? OR retired IS NULL ORDER BY number", retired)
    return [InvariantLine.model_validate({name: row[name] for name in InvariantLine.model_fields}) for row in rows]
