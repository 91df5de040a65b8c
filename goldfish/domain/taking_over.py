"""What a record of another system says anew about an experiment that was imported before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from goldfish.domain.event import Event
from goldfish.domain.imported import ForeignExperiment, ForeignJudgement
from goldfish.domain.runs import Run
from goldfish.errors import RecordChanged

_JUDGING = frozenset({"verdict", "note", "cause"})  # what a later verdict may change
_REFERENCES = ("parents", "against")
_TOLD_BY_OTHERS = ("direction",)  # the rest of a record tells it, and may tell it only when there is more of it


def taken_again(
    run: Run, said: ForeignExperiment, at: datetime, *, plain: Callable[[str], str], timed: bool = True
) -> list[Event]:
    """Nothing for what is known; a later verdict, of now, where only that is another one.

    `plain` tells references that name the same thing; where a record has no times of its own, they do not count.
    Raises `RecordChanged` for any other change.
    """
    held = run.imported
    if held is None:
        raise TypeError(run)
    differs = _differing(held, said, plain)
    if not timed:
        differs -= {"happened"}
    if not differs:
        return []
    if differs <= _JUDGING and said.verdict is not None:
        verdict, note = said.verdict, said.note if said.note != held.note else None
        known = [held.verdict, *run.later_verdicts]
        if any(
            one is not None
            and (one.verdict, one.said) == (verdict.verdict, verdict.said)
            and (note is None or note == getattr(one, "note", None))
            for one in known
        ):
            return []
        later = Run.VerdictImported(verdict=verdict.verdict, said=verdict.said, happened=at, by=None, note=note)
        return run.judged_elsewhere(later)
    raise RecordChanged(run=run.stream, id=held.id, fields=", ".join(sorted(differs)))


def judged_again(run: Run, said: ForeignJudgement) -> list[Event]:
    """A later verdict, if it is not known."""
    fields = said.model_dump(exclude={"of"})
    verdict = Run.VerdictImported(**fields)
    return [] if verdict in run.later_verdicts else run.judged_elsewhere(verdict)


def _differing(held: ForeignExperiment, said: ForeignExperiment, plain: Callable[[str], str]) -> set[str]:
    found = {
        name
        for name in ForeignExperiment.model_fields
        if name not in (*_REFERENCES, *_TOLD_BY_OTHERS) and getattr(held, name) != getattr(said, name)
    }
    if [plain(one) for one in held.parents] != [plain(one) for one in said.parents]:
        found.add("parents")
    if (held.against and plain(held.against)) != (said.against and plain(said.against)):
        found.add("against")
    return found
