"""Experiments as they are compared with an idea: what was said of them, what they changed, what came of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from goldfish.domain.search_values import meaning
from goldfish.domain.stems import stems
from goldfish.projections import Row
from goldfish.projections.idea_words import TOPICS
from goldfish.projections.projector import View
from goldfish.queries.similarity.wording import Wording

NOTED = 0.3  # what a word counts in what was said of the outcome, beside one in the reason
VALUE = 0.5  # … and in a value that something was changed to

_RECORDS = """
    SELECT runs.position, runs.run, system, foreign_id, item, runs.state, outcome, cause, description, hypothesis,
           approach, coalesce(happened_at, requested_at) AS known, v.verdict, v.said,
           concat_ws(' ', (SELECT note FROM imported WHERE imported.run = runs.run), v.comment, v.learned) AS note
    FROM runs LEFT JOIN verdicts AS v ON v.run = runs.run AND v.holds
    WHERE runs.position IN (SELECT unnest(?::BIGINT[]))
"""
_CHANGED = """
    SELECT run, name, "before", "after", false AS json FROM changed WHERE run IN (SELECT unnest(?::VARCHAR[]))
    UNION ALL
    SELECT run, name, NULL, value, true FROM params
    WHERE overridden AND stage <> '' AND run IN (SELECT unnest(?::VARCHAR[]))
"""  # of imported runs, what was changed is in `changed`; of our own, what the request set
_TOPICS = f"""
    SELECT run, string_agg(value, ' ') AS topics FROM labels
    WHERE name IN {TOPICS} AND run IN (SELECT unnest(?::VARCHAR[])) GROUP BY run
"""  # noqa: S608 constants


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that was changed: before where that is known, and after."""

    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class Record:
    """One earlier experiment."""

    row: Row
    topics: str
    changed: dict[str, Setting] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name by which people know it."""
        return str(self.row["foreign_id"] or self.row["run"])

    @property
    def item(self) -> str:
        """What its rounds have in common; itself where it has none."""
        row = self.row
        return f"{row['system']} {row['item']}" if row["item"] else str(row["run"])

    @property
    def known(self) -> datetime:
        """When its outcome was known, or it was asked for."""
        at: datetime = self.row["known"]
        return at

    @property
    def said(self) -> list[str]:
        """What was said before it was carried out."""
        return [text for text in (self.row[name] for name in ("description", "hypothesis", "approach")) if text]

    def wording(self) -> Wording:
        """All that was said of it, by how much it counts."""
        said = [(1.0, stems(text)) for text in self.said]
        said += settings_said({name: setting.after for name, setting in self.changed.items()})
        return Wording.of([*said, (1.0, stems(self.topics)), (NOTED, stems(self.row["note"] or ""))])


def settings_said(settings: dict[str, JsonValue]) -> list[tuple[float, list[str]]]:
    """Settings as words: names in full, values by half."""
    names = [(1.0, stems(name)) for name in settings]
    return names + [(VALUE, stems(str(value))) for value in settings.values() if value is not None]


def records(view: View, positions: Sequence[int]) -> list[Record]:
    """The experiments at positions, in order."""
    rows = view.rows(_RECORDS, list(positions))
    runs = [row["run"] for row in rows]
    changed: dict[str, dict[str, Setting]] = defaultdict(dict)
    for row in view.rows(_CHANGED, runs, runs):
        changed[row["run"]][row["name"]] = Setting(_meant(row, "before"), _meant(row, "after"))
    topics = {row["run"]: row["topics"] for row in view.rows(_TOPICS, runs)}
    found = [Record(row, topics.get(row["run"], ""), changed.get(row["run"], {})) for row in rows]
    return sorted(found, key=lambda record: record.row["position"])


def _meant(row: Row, side: str) -> JsonValue:
    """A value as it is meant: "3e-4" in a foreign record is the number."""
    written = row[side]
    if written is None:
        return None
    value: JsonValue = json.loads(written) if row["json"] else meaning(written)
    return value
