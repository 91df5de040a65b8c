"""Tags: which there are, and what they point to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from goldfish.domain.event import Value
from goldfish.projections.projector import View


class TagLine(Value):
    """A tag and the version or run that it points to."""

    tag: str
    target: str
    set_at: datetime
    actor: str
    position: int


def tag_lines(view: View, limit: int | None = None, since: int = 0) -> list[TagLine]:
    """The tags that were set after a position, by name; with a limit, those that were set last."""
    most = limit if limit is not None else 2**31
    rows = view.rows("SELECT * FROM tags WHERE position > ? ORDER BY position DESC LIMIT ?", since, most)
    lines = [TagLine.model_validate({name: row[name] for name in TagLine.model_fields}) for row in rows]
    return sorted(lines, key=lambda line: line.tag)


def tags_of(view: View, targets: Iterable[str]) -> dict[str, list[str]]:
    """Target → its tags, sorted; targets without a tag are left out."""
    rows = view.rows(
        "SELECT tag, target FROM tags WHERE target IN (SELECT unnest(?::VARCHAR[])) ORDER BY tag", [*targets]
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["target"], []).append(row["tag"])
    return found
