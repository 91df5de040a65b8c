"""What failed and should not be tried again as it was."""

from __future__ import annotations

import json

from pydantic import JsonValue

from goldfish.domain.event import Value
from goldfish.projections.projector import View

SETTINGS = 8  # settings shown with a failure


class FailedWork(Value):
    """Work that failed and never succeeded: its newest run, and the settings that its request made."""

    run: str
    version: str | None  # None for an imported run
    cause: str
    description: str
    fingerprint: str | None
    times: int
    settings: dict[str, JsonValue]


def failures(view: View, limit: int) -> tuple[list[FailedWork], int]:
    """The newest failed work, one entry for each fingerprint, and how many there are in all."""
    rows = view.rows(
        """
        SELECT count(*) OVER () AS all_of_them, times, unnest(newest) FROM (
            SELECT count(*) FILTER (outcome = 'failed') AS times, bool_or(outcome = 'succeeded') AS was_mended,
                   max_by({'run': run, 'version': version, 'cause': cause, 'description': description,
                           'fingerprint': fingerprint, 'position': position}, position)
                       FILTER (outcome = 'failed') AS newest
            FROM runs GROUP BY coalesce(fingerprint, run)
        ) WHERE times > 0 AND NOT was_mended ORDER BY newest.position DESC LIMIT ?
        """,
        limit,
    )
    settings = _settings(view, [row["run"] for row in rows]) if rows else {}
    found = [
        FailedWork(
            settings=settings.get(row["run"], {}),
            **{name: row[name] for name in ("run", "version", "cause", "description", "fingerprint", "times")},
        )
        for row in rows
    ]
    return found, rows[0]["all_of_them"] if rows else 0


def _settings(view: View, runs: list[str]) -> dict[str, dict[str, JsonValue]]:
    rows = view.rows(
        """
        SELECT run, concat_ws('.', nullif(stage, ''), name) AS name, value FROM params
        WHERE overridden AND run IN (SELECT unnest(?::VARCHAR[])) ORDER BY run, name
        """,
        runs,
    )
    found: dict[str, dict[str, JsonValue]] = {}
    for row in rows:
        mine = found.setdefault(row["run"], {})
        if len(mine) < SETTINGS:
            mine[row["name"]] = json.loads(row["value"])
    return found
