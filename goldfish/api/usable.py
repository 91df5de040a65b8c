"""Whether a revision of a source can be given to a run now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.application import Session
from goldfish.domain.names import Digest
from goldfish.domain.sources import Source
from goldfish.errors import ArtifactMissing, SourceChanged

if TYPE_CHECKING:
    from goldfish.api.core import Core
    from goldfish.domain.values import StagePlan

NAMED = 20  # differing files that an event names

_REVISION = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})@r([1-9][0-9]{0,8})")


def usable(core: Core, source: Source.Registered) -> None:
    """Raise `SourceRetired`, `SourceChanged` or `ArtifactMissing` when it cannot be used. Unchanged bytes are not read.

    Nothing is recorded: whoever carries out a command calls `record_change` with the refusal.
    """
    Session(core.application.journal).source(source.name).usable()
    unchanged(core, source)


def unchanged(core: Core, source: Source.Registered) -> None:
    """Raise `SourceChanged` or `ArtifactMissing` when its bytes are not what they were."""
    problems = differing(core, source)
    if not problems:
        return
    if source.location is None:
        raise ArtifactMissing(digest=source.digest, why=f"{source.name}@r{source.revision}: {problems[0]}")
    raise SourceChanged(
        source=f"{source.name}@r{source.revision}",
        name=source.name,
        revision=source.revision,
        path=source.location,
        files=problems,
    )


def all_usable(core: Core, stages: Iterable[StagePlan]) -> None:
    """The same for every revision that a plan names."""
    refs = {given.ref for stage in stages for given in stage.inputs if given.ref is not None}
    session = Session(core.application.journal)
    for ref in sorted(refs):
        named = _REVISION.fullmatch(ref)
        found = session.source(named[1]).revisions.get(int(named[2])) if named else None
        if found is not None:
            usable(core, found)


def record_change(core: Core, refusal: SourceChanged) -> None:
    """Keep what a comparison has found, once."""
    record_found(core, str(refusal.facts["name"]), int(refusal.facts["revision"]), list(refusal.facts["files"]))


def record_found(core: Core, name: str, revision: int, problems: list[str]) -> None:
    """Record what a comparison with the bytes in place found, when it is news."""
    shown, more = problems[:NAMED], max(0, len(problems) - NAMED)

    def found(session: Session) -> None:
        core.put(session, session.source(name), lambda source: source.found(revision, shown, more))

    receipt = core.execute(found, {"found": name, "revision": revision, "files": shown}, None)
    if receipt.events:
        core.write_state()


def differing(core: Core, source: Source.Registered) -> list[str]:
    """What is not as it was registered, a sentence each."""
    digest = Digest(source.digest)
    if source.location is None:
        return core.services.artifacts.check(digest)
    return core.services.in_place.differing(digest, Path(source.location), source.type)
