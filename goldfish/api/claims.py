"""Use cases around claims: what runs are said to show, held against noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish.api.answers import ThoughtAnswer
from goldfish.api.notes import NoteCommands, References
from goldfish.domain.names import plain_text
from goldfish.domain.notes import Measured
from goldfish.errors import ClaimNeedsRuns, NotARun, UnusableArgument
from goldfish.queries.claims import ClaimStanding

if TYPE_CHECKING:
    from goldfish.projections.projector import View


class ClaimAnswer(ThoughtAnswer):
    """A claim as it stands in the ledger, and whether its numbers show more than noise."""

    standing: ClaimStanding


class ClaimCommands(NoteCommands):
    """What people and agents claim of runs."""

    def log_claim(
        self,
        text: str,
        *,
        runs: References = None,
        against: References = None,
        metric: str | None = None,
        value: float | None = None,
        deviation: float | None = None,
        among: int | None = None,
        workspace: str | None = None,
        about: References = None,
        command_id: str | None = None,
    ) -> ClaimAnswer:
        """Keep what runs are said to show, beside other runs or a number; the answer says whether they do.

        `value` is the mean of what they are held against where that is no run, `deviation` its standard deviation over
        `among` seeds. A group stands for the runs that it has now. Raises `ClaimNeedsRuns`, `NotARun`.
        """
        body: dict[str, JsonValue] = {
            "claim": text,
            "runs": _given(runs),
            "against": _given(against),
            "measured": [metric, value, deviation, among],
            "workspace": workspace,
            "about": _given(about),
        }
        view = self.services.projector.at()
        own, others = self._claimed_runs(view, runs), self._claimed_runs(view, against)
        if not own:
            raise ClaimNeedsRuns()
        measured = _measured(metric, value, deviation, among)
        references = {"because": own, "instead_of": others, "about": self._known(about)}
        kept = self._log("claim", text, body, workspace, command_id, references, measured)
        return ClaimAnswer(**kept.model_dump(), standing=self._claim_standing(str(kept.note)))

    def _claimed_runs(self, view: View, given: References) -> list[str]:
        """Runs and stages of runs, by their full names; of a group, all its runs."""
        from goldfish.queries.grouping import one_or_group

        found: list[str] = []
        for name in [given] if isinstance(given, str) else given or ():
            one = one_or_group(view, plain_text(name, "reference", 200))
            if one.kind == "group":
                rows = view.rows("SELECT run FROM runs WHERE run_group = ? ORDER BY position", one.id)
                found += [row["run"] for row in rows]
            elif one.kind in ("run", "execution"):
                found.append(one.id)
            else:
                raise NotARun(given=name, what=f"a {one.kind}")
        return self._known(list(dict.fromkeys(found)))

    def _claim_standing(self, claim: str) -> ClaimStanding:
        from goldfish.queries.claims import standings

        view = self.services.projector.at()
        return standings(view, view.rows("SELECT * FROM thoughts WHERE note = ?", claim))[claim]


def _given(references: References) -> JsonValue:
    return references if isinstance(references, str | None) else list(references)


def _measured(metric: str | None, value: float | None, deviation: float | None, among: int | None) -> Measured | None:
    if value is None and (deviation is not None or among is not None):
        raise _refused("deviation", deviation if deviation is not None else among, "given with a value")
    if value is not None and not math.isfinite(value):
        raise _refused("value", value, "a finite number")
    if deviation is not None and not (math.isfinite(deviation) and deviation >= 0):
        raise _refused("deviation", deviation, "a finite number from 0")
    if among is not None and among < 1:
        raise _refused("among", among, "a number of seeds from 1")
    if all(one is None for one in (metric, value, deviation, among)):
        return None
    name = plain_text(metric, "metric", 200) if metric is not None else None
    return Measured(metric=name, value=value, deviation=deviation, among=among)


def _refused(argument: str, given: object, needed: str) -> UnusableArgument:
    return UnusableArgument(argument=argument, call="log_claim", given=str(given), needed=needed)
