"""Sources: named data from outside, pinned by the digest of all its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import Stream
from goldfish.domain.values import SignalType


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

    stream: Stream
    version: int = 0
    revisions: dict[int, Source.Registered] = field(default_factory=dict)

    def apply(self, event: Event) -> Source:
        """The source after this fact."""
        match event:
            case Source.Registered():
                return after(self, revisions={**self.revisions, event.revision: event})
            case _:
                return after(self)

    @property
    def latest(self) -> Source.Registered | None:
        """The newest revision."""
        return self.revisions[max(self.revisions)] if self.revisions else None

    def register(self, name: str, kind: SignalType, digest: str, size: int, came_from: str) -> list[Event]:
        """Register bytes; the same bytes again are no new revision."""
        latest = self.latest
        if latest is not None and latest.digest == digest and latest.type == kind:
            return []
        number = (latest.revision if latest else 0) + 1
        return [Source.Registered(name=name, revision=number, type=kind, digest=digest, size=size, came_from=came_from)]
