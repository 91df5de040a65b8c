"""The journal: what the application asks of a ledger, whichever database keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from goldfish.domain.names import CommandId, Position, Stream
from goldfish.ledger.chain import Damage
from goldfish.ledger.envelope import Envelope
from goldfish.ports import EventBlock

# The events that say which work they are about. An index on disk covers these names: changing them is a new index.
FINGERPRINTED = ("run.requested", "execution.launch-intended", "execution.reused")


class StreamMoved(Exception):
    """Somebody else appended to the stream since it was loaded: load it again and decide again."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.stream = stream


class CommandKnown(Exception):
    """This command id has taken effect before, at this position."""

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self.position = position


class Journal(Protocol):
    """An append-only log of events. All events of one append are in it, or none."""

    def load(self, stream: Stream) -> list[Envelope]:
        """All events of one stream in order. Raises `LedgerCorrupt`, `UnknownEvent`."""

    def append(self, events: Sequence[Envelope], unchanged: Mapping[Stream, int]) -> list[Position]:
        """Add events, durably, in one transaction, and return their positions.

        `unchanged` are further streams whose version must still be what it was when they were loaded. All events
        carry the same command id. Raises `StreamMoved`, `CommandKnown`, `LedgerBusy` or another
        `LedgerUnavailable`; then nothing was added: a failed save is looked up by its command id before this returns.
        """

    def command(self, command_id: CommandId) -> list[Envelope]:
        """The events of one command, in order; empty when it never took effect."""

    def page(self, after: int, limit: int = 500) -> list[Envelope]:
        """The events after a position, in order, at most `limit`."""

    def head(self) -> int:
        """The highest position; 0 when nothing is recorded."""

    def hash_of(self, position: int) -> str | None:
        """The chain's hash at a position, in hex; None when nothing is there."""

    def token(self) -> object:
        """Something cheap that differs when anything was appended by anybody."""

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """(position, stream, version, name, record) after a position, for read models that work on the JSON itself."""

    def block(self, after: int, upto: int) -> EventBlock | None:
        """The same without an object for each event; see the port `EventLog`."""

    def newest_run(self) -> int:
        """The highest run number in use; 0 before the first."""

    def newest(self, name: str) -> Envelope | None:
        """The newest event of this name, whichever stream it is on."""

    def open_runs(self) -> list[Stream]:
        """The runs that were requested and neither finished nor parked, oldest first."""

    def with_fingerprint(self, fingerprint: str, name: str) -> list[Stream]:
        """The streams with an event of this name and fingerprint, newest first. The name is one of `FINGERPRINTED`."""

    def damages(self) -> Iterator[Damage]:
        """Everything that is not as it was written, in order of position."""

    def settle(self) -> None:
        """Bring what was recorded into its final place on disk, as far as nobody is in the way. Never fails."""

    def close(self) -> None:
        """Let go of the database. Using the journal again opens it again."""
