"""Sources: all of them in a line each, and the story of one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.event import Value
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.lines import RunLine, more, run_lines
from goldfish.queries.warnings import Caution, warnings_on

REVISIONS, RUNS, HISTORY = 50, 20, 20


class SourceRow(Value):
    """A source in one line, as its newest revision is."""

    source: str
    type: str
    size: int
    revisions: int
    came_from: str
    origin: str | None
    location: str | None
    text: str | None
    retired: str | None
    changed: list[str]
    registered_at: datetime
    position: int


class Sources(Value):
    """The sources, newest first. `left_out` says how to see the others."""

    as_of: int
    sources: list[SourceRow]
    left_out: list[str]


class RevisionLine(Value):
    """A revision of a source."""

    ref: str
    type: str
    digest: str
    size: int
    came_from: str
    origin: str | None
    location: str | None
    registered_at: datetime
    actor: str
    position: int
    described: dict[str, JsonValue]
    changed: list[str]


class Saying(Value):
    """What somebody said that a source holds."""

    position: int
    recorded_at: datetime
    actor: str
    text: str | None
    columns: dict[str, str]


class SourceStory(Value):
    """A source: the revision that was asked for, what it holds, all revisions, and the runs that read it."""

    as_of: int
    kind: Literal["source"] = "source"
    name: str
    text: str | None
    columns: dict[str, str]  # what columns or arrays mean, as last said
    retired: str | None
    revision: RevisionLine
    revisions: list[RevisionLine]
    sayings: list[Saying]  # newest first
    runs: list[RunLine]
    left_out: list[str]
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


def sources(view: View, *, retired: bool = False, since: int | None = None) -> Sources:
    """Every source in use that something happened to after `since`; with `retired` those that are not, too."""
    rows = view.rows(
        """
        SELECT *, count(*) OVER (PARTITION BY name) AS revisions FROM sources
        WHERE ?::BIGINT IS NULL OR key IN (SELECT key FROM events WHERE events.position > ?)
        QUALIFY row_number() OVER (PARTITION BY name ORDER BY revision DESC) = 1 ORDER BY position DESC
        """,
        since,
        since,
    )
    shown = [row for row in rows if retired or row["retired"] is None]
    lines = [
        SourceRow(
            source=row["ref"],
            changed=_list(row["changed"]),
            **{field: row[field] for field in SourceRow.model_fields if field not in ("source", "changed")},
        )
        for row in shown
    ]
    hidden = more(len(rows) - len(shown), "retired source", "retired sources", "goldfish source list --retired")
    return Sources(as_of=view.position, sources=lines, left_out=hidden)


def source_story(view: View, ref: str) -> SourceStory:
    """The story of the source that has this revision."""
    name = ref.rpartition("@")[0]
    rows = view.rows("SELECT * FROM sources WHERE name = ? ORDER BY revision DESC", name)
    chosen = next(row for row in rows if row["ref"] == ref)
    readers = "SELECT * FROM runs WHERE run IN (SELECT run FROM inputs WHERE ref = ?) ORDER BY position DESC"
    runs = view.rows(readers, ref)
    sayings = _sayings(view, name)
    columns: dict[str, str] = {}
    for saying in reversed(sayings):
        columns |= saying.columns
    return SourceStory(
        as_of=view.position,
        name=name,
        text=chosen["text"],
        columns=columns,
        retired=chosen["retired"],
        revision=_revision(chosen),
        revisions=[_revision(row) for row in rows[:REVISIONS]],
        sayings=sayings[:HISTORY],
        runs=run_lines(view, runs[:RUNS]),
        warnings=warnings_on(view, chosen["ref"]),
        left_out=[
            *more(len(rows) - REVISIONS, "revision", "revisions", f"goldfish log --stream source:{name}"),
            *more(len(sayings) - HISTORY, "description", "descriptions", f"goldfish log --stream source:{name}"),
            *more(len(runs) - RUNS, "run", "runs", "goldfish history"),
        ],
    )


def _sayings(view: View, name: str) -> list[Saying]:
    rows = view.rows(
        """
        SELECT position, recorded_at, actor, data->>'$.text' AS text, (data->'$.columns')::VARCHAR AS columns
        FROM events WHERE key = ? AND name IN ('source.registered', 'source.described')
          AND ((data->>'$.text') IS NOT NULL OR (data->'$.columns') IS NOT NULL) ORDER BY position DESC
        """,
        f"source:{name}",
    )
    return [Saying(**{**row, "columns": json.loads(row["columns"] or "{}")}) for row in rows]


def _revision(row: Row) -> RevisionLine:
    described = json.loads(row["described"]) if row["described"] else {}
    own = {field: row[field] for field in RevisionLine.model_fields if field not in ("described", "changed")}
    return RevisionLine(described=described, changed=_list(row["changed"]), **own)


def _list(text: str | None) -> list[str]:
    return json.loads(text) if text else []
