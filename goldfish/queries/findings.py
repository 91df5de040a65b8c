"""What was found out to be bad, the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.suspicion import Suspicion
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.affected import Affected, affected


class FindingLine(Value):
    """A finding, and how much it spoils. `affects` counts by kind; a finding that was withdrawn affects nothing."""

    finding: str
    state: Literal["standing", "withdrawn"]
    reason: str
    says: list[str]
    affects: dict[str, int] = Field(default_factory=dict)
    recorded_at: datetime
    actor: str
    ended: str | None
    position: int


class Findings(Value):
    """A page of findings. `more` is the value of `before` that asks for the next page; None on the last one."""

    as_of: int
    findings: list[FindingLine]
    matching: int
    more: int | None


class FindingStory(Value):
    """A finding, and everything that it spoils now."""

    as_of: int
    kind: Literal["finding"] = "finding"
    finding: FindingLine
    affected: Affected


def findings(
    view: View, *, withdrawn: bool = False, limit: int = 20, before: int | None = None, since: int | None = None
) -> Findings:
    """The findings that stand, the newest first; with `withdrawn` the others too. `limit` is kept between 1 and 200."""
    size = max(1, min(limit, 200))
    rows = view.rows(
        """
        SELECT * FROM (
            SELECT *, count(*) OVER () AS matching FROM findings
            WHERE (? OR state = 'standing') AND coalesce(changed > ?, true)
        ) WHERE coalesce(position < ?, true) ORDER BY position DESC LIMIT ?
        """,
        withdrawn,
        since,
        before,
        size + 1,
    )
    return Findings(
        as_of=view.position,
        findings=[_line(view, row)[0] for row in rows[:size]],
        matching=rows[0]["matching"] if rows else 0,
        more=rows[size - 1]["position"] if len(rows) > size else None,
    )


def finding_story(view: View, finding: str) -> FindingStory:
    """The story of a finding that exists."""
    line, spoilt = _line(view, view.rows("SELECT * FROM findings WHERE finding = ?", finding)[0])
    return FindingStory(as_of=view.position, finding=line, affected=spoilt)


def _line(view: View, row: Row) -> tuple[FindingLine, Affected]:
    suspicion = Suspicion.model_validate_json(row["suspicion"])
    found = affected(view, suspicion if row["state"] == "standing" else Suspicion())
    told = {name: row[name] for name in ("finding", "state", "reason", "recorded_at", "actor", "ended", "position")}
    line = FindingLine(**told, says=suspicion.said(), affects=found.counts)
    return line, found.model_copy(update={"finding": row["finding"], "reason": row["reason"]})
