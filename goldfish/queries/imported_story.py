"""What the record of an imported run says, wherever that was kept."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from goldfish.domain.event import Value
from goldfish.domain.imported import Change, ForeignCode, System
from goldfish.domain.runs import Run
from goldfish.domain.specs import Direction
from goldfish.projections.projector import View

LISTED = 100  # of the things that a record may hold many of


class ImportedStory(Value):
    """What is known of an experiment that was carried out elsewhere, beyond what every run has."""

    system: System
    id: str
    item: str | None
    happened_at: datetime
    changed: list[Change]
    code: ForeignCode | None
    parents: list[str]
    metric: str | None
    direction: Direction | None
    against: str | None
    against_metrics: dict[str, float]
    points: str | None
    note: str | None  # as it reads now
    labels: dict[str, JsonValue]


def imported_story(view: View, run: str) -> ImportedStory:
    """Of an imported run that exists."""
    rows = view.rows(
        """
        SELECT name, data FROM events
        WHERE stream = ? AND name IN ('run.imported', 'run.verdict-imported') ORDER BY position
        """,
        run,
    )
    record = Run.Imported.model_validate_json(next(row["data"] for row in rows if row["name"] == Run.Imported.NAME))
    later = [
        Run.VerdictImported.model_validate_json(row["data"]) for row in rows if row["name"] == Run.VerdictImported.NAME
    ]
    return ImportedStory(
        system=record.system,
        id=record.id,
        item=record.item,
        happened_at=record.happened,
        changed=record.changed[:LISTED],
        code=record.code,
        parents=record.parents[:LISTED],
        metric=record.metric,
        direction=record.direction,
        against=record.against,
        against_metrics=dict(list(record.against_metrics.items())[:LISTED]),
        points=record.points,
        note=next((said.note for said in reversed(later) if said.note is not None), record.note),
        labels=dict(list(record.labels.items())[:LISTED]),
    )
