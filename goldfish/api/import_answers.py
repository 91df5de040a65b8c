"""What an import answers."""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.domain.imported import Format, System
from goldfish.domain.specs import Direction

NAMED = 100  # things that were refused and are named


class RefusedPart(Value):
    """Something in a record that was not taken over, or not all of it: where it stands, its id there, and why."""

    where: str
    id: str | None
    why: str


class ImportAnswer(Value):
    """What came of a record: `read` things are new experiments, later verdicts, notes, known already, or refused."""

    format: Format
    system: System
    path: str
    dry_run: bool  # then it says what would be recorded
    read: int
    new: int
    verdicts: int
    notes: int
    known: int
    left_out: dict[str, int]  # what was passed over on purpose, like what was deleted there: why → how many
    refused: int
    named: list[RefusedPart]  # the first of them
    runs: list[str]  # the first and the last new run
    directions: dict[str, Direction | None]  # which way each metric is better, as the record's own verdicts tell
    position: int
