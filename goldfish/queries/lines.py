"""What several answers show: a run or an event in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.values import Outcome
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.tags import tags_of
from goldfish.queries.warnings import Caution, warnings_of

HEADLINES = 4  # metrics shown with a run in one line


class RunLine(Value):
    """A run in one line. `metrics` are last finite values, those of the stage that ended last first."""

    run: str
    version: str | None  # None for an imported run …
    stages: list[str]
    state: str
    outcome: Outcome | None
    cause: str | None
    description: str
    metrics: dict[str, float | None]
    requested_at: datetime
    seconds: float | None
    actor: str
    position: int
    tags: list[str] = Field(default_factory=list)
    verdict: str | None = None  # what somebody judged, as it holds now
    system: str | None = None  # … which has a place where it was recorded, …
    foreign_id: str | None = None  # … and an id there
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


class ActivityLine(Value):
    """Something that happened, in one line."""

    position: int
    recorded_at: datetime
    actor: str
    summary: str


_OF_RUN = [name for name in RunLine.model_fields if name not in ("metrics", "tags", "verdict", "warnings")]


def run_lines(view: View, rows: Sequence[Row]) -> list[RunLine]:
    """Rows of the model `runs` as lines, with the headline metrics of each run."""
    found: dict[str, dict[str, float | None]] = {row["run"]: {} for row in rows}
    metrics = view.rows(
        """
        SELECT run, metric, CASE WHEN last_is_finite THEN last END AS value FROM metrics
        WHERE run IN (SELECT unnest(?::VARCHAR[])) ORDER BY position DESC, metric
        """,
        list(found),
    )
    for metric in metrics if found else ():
        mine = found[metric["run"]]
        if len(mine) < HEADLINES:
            mine.setdefault(metric["metric"], metric["value"])
    tags = tags_of(view, found) if found else {}
    judged = view.rows(
        "SELECT run, verdict FROM verdicts WHERE holds AND run IN (SELECT unnest(?::VARCHAR[]))", [*found]
    )
    verdicts = {row["run"]: row["verdict"] for row in judged}
    warned = warnings_of(view, found)
    return [
        RunLine(
            metrics=found[row["run"]],
            tags=tags.get(row["run"], []),
            verdict=verdicts.get(row["run"]),
            warnings=warned.get(row["run"], []),
            **{name: row[name] for name in _OF_RUN},
        )
        for row in rows
    ]


def more(number: int, one: str, many: str, how: str) -> list[str]:
    """`3 runs: goldfish history`, where so many are left out; nothing where none is."""
    return [f"{number} {one if number == 1 else many}: {how}"] if number > 0 else []


def activity(view: View, limit: int, since: int = 0) -> list[ActivityLine]:
    """The newest noteworthy events after a position, newest first."""
    rows = view.rows(
        """
        SELECT position, recorded_at, actor, summary FROM activity WHERE position > ?
        ORDER BY position DESC LIMIT ?
        """,
        since,
        limit,
    )
    return [ActivityLine.model_validate(row) for row in rows]
