"""A ledger in memory, and one that lies about its commits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import StoredEvent

from goldfish.domain.names import CommandId, Position, Stream
from goldfish.ledger.chain import GENESIS, Damage, StoredRow, follow, link
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Envelope
from goldfish.ledger.journal import FINGERPRINTED, CommandKnown, StreamMoved
from goldfish.ledger.redaction import Redactor
from goldfish.ports import EventBlock
from tests.fakes.event_log import block_of


class InMemoryJournal:
    """Implements `goldfish.ledger.journal.Journal` in a list of rows: the same bytes, gone with the process."""

    def __init__(self, mapper: LedgerMapper | None = None) -> None:
        self._mapper = mapper or LedgerMapper(Redactor(b"a key for tests"))
        self._rows: list[StoredRow] = []
        self._commands: dict[str, list[int]] = {}

    def load(self, stream: Stream) -> list[Envelope]:
        """See the protocol."""
        return [self._envelope(row) for row in self._rows if row.stream == stream]

    def append(self, events: Sequence[Envelope], unchanged: Mapping[Stream, int]) -> list[Position]:
        """See the protocol."""
        command_id = events[0].command_id
        if command_id in self._commands:
            raise CommandKnown(Position(self._commands[command_id][0]))
        expected = dict(unchanged)
        for event in events:
            expected.setdefault(event.stream, event.version - 1)
        for stream, version in expected.items():
            if sum(row.stream == stream for row in self._rows) != version:
                raise StreamMoved(stream)
        stored = [self._mapper.to_stored_event(cast("DomainEventProtocol[str]", event)) for event in events]
        positions = [self._add(event) for event in stored]
        if command_id is not None:
            self._commands[command_id] = [int(position) for position in positions]
        return positions

    def _add(self, event: StoredEvent) -> Position:
        position = len(self._rows) + 1
        previous = self._rows[-1].hash if self._rows else GENESIS
        fields = (position, str(event.originator_id), event.originator_version, event.topic, event.state)
        self._rows.append(StoredRow(*fields, link(previous, *fields)))
        return Position(position)

    def command(self, command_id: CommandId) -> list[Envelope]:
        """See the protocol."""
        return [self._envelope(self._rows[position - 1]) for position in self._commands.get(command_id, [])]

    def page(self, after: int, limit: int = 500) -> list[Envelope]:
        """See the protocol."""
        return [self._envelope(row) for row in self._rows[after : after + limit]]

    def head(self) -> int:
        """See the protocol."""
        return len(self._rows)

    def hash_of(self, position: int) -> str | None:
        """See the protocol."""
        return self._rows[position - 1].hash.hex() if 0 < position <= len(self._rows) else None

    def token(self) -> object:
        """See the protocol."""
        return len(self._rows)

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """See the protocol."""
        chosen = self._rows[after:upto][:limit]
        return [(row.position, row.stream, row.version, row.name, row.record.decode()) for row in chosen]

    def block(self, after: int, upto: int) -> EventBlock | None:
        """See the protocol."""
        rows = self.rows(after, upto, upto - after)
        return block_of(rows) if [row[0] for row in rows] == list(range(after + 1, upto + 1)) else None

    def newest_run(self) -> int:
        """See the protocol."""
        begun = [*self._streams_with("run.requested"), *self._streams_with("run.imported")]
        return max((int(stream.removeprefix("run-")) for stream in begun), default=0)

    def newest(self, name: str) -> Envelope | None:
        """See the protocol."""
        return next((self._envelope(row) for row in reversed(self._rows) if row.name == name), None)

    def open_runs(self) -> list[Stream]:
        """See the protocol."""
        closed = {*self._streams_with("run.finished"), *self._streams_with("run.parked")}
        return [stream for stream in self._streams_with("run.requested") if stream not in closed]

    def with_fingerprint(self, fingerprint: str, name: str) -> list[Stream]:
        """See the protocol."""
        rows = [row for row in reversed(self._rows) if row.name == name and name in FINGERPRINTED]
        said = [row for row in rows if json.loads(row.record)["data"].get("fingerprint") == fingerprint]
        return list(dict.fromkeys(Stream(row.stream) for row in said))

    def damages(self) -> Iterator[Damage]:
        """See the protocol."""
        yield from follow(self._rows)

    def settle(self) -> None:
        """Nothing is on disk."""

    def close(self) -> None:
        """See the protocol."""

    def _streams_with(self, name: str) -> list[Stream]:
        return [Stream(row.stream) for row in self._rows if row.name == name]

    def _envelope(self, row: StoredRow) -> Envelope:
        return self._mapper.read(StoredEvent(row.stream, row.version, row.name, row.record), position=row.position)
