"""The envelope: what is known about every event besides its own fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from goldfish.domain.event import Event, Value
from goldfish.domain.names import CommandId, Stream


class Actor(Value):
    """Who did it: a person, an agent (client name and session), or one of goldfish's own policies."""

    kind: Literal["human", "agent", "policy"]
    name: str
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with its circumstances. `position` is 0 until the ledger has given one.

    `originator_id` and `originator_version` are the names by which the eventsourcing library knows stream and version.
    """

    stream: Stream
    version: int
    event: Event
    at: datetime
    actor: Actor
    command_id: CommandId | None = None
    body: str | None = None  # digest of the command's request: another request under the same id is refused
    because_of: int | None = None
    position: int = 0

    @property
    def originator_id(self) -> str:
        """The stream."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The version within the stream."""
        return self.version


def utc_text(moment: datetime) -> str:
    """`2026-11-22T10:00:00.000000Z`: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_utc_text(text: str) -> datetime:
    """The moment that `utc_text` wrote. Raises `ValueError` for anything else."""
    if len(text) != 27 or text[10] != "T" or text[26] != "Z":
        raise ValueError(f"{text[:40]!r} is not a UTC time to the microsecond")
    return datetime.fromisoformat(text)
