"""Use cases around data from outside."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from goldfish.api.answers import SourceAnswer
from goldfish.api.core import Core
from goldfish.application import Session
from goldfish.domain.names import RESERVED, safe_name
from goldfish.domain.sources import Source
from goldfish.domain.values import SUFFIX, SignalType
from goldfish.errors import OutputRefused, UnknownSource, UnreadableFile
from goldfish.ports import Stored

_BY_SUFFIX: dict[str, SignalType] = {suffix: kind for kind, suffix in SUFFIX.items() if suffix}


class SourceCommands(Core):
    """What people and agents do with data."""

    def add_source(
        self, name: str, path: Path, *, kind: SignalType | None = None, command_id: str | None = None
    ) -> SourceAnswer:
        """Register a file or directory under a name; its bytes are copied into the project and pinned by digest.

        The type is taken from the suffix when it is not given. The same bytes again are no new revision.
        """
        safe_name(name, "source")

        def register(session: Session) -> None:
            guessed, stored = self._store(path, kind)
            source = session.source(name)
            session.record(source, source.register(name, guessed, stored.digest, stored.size, str(path)))

        receipt = self.execute(register, {"source": name, "path": str(path), "type": kind}, command_id)
        self.write_state()
        latest = receipt.first(Source.Registered) or Session(self.application.journal).source(name).latest
        if latest is None:
            raise UnknownSource(given=name)
        return _answer(latest)

    def register_path(self, path: Path) -> str:
        """Make a path a source, and return its reference, like "digits@r1". The same path again is its next revision.

        It is called after the file; where another source has that name, a number follows.
        """
        came_from = str(path.absolute())
        rows = self.services.projector.at().rows("SELECT name, came_from FROM sources")
        taken = {str(row["name"]): row["came_from"] for row in rows}
        wanted = _name_after(path)
        names = (wanted if n == 1 else f"{wanted[:60]}-{n}" for n in count(1))
        name = next(name for name in names if taken.get(name, came_from) == came_from)
        return self.add_source(name, path.absolute()).source

    def _store(self, path: Path, kind: SignalType | None) -> tuple[SignalType, Stored]:
        if not path.exists():
            raise UnreadableFile(path=path, why="there is nothing of this name")
        guessed: SignalType = "directory" if path.is_dir() else _BY_SUFFIX.get(path.suffix.lower(), "file")
        kind = kind or guessed
        put = self.services.artifacts.put_directory if kind == "directory" else self.services.artifacts.put_file
        try:
            return kind, put(path.absolute())
        except OutputRefused as refusal:  # the store speaks of outputs
            raise UnreadableFile(path=path, why=refusal.facts.get("why")) from refusal


def _name_after(path: Path) -> str:
    """A usable name of a source for a file."""
    name = re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower())[:60].strip(".-_")
    name = re.sub(r"\.{2,}", ".", name) or "data"
    return f"data-{name}" if RESERVED.fullmatch(name) else name


def _answer(latest: Source.Registered) -> SourceAnswer:
    return SourceAnswer(
        source=f"{latest.name}@r{latest.revision}", type=latest.type, digest=latest.digest, size=latest.size
    )
