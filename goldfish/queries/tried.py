"""Was this done before? And which bytes does a stage's output stand for?"""

from __future__ import annotations

from goldfish.domain.event import Value
from goldfish.domain.values import Outcome, SignalType
from goldfish.projections.projector import View


class EarlierRun(Value):
    """A run that asked for the same work, in whatever state it is."""

    as_of: int
    run: str
    workspace: str
    number: int
    state: str
    outcome: Outcome | None
    cause: str | None


class EarlierOutput(Value):
    """An output of a stage execution that succeeded."""

    as_of: int
    run: str
    ref: str
    digest: str
    type: SignalType
    size: int


def find_run_by_fingerprint(view: View, fingerprint: str) -> EarlierRun | None:
    """The run that says most about work with this fingerprint.

    A run that is under way, succeeded or failed says more than one that was cancelled, lost or parked; among equals
    the newest is meant.
    """
    row = view.row(
        """
        SELECT run, workspace, number, state, outcome, cause FROM runs WHERE fingerprint = ?
        ORDER BY coalesce(outcome, state) IN ('cancelled', 'lost', 'parked'), position DESC LIMIT 1
        """,
        fingerprint,
    )
    return EarlierRun(as_of=view.position, **row) if row else None


def latest_output(view: View, workspace: str, stage: str, signal: str) -> EarlierOutput | None:
    """The newest output of this name that a succeeded execution of the stage wrote in a workspace."""
    row = view.row(
        """
        SELECT outputs.run AS run, ref, digest, type, size
        FROM outputs JOIN executions USING (run, stage) JOIN runs USING (run)
        WHERE workspace = ? AND stage = ? AND name = ? AND kind = 'output' AND executions.outcome = 'succeeded'
        ORDER BY runs.position DESC LIMIT 1
        """,
        workspace,
        stage,
        signal,
    )
    return EarlierOutput(as_of=view.position, **row) if row else None
