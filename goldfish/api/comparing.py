"""Use cases that put runs, versions and groups side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from goldfish.api.core import Core
from goldfish.domain.names import Digest, TreeId

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.ports import FileChange
    from goldfish.queries.compare import Comparison
    from goldfish.queries.curves import Curves
    from goldfish.queries.groups import Groups


class Comparing(Core):
    """What differs, and what came of it."""

    def compare(self, refs: Sequence[str], *, numbers: bool = True, as_of: When | None = None) -> Comparison:
        """What differs between runs and groups of runs, or between versions, each against the first one.

        A group is named by its name, or by group:NAME. Without `numbers` the metrics are left out: what is judged by
        different ones can be compared so. Raises `NothingToCompareWith`, `CannotCompare`, `MeasuredDifferently`.
        """
        from goldfish.queries.compare import compare

        view = self.view(as_of)
        return compare(view, refs, code_diff=self._code_diff, packages=self._packages, numbers=numbers)

    def groups(
        self,
        *,
        workspace: str | None = None,
        limit: int = 20,
        before: int | None = None,
        since: int | None = None,
        as_of: When | None = None,
    ) -> Groups:
        """Groups of runs, those with the newest runs first: seeds, and the mean and the deviation of their metrics.

        `before` is the cursor that a longer answer gives; `since` leaves out groups to which nothing happened after it.
        """
        from goldfish.queries.groups import groups

        name = self.look(workspace, deleted_too=True).name if workspace is not None else None
        return groups(self.view(as_of), workspace=name, limit=limit, before=before, since=since)

    def curves(self, refs: Sequence[str], *, metrics: Sequence[str] = (), as_of: When | None = None) -> Curves:
        """The points of metrics of runs and groups, as lines to draw: of a group the mean and the deviation.

        Without names, the metrics that something is judged by, or else those that most sides have. Raises
        `NothingToDraw`, `CannotCompare`.
        """
        from goldfish.queries.curves import curves

        return curves(self.view(as_of), refs, self._points, metrics=metrics)

    def _points(self, digest: str, metric: str) -> list[tuple[int | None, float]]:
        return self.services.metrics.series(Digest(digest), metric).get(metric, [])

    def _code_diff(self, left: str, right: str) -> list[FileChange]:
        return self.services.snapshots.diff(TreeId(left), TreeId(right))

    def _packages(self, digest: str) -> dict[str, str]:
        found = json.loads(self.services.artifacts.read(Digest(digest)))
        return {str(name): str(version) for name, version in found.items()}
