"""The library's SQLite recorder with a hash chain, gapless positions, command ids, and no way to change the past."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor

from goldfish.adapters.sqlite_ledger import fingerprints
from goldfish.adapters.sqlite_ledger.connections import LedgerDatastore, address
from goldfish.ledger.chain import GENESIS, link
from goldfish.ledger.journal import CommandKnown, StreamMoved

SCHEMA = [
    """CREATE TABLE IF NOT EXISTS events (
           position INTEGER PRIMARY KEY AUTOINCREMENT,
           stream TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
           record BLOB NOT NULL, hash BLOB NOT NULL,
           UNIQUE (stream, version)) STRICT""",
    "CREATE INDEX IF NOT EXISTS events_by_name ON events (name, position)",
    """CREATE TABLE IF NOT EXISTS commands (
           id TEXT PRIMARY KEY, position INTEGER NOT NULL, events INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    # The names by which the library reads: its own SELECTs work unchanged on this view.
    """CREATE VIEW IF NOT EXISTS stored_events AS
           SELECT position AS rowid, stream AS originator_id, version AS originator_version, name AS topic,
                  record AS state FROM events""",
    # For people with any SQLite at hand.
    """CREATE VIEW IF NOT EXISTS log AS
           SELECT position, stream, version, name, json_extract(CAST(record AS TEXT), '$.at') AS at,
                  json_extract(CAST(record AS TEXT), '$.actor.name') AS actor,
                  json_extract(CAST(record AS TEXT), '$.data') AS data FROM events""",
    *(
        f"""CREATE TRIGGER IF NOT EXISTS {table}_refuse_{verb} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
        for table in ("events", "commands")
        for verb in ("update", "delete")
    ),
    fingerprints.SCHEMA,
]


class LedgerRecorder(SQLiteApplicationRecorder):
    """Records events so that a change of any of them can be seen.

    `insert_events` takes two more arguments than the library's: `command_id`, recorded with the events or refused with
    `CommandKnown`, and `unchanged`, streams whose version must not have moved (`StreamMoved`).
    """

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore) -> None:
        super().__init__(datastore)
        self._of_thread = threading.local()
        self.insert_events_statement = (
            "INSERT INTO events (position, stream, version, name, record, hash) VALUES (?,?,?,?,?,?)"
        )

    @property
    def head(self) -> tuple[int, bytes]:
        """Position and hash of the last event of this thread's last `insert_events`, which must have returned."""
        return cast("tuple[int, bytes]", self._of_thread.head)

    def construct_create_table_statements(self) -> list[str]:
        """The schema; every statement may be repeated."""
        return SCHEMA

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append in one transaction, under the write lock from its first moment."""
        self.datastore.check_file()
        return super().insert_events(stored_events, **kwargs)

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        command_id: str | None = None,
        unchanged: Mapping[str, int] | None = None,
        **_: Any,
    ) -> Sequence[int] | None:
        self.datastore.check_file()  # again, now that nobody else can write
        _refuse_known(c, command_id)
        _refuse_moved(c, unchanged or {})
        position, previous = _end(c)
        positions = []
        for event in stored_events:
            position += 1
            stream = event.originator_id.hex if isinstance(event.originator_id, UUID) else event.originator_id
            row = (position, stream, event.originator_version, event.topic, event.state)
            previous = link(previous, *row)
            c.execute(self.insert_events_statement, (*row, previous))
            positions.append(position)
        if command_id is not None and positions:
            c.execute("INSERT INTO commands VALUES (?,?,?)", (command_id, positions[0], len(positions)))
        self._of_thread.head = (position, previous)
        return positions


def _refuse_known(c: SQLiteCursor, command_id: str | None) -> None:
    if command_id is None:
        return
    c.execute("SELECT position FROM commands WHERE id = ?", (command_id,))
    known = c.fetchone()
    if known is not None:
        raise CommandKnown(known[0])


def _refuse_moved(c: SQLiteCursor, unchanged: Mapping[str, int]) -> None:
    for stream, version in unchanged.items():
        c.execute("SELECT coalesce(max(version), 0) FROM events WHERE stream = ?", (stream,))
        if c.fetchone()[0] != version:
            raise StreamMoved(stream)


def _end(c: SQLiteCursor) -> tuple[int, bytes]:
    """The last position ever given (also when its row was cut off since) and the hash to go on from."""
    c.execute(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0),"
        " coalesce((SELECT max(position) FROM events), 0), (SELECT hash FROM events ORDER BY position DESC LIMIT 1)"
    )
    given, last, digest = c.fetchone()
    return max(given, last), digest or GENESIS


def open_recorder(path: Path | str, *, lock_timeout: int = 30) -> LedgerRecorder:
    """A recorder over the file at `path` (created if absent), or over `:memory:`. The lock timeout is in seconds."""
    watched = path if isinstance(path, Path) else None
    name = address(path) if isinstance(path, Path) else path
    recorder = LedgerRecorder(LedgerDatastore(name, watched=watched, lock_timeout=lock_timeout))
    present = _present(recorder)
    if "events" not in present:  # else opening would need the write lock, and would put lost guards back unseen
        recorder.create_table()
    recorder.datastore.check_file()  # from here on it must stay this file
    if watched is not None and "events" in present and fingerprints.INDEX not in present:
        fingerprints.add_index(watched)
    return recorder


def _present(recorder: LedgerRecorder) -> set[str]:
    with recorder.datastore.transaction(commit=False) as c:
        c.execute("SELECT name FROM sqlite_master WHERE name IN (?, ?)", ("events", fingerprints.INDEX))
        return {row[0] for row in c.fetchall()}
