"""The noise that is known from other runs, for sides that ran once."""

from __future__ import annotations

from collections.abc import Sequence

from goldfish.domain.samples import Floor, pooled
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.comparing.numbers import Place, independent, number, picked, reused, sampled
from goldfish.queries.comparing.parties import Party
from goldfish.queries.comparing.specs import Spec

LOOKED_AT = 200  # configurations that were repeated, the newest ones: how much seeds change may change with time

FEW = 3  # degrees of freedom below which a configuration's own seeds say too little alone

_SAME = """
    SELECT run, configuration, seeds FROM configurations
    WHERE configuration IN (SELECT unnest(?::VARCHAR[])) ORDER BY position DESC LIMIT 1000
"""
_REPEATED = """
    WITH repeated AS (
        SELECT configuration FROM configurations WHERE configuration IS NOT NULL
        GROUP BY configuration HAVING count(*) > 1 ORDER BY max(position) DESC LIMIT ?
    )
    SELECT run, configuration, seeds FROM configurations
    WHERE configuration IN (SELECT configuration FROM repeated) ORDER BY position DESC LIMIT 2000
"""


class Floors:
    """What repetitions elsewhere in the project say of the noise of a metric.

    The other seeds of a side's own configuration say it best. Where these are too few, all configurations that were
    repeated say it together: their noise is taken to be alike.
    """

    def __init__(self, view: View, sides: Sequence[Party]) -> None:
        self._view = view
        self._own = sorted({name for side in sides for name in side.configurations if name is not None})
        self._same: list[Row] | None = None
        self._others: list[Row] | None = None
        self._numbers: dict[tuple[str, str], list[Row]] = {}
        self._reused: dict[str, dict[tuple[str, str], str]] = {}

    def of(self, place: Place, spec: Spec, one: Party, other: Party) -> Floor | None:
        """The noise of a metric, known from other runs than those of these two sides."""
        ours = {*one.runs, *other.runs}
        wanted = one.configurations | other.configurations
        same = [row for row in self._siblings() if row["configuration"] in wanted and row["run"] not in ours]
        own = self._spreads(place, spec, same, "same")
        if sum(degrees for _, degrees in own) < FEW:
            rest = [row for row in self._repeated() if row["run"] not in ours]
            every = self._spreads(place, spec, rest, "every")
            if len(every) > len(own):
                named = "one configuration" if len(every) == 1 else f"{len(every)} configurations"
                return pooled(every, _seeds(every, named))
        return pooled(own, _seeds(own, "the same configuration"))

    def _siblings(self) -> list[Row]:
        if self._same is None:
            self._same = self._view.rows(_SAME, self._own) if self._own else []
        return self._same

    def _repeated(self) -> list[Row]:
        if self._others is None:
            self._others = self._view.rows(_REPEATED, LOOKED_AT)
        return self._others

    def _spreads(self, place: Place, spec: Spec, runs: Sequence[Row], which: str) -> list[tuple[float, float]]:
        """Of each configuration the deviation over its seeds, and its degrees of freedom."""
        by_configuration: dict[str, list[Row]] = {}
        for run in runs:
            by_configuration.setdefault(run["configuration"], []).append(run)
        repeated = [run for found in by_configuration.values() if len(found) > 1 for run in found]
        if not repeated:
            return []
        rows = {row["run"]: row for row in self._logged(place, which)}
        taken_over = self._taken_over(which)
        spreads = []
        for found in by_configuration.values():
            known = [
                number({**run, **rows[run["run"]]}, rows[run["run"]], picked(rows[run["run"]], spec), taken_over)
                for run in found
                if run["run"] in rows
            ]
            one = sampled(independent(known))
            if one is not None and one.sd is not None:
                spreads.append((one.sd, one.n - 1.0))
        return spreads

    def _logged(self, place: Place, which: str) -> list[Row]:
        """The rows of one metric of runs that succeeded, with the seed of each."""
        key = (which, place[1])
        if key not in self._numbers:
            self._numbers[key] = self._view.rows(
                """
                SELECT m.*, r.seed, r.outcome FROM metrics AS m JOIN runs AS r USING (run)
                WHERE m.metric = ? AND m.run IN (SELECT unnest(?::VARCHAR[])) AND r.outcome = 'succeeded'
                """,
                place[1],
                self._names(which),
            )
        return [row for row in self._numbers[key] if row["stage"] in (place[0], "") or not place[0]]

    def _taken_over(self, which: str) -> dict[tuple[str, str], str]:
        if which not in self._reused:
            self._reused[which] = reused(self._view, self._names(which))
        return self._reused[which]

    def _names(self, which: str) -> list[str]:
        return [row["run"] for row in (self._siblings() if which == "same" else self._repeated())]


def _seeds(spreads: Sequence[tuple[float, float]], of: str) -> str:
    return f"{round(sum(degrees + 1 for _, degrees in spreads))} seeds of {of}"
