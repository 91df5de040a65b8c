"""Earlier runs that were nearly what is asked for, with the paths and packages that differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from goldfish.domain.names import Digest, TreeId
from goldfish.domain.values import Environment, Reason, StagePlan
from goldfish.errors import ArtifactMissing, SnapshotMissing
from goldfish.ports import FileChange

if TYPE_CHECKING:
    from goldfish.bootstrap import Services
    from goldfish.queries.nearby import NearRun


def nearly(
    services: Services,
    *,
    stages: Sequence[StagePlan],
    tree: str,
    seed: int | None,
    environment: Environment,
    reason: Reason,
) -> list[NearRun]:
    """The earlier runs most like a new one, at most five; none where nothing is near. It only informs.

    Code or package lists that are gone are passed over: that they differ is told all the same.
    """
    from goldfish.queries.differing import Experiment
    from goldfish.queries.near import near_runs

    def code_diff(left: str, right: str) -> list[FileChange]:
        try:
            return services.snapshots.diff(TreeId(left), TreeId(right))
        except SnapshotMissing:
            return []

    def packages(digest: str) -> Mapping[str, str]:
        try:
            found: Mapping[str, str] = json.loads(services.artifacts.read(Digest(digest)))
        except ArtifactMissing:
            return {"list": digest}
        return found

    new = Experiment(stages, tree, seed, environment, reason)
    return near_runs(services.projector.at(), services.journal, new, code_diff, packages)
