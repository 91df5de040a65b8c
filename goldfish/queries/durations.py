"""How long stages take, from how long they took."""

from __future__ import annotations

from collections.abc import Sequence

from goldfish.domain.event import Value
from goldfish.projections.projector import View

RECENT = 10  # executions of each stage that count


class Expected(Value):
    """The median over the newest executions of a stage that ended by themselves."""

    stage: str
    seconds: float
    executions: int


def expected_seconds(view: View, workspace: str, stages: Sequence[str]) -> dict[str, Expected]:
    """What each stage of a workspace will probably take; stages that never ran there are left out."""
    rows = view.rows(
        """
        SELECT stage, round(median(seconds), 3) AS seconds, count(*) AS executions FROM (
            SELECT stage, executions.seconds AS seconds FROM executions JOIN runs USING (run)
            WHERE workspace = ? AND list_contains(?, stage) AND executions.outcome = 'succeeded'
                  AND executions.seconds IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY stage ORDER BY executions.position DESC) <= ?
        ) GROUP BY stage
        """,
        workspace,
        list(stages),
        RECENT,
    )
    return {row["stage"]: Expected(**row) for row in rows}
