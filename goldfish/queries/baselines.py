"""What a result is compared with."""

from __future__ import annotations

from goldfish.domain.results import Reached
from goldfish.domain.specs import ResultsSpec
from goldfish.errors import Refusal
from goldfish.projections.projector import View
from goldfish.queries.references import resolve


class Baselines:
    """The numbers of other runs that results are compared with, each looked for once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[tuple[str, ...], list[Reached]] = {}

    def of(self, run: str, stage: str, spec: ResultsSpec) -> Reached | None:
        """The number that a stage of a run is compared with.

        It is of the same metric, split and direction, of the same stage if there is one; of a version, the newest.
        None where the baseline has no such number, or is this very run.
        """
        if spec.baseline is None:
            return None
        asked = (spec.baseline, stage, spec.metric, spec.split, spec.direction)
        if asked not in self._found:
            self._found[asked] = self._candidates(*asked)
        return next((found for found in self._found[asked] if found.run != run), None)

    def _candidates(self, baseline: str, stage: str, metric: str, split: str, direction: str) -> list[Reached]:
        try:
            reference = resolve(self._view, baseline)
        except Refusal:  # a tag may be gone by now
            return []
        column = _COLUMNS.get(reference.kind)
        if column is None:
            return []
        rows = self._view.rows(
            f"""
            SELECT run, max_by(result, stage = $2) AS value FROM results
            WHERE {column} = $1 AND metric = $3 AND split = $4 AND direction = $5 AND result IS NOT NULL
            GROUP BY run ORDER BY bool_or(stage = $2) DESC, max(position) DESC LIMIT 2
            """,  # noqa: S608 (the column is one of ours)
            reference.id,
            stage,
            metric,
            split,
            direction,
        )
        return [Reached(ref=baseline, run=row["run"], value=row["value"]) for row in rows]


_COLUMNS = {"run": "run", "execution": "run || '/' || stage", "version": "version"}
