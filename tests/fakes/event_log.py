"""An event log in memory."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

from goldfish.domain.event import Event
from goldfish.ports import EventBlock

EPOCH = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

Row = tuple[int, str, int, str, str]


class InMemoryEventLog:
    """Keeps the port `EventLog`; `append` plays the ledger."""

    def __init__(self, rows: list[Row] | None = None) -> None:
        self.stored: list[Row] = list(rows or [])
        self._versions: dict[str, int] = {}
        for row in self.stored:
            self._versions[row[1]] = row[2]

    def append(self, stream: str, *events: Event, actor: str = "ada", kind: str = "human") -> int:
        """Add events to a stream, a minute after each other; returns the last position."""
        for event in events:
            position = len(self.stored) + 1
            version = self._versions.get(stream, 0) + 1
            self._versions[stream] = version
            self.stored.append((position, stream, version, event.NAME, record(event, position, actor, kind)))
        return len(self.stored)

    def until(self, position: int) -> InMemoryEventLog:
        """The log as it was."""
        return InMemoryEventLog(self.stored[:position])

    def head(self) -> int:
        return self.stored[-1][0] if self.stored else 0

    def token(self) -> object:
        return len(self.stored)

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[Row]:
        end = self.head() if upto is None else upto
        start = after if len(self.stored) > after and self.stored[after][0] == after + 1 else 0
        later = (row for row in itertools.islice(self.stored, start, None) if row[0] > after)
        return list(itertools.islice(itertools.takewhile(lambda row: row[0] <= end, later), limit))

    def block(self, after: int, upto: int) -> EventBlock | None:
        rows = self.rows(after, upto, upto - after)
        return block_of(rows) if [row[0] for row in rows] == list(range(after + 1, upto + 1)) else None


def block_of(rows: list[Row]) -> EventBlock | None:
    """Rows in one piece, if there are any and their streams and names are lines."""
    if not rows or any("\n" in text for row in rows for text in (row[1], row[3])):
        return None
    _, streams, versions, names, records = zip(*rows, strict=True)
    kept = [record.encode() for record in records]
    return EventBlock(
        versions=",".join(map(str, versions)).encode(),
        streams="\n".join(streams).encode(),
        names="\n".join(names).encode(),
        lengths=",".join(str(len(record)) for record in kept).encode(),
        records=b"".join(kept),
    )


class StutteringEventLog(InMemoryEventLog):
    """Delivers the row before each page again, and every row twice; never a block."""

    def block(self, after: int, upto: int) -> EventBlock | None:
        return None

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[Row]:
        again = super().rows(max(0, after - 1), upto, limit)
        return sorted([*again, *again])


def record(event: Event, position: int, actor: str, kind: str) -> str:
    """The stored text of an event."""
    envelope = {
        "v": event.VERSION,
        "at": (EPOCH + timedelta(minutes=position)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"kind": kind, "name": actor, "session": None},
        "command": f"command-{position}",
        "body": None,
        "because": None,
        "data": event.model_dump(mode="json"),
    }
    return json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
