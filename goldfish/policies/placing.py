"""Inputs of a stage are put where it reads them: kept bytes as copies or clones, bytes that stay outside by a link."""

from __future__ import annotations

from pathlib import Path

from goldfish.application import Session
from goldfish.domain.names import Digest
from goldfish.domain.sources import Source
from goldfish.domain.values import ResolvedInput
from goldfish.errors import SourceChanged
from goldfish.policies.tools import Tools

NAMED = 20  # differing files that an event names


def place_input(tools: Tools, execution: str, given: ResolvedInput, target: Path) -> None:
    """Show an input at `target`. Idempotent.

    Raises `ArtifactMissing`, and `SourceChanged`, which is recorded, when bytes outside are not what they were.
    """
    source = _outside(tools, given.ref)
    if source is None or source.location is None or source.digest != given.digest:
        tools.artifacts.place(Digest(given.digest), target, given.type)
        return
    path = Path(source.location)
    problems = tools.in_place.differing(Digest(given.digest), path, given.type)
    if not problems:
        tools.in_place.show(path, target)
        return
    shown, more = problems[:NAMED], max(0, len(problems) - NAMED)

    def found(session: Session) -> None:
        state = session.source(source.name)
        session.record(state, state.found(source.revision, shown, more))

    tools.record(f"found-changed:{given.name}", execution, found)
    raise SourceChanged(
        source=f"{source.name}@r{source.revision}",
        name=source.name,
        revision=source.revision,
        path=path,
        files=problems,
    )


def _outside(tools: Tools, ref: str) -> Source.Registered | None:
    """The revision that a reference like digits@r1 names, if its bytes are outside."""
    name, at, number = ref.rpartition("@r")
    if not at or not number.isdecimal():
        return None
    found = Session(tools.application.journal).source(name).revisions.get(int(number))
    return found if found is not None and found.location is not None else None
