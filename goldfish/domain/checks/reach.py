"""Whether a stage imported only what its fingerprint covers."""

from __future__ import annotations

from collections.abc import Sequence

from goldfish.domain.executions import BEYOND_REACH, Execution
from goldfish.domain.values import StagePlan

SHOWN = 20


def code_in_reach(stage: StagePlan, loaded: Sequence[str]) -> Execution.CheckEvaluated | None:
    """The finding that the stage imported files that nobody had foreseen; None when all is as it should be.

    Such an execution is as good as any other, but its fingerprint does not cover all that it did: it never stands in
    for another one, and never answers a request.
    """
    beyond = [] if stage.code is None else sorted(set(loaded) - set(stage.code))
    if not beyond:
        return None
    more = f" and {len(beyond) - 3} more" if len(beyond) > 3 else ""
    return Execution.CheckEvaluated(
        check=BEYOND_REACH,
        subject=stage.name,
        verdict="failed",
        severity="record",
        sentence=f"it imported {', '.join(beyond[:3])}{more}, which its code does not name: its work is not reused",
        evidence={"files": [*beyond[:SHOWN]], "count": len(beyond)},
    )
