"""Runs that await a verdict."""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.projections.projector import View

SHOWN = 5


class Awaiting(Value):
    """The runs of a workspace that have ended, were to be judged by a number, and nobody has judged."""

    workspace: str
    count: int
    runs: list[str]  # the newest of them, newest first


def awaiting(view: View, workspace: str | None = None) -> list[Awaiting]:
    """By workspace, the one with the newest such run first. Cancelled and lost runs await nothing."""
    rows = view.rows(
        """
        WITH due AS (
            SELECT DISTINCT workspace, run, position FROM results
            WHERE awaits AND CASE WHEN $1 IS NOT NULL THEN workspace = $1
                  ELSE workspace IN (SELECT workspace FROM workspaces WHERE deleted IS NULL) END
        )
        SELECT workspace, count(*) AS count, list(run ORDER BY position DESC)[1:$2] AS runs
        FROM due GROUP BY workspace ORDER BY max(position) DESC
        """,
        workspace,
        SHOWN,
    )
    return [Awaiting.model_validate(row) for row in rows]
