"""Which bytes does a stage's output stand for?"""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.domain.values import SignalType
from goldfish.projections.projector import View


class EarlierOutput(Value):
    """An output of a stage execution that succeeded."""

    as_of: int
    run: str
    ref: str
    digest: str
    type: SignalType
    size: int


def latest_output(
    view: View, workspace: str, stage: str, signal: str, *, pipeline: str | None = None
) -> EarlierOutput | None:
    """The newest output of this name that a succeeded execution of the stage wrote in a workspace.

    One of the same `pipeline` comes first: another pipeline may have another stage of this name.
    """
    row = view.row(
        """
        SELECT outputs.run AS run, ref, digest, type, size
        FROM outputs JOIN executions USING (run, stage) JOIN runs USING (run)
        WHERE workspace = ? AND stage = ? AND name = ? AND kind = 'output' AND executions.outcome = 'succeeded'
        ORDER BY coalesce(runs.pipeline = ?, false) DESC, runs.position DESC LIMIT 1
        """,
        workspace,
        stage,
        signal,
        pipeline,
    )
    return EarlierOutput(as_of=view.position, **row) if row else None
