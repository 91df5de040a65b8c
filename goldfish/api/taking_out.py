"""The use case of taking bytes out of the project, to a place of the user's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from goldfish.api.answers import TakenOut
from goldfish.api.core import Core
from goldfish.api.usable import unchanged
from goldfish.application import Session
from goldfish.domain.names import Digest
from goldfish.domain.values import SUFFIX, SignalType
from goldfish.errors import NothingToTakeOut

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class TakingOut(Core):
    """What people and agents do with what was made."""

    def take_out(
        self,
        ref: str,
        directory: Path | None = None,
        *,
        on_progress: Callable[[str, int, int | None], None] | None = None,
    ) -> TakenOut:
        """Copy an output, an artifact or a revision of a source into a directory, by default the current one.

        The copy is checked against the digest and belongs to the caller. Raises `PlaceTaken`: nothing is overwritten.
        """
        from goldfish.queries.references import resolve

        view = self.services.projector.at()
        found = resolve(view, ref)
        asked = {
            "output": "SELECT name, type, digest, size FROM outputs WHERE ref = ? AND digest IS NOT NULL",
            "source": "SELECT name, type, digest, size, revision FROM sources WHERE ref = ?",
        }.get(found.kind)
        row = view.row(asked, found.id) if asked is not None else None
        if row is None:
            raise NothingToTakeOut(ref=found.id, kind=found.kind if asked is None else "refused output")
        kind: SignalType = row["type"] or "file"  # an artifact that was handed over has no type
        digest = Digest(row["digest"])
        revision = None
        if found.kind == "source":
            source = Session(self.application.journal).source(row["name"])
            revision = source.revisions[row["revision"]]
        name = _ODD.sub("-", str(row["name"]).rpartition("/")[2]).strip("-.") or "data"
        ending = SUFFIX[kind] if row["type"] else ""
        if revision is not None and kind == "file":
            ending = _ODD.sub("", PurePosixPath(revision.came_from).suffix)[:20]
        target = (directory or Path()).absolute() / (name + ending)
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            if on_progress is not None:
                on_progress("copying", done, row["size"])

        if revision is not None and revision.location is not None:
            unchanged(self, revision)
            self.services.in_place.take_out(digest, Path(revision.location), target, kind, told=told)
        else:
            self.services.artifacts.take_out(digest, target, kind, told=told)
        return TakenOut(ref=found.id, path=str(target), type=kind, digest=digest, size=row["size"])
