"""Sources: named data, pinned by the digest of all its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from goldfish.domain.event import Event, later
from goldfish.domain.folding import after
from goldfish.domain.names import Stream, nearest
from goldfish.domain.values import SignalType
from goldfish.errors import NothingToDescribe, SourceRetired, UnknownColumn, UnknownSource


@dataclass(frozen=True, slots=True)
class Source:
    """A named input. Each revision is immutable; a run pins one."""

    class Registered(Event):
        """These bytes are from now on known under the name, as the next revision."""

        NAME: ClassVar[str] = "source.registered"
        name: str
        revision: int
        type: SignalType
        digest: str
        size: int
        came_from: str
        described: dict[str, JsonValue] = later({})  # what goldfish found in it
        text: str | None = later(None)
        origin: str | None = later(None)  # "run-3/prepare.features": these are the bytes of that output
        location: str | None = later(None)  # the bytes were not copied: they are there

    class Described(Event):
        """Somebody said what it holds. The bytes are what they were."""

        NAME: ClassVar[str] = "source.described"
        revision: int
        text: str | None
        columns: dict[str, str]

    class FoundChanged(Event):
        """The bytes of a revision that was registered in place are no longer there as they were."""

        NAME: ClassVar[str] = "source.found-changed"
        revision: int
        files: list[str]
        more: int = 0  # changed files beyond those that are named

    class FoundUnchanged(Event):
        """The bytes of a revision that had changed are there again."""

        NAME: ClassVar[str] = "source.found-unchanged"
        revision: int

    class Retired(Event):
        """It is not to be used any more. What was made of it stays as it is."""

        NAME: ClassVar[str] = "source.retired"
        reason: str

    class Restored(Event):
        """It may be used again."""

        NAME: ClassVar[str] = "source.restored"

    stream: Stream
    version: int = 0
    revisions: dict[int, Source.Registered] = field(default_factory=dict)
    retired: str | None = None  # why
    changed: dict[int, Source.FoundChanged] = field(default_factory=dict)
    text: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def apply(self, event: Event) -> Source:
        """The source after this fact."""
        match event:
            case Source.Registered():
                return after(self, revisions={**self.revisions, event.revision: event}, text=event.text or self.text)
            case Source.Described():
                text = self.text if event.text is None else event.text
                return after(self, text=text, columns={**self.columns, **event.columns})
            case Source.FoundChanged():
                return after(self, changed={**self.changed, event.revision: event})
            case Source.FoundUnchanged():
                return after(self, changed={n: e for n, e in self.changed.items() if n != event.revision})
            case Source.Retired():
                return after(self, retired=event.reason)
            case Source.Restored():
                return after(self, retired=None)
            case _:
                return after(self)

    @property
    def latest(self) -> Source.Registered | None:
        """The newest revision."""
        return self.revisions[max(self.revisions)] if self.revisions else None

    @property
    def name(self) -> str:
        """What pipelines call it."""
        return self.stream.removeprefix("source:")

    def newest(self) -> Source.Registered:
        """The newest revision. Raises `UnknownSource`."""
        if self.latest is None:
            raise UnknownSource(given=self.name)
        return self.latest

    def usable(self) -> None:
        """Raise `SourceRetired` when it is."""
        if self.retired is not None:
            raise SourceRetired(source=self.name, reason=self.retired)

    def register(
        self,
        name: str,
        kind: SignalType,
        digest: str,
        size: int,
        came_from: str,
        *,
        described: Mapping[str, JsonValue] | None = None,
        text: str | None = None,
        origin: str | None = None,
        location: str | None = None,
    ) -> list[Event]:
        """Register bytes; the same bytes again, in the same place, are no new revision, but may get a new text.

        Raises `SourceRetired`.
        """
        self.usable()
        latest = self.latest
        if latest is not None and (latest.digest, latest.type, latest.location) == (digest, kind, location):
            if text is None or text == self.text:
                return []
            return [Source.Described(revision=latest.revision, text=text, columns={})]
        number = (latest.revision if latest else 0) + 1
        return [
            Source.Registered(
                name=name,
                revision=number,
                type=kind,
                digest=digest,
                size=size,
                came_from=came_from,
                described=dict(described or {}),
                text=text,
                origin=origin,
                location=location,
            )
        ]

    def describe(self, text: str | None, columns: Mapping[str, str]) -> list[Event]:
        """Say what it holds; what was said already is not said again. Raises `UnknownColumn`, `NothingToDescribe`."""
        latest = self.newest()
        if text is None and not columns:
            raise NothingToDescribe(source=self.name)
        known = column_names(latest.described)
        for column in columns:
            if known is not None and column not in known:
                raise UnknownColumn(source=f"{self.name}@r{latest.revision}", given=column, near=nearest(column, known))
        new_text = None if text == self.text else text
        new = {column: said for column, said in columns.items() if self.columns.get(column) != said}
        return [Source.Described(revision=latest.revision, text=new_text, columns=new)] if new_text or new else []

    def found(self, revision: int, files: list[str], more: int = 0) -> list[Event]:
        """Record what a comparison with its bytes in place found: nothing, unless it is news."""
        known = self.changed.get(revision)
        if not files:
            return [Source.FoundUnchanged(revision=revision)] if known is not None else []
        news = Source.FoundChanged(revision=revision, files=files, more=more)
        return [] if news == known else [news]

    def retire(self, reason: str) -> list[Event]:
        """Keep new runs from using it. Twice changes nothing."""
        self.newest()
        return [] if self.retired is not None else [Source.Retired(reason=reason)]

    def restore(self) -> list[Event]:
        """Let it be used again."""
        self.newest()
        return [] if self.retired is None else [Source.Restored()]


def column_names(described: Mapping[str, JsonValue]) -> list[str] | None:
    """The columns that a table was found to have, or the arrays of an archive; None when they are not all known."""
    if "columns_left_out" in described or "arrays_left_out" in described:
        return None
    for key in ("columns", "arrays"):
        found = described.get(key)
        if isinstance(found, dict | list):
            return [str(name) for name in found]
    return None
