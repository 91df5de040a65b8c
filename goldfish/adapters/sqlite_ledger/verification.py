"""Looking for damage in the file itself, in the chain, and in each event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from goldfish.adapters.sqlite_ledger.recorder import SCHEMA
from goldfish.errors import LedgerCorrupt
from goldfish.ledger.chain import Damage, StoredRow, follow
from goldfish.ledger.codec import LedgerMapper


def damages(path: Path, mapper: LedgerMapper, head: tuple[int, bytes] | None) -> Iterator[Damage]:
    """Everything wrong with the ledger file, each with the position it concerns (0: the file as a whole)."""
    if not path.is_file():
        yield Damage(0, "missing", f"there is no file {path.name}")
        return
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        reader = _Reader(database, mapper)
        yield from follow(reader.rows())
        yield from reader.damages
        yield from _cut_off(database, reader, head)
        yield from _of_the_file(database)
    except sqlite3.DatabaseError as error:
        yield Damage(0, "file", f"SQLite cannot read it: {error}")
    finally:
        database.close()


class _Reader:
    """Reads the rows one by one, and goes on behind a page that cannot be read."""

    def __init__(self, database: sqlite3.Connection, mapper: LedgerMapper) -> None:
        self._database = database
        self._mapper = mapper
        self.last = 0
        self.damages: list[Damage] = []

    def rows(self) -> Iterator[StoredRow]:
        cursor = self._database.execute(
            "SELECT position, stream, version, name, record, hash FROM events ORDER BY position"
        )
        while True:
            try:
                found = cursor.fetchone()
            except sqlite3.DatabaseError as error:
                self.damages.append(Damage(self.last + 1, "unreadable", f"SQLite cannot read on from here: {error}"))
                return
            if found is None:
                return
            row = _row(found)
            self.last = row.position
            self._decode(row)
            yield row

    def _decode(self, row: StoredRow) -> None:
        try:
            self._mapper.read(StoredEvent(row.stream, row.version, row.name, row.record), position=row.position)
        except LedgerCorrupt as error:
            self.damages.append(Damage(row.position, "undecodable", error.message))


def _row(found: tuple[object, ...]) -> StoredRow:
    position, stream, version, name, record, digest = found
    return StoredRow(
        int(str(position)),
        str(stream),
        int(str(version)),
        str(name),
        record if isinstance(record, bytes) else str(record).encode(),
        digest if isinstance(digest, bytes) else str(digest).encode(),
    )


def _cut_off(database: sqlite3.Connection, reader: _Reader, head: tuple[int, bytes] | None) -> Iterator[Damage]:
    (given,) = database.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'").fetchone()
    known = max(given, head[0] if head else 0)
    if known > reader.last:
        yield Damage(reader.last + 1, "cut off", f"positions {reader.last + 1} to {known} were recorded and are gone")
    elif head is not None:
        found = database.execute("SELECT hash FROM events WHERE position = ?", (head[0],)).fetchone()
        if found is not None and found[0] != head[1]:
            yield Damage(head[0], "rewritten", "its hash is not the one that was noted when it was recorded")


def _of_the_file(database: sqlite3.Connection) -> Iterator[Damage]:
    for (line,) in database.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Damage(0, "file", f"SQLite's integrity check says: {line}")
    expected = sum("TRIGGER" in statement for statement in SCHEMA)
    (found,) = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()
    if found != expected:
        yield Damage(0, "guards", f"{found} of {expected} guards against changes are in place")
    lost = database.execute(
        "SELECT c.position FROM commands c LEFT JOIN events e ON e.position = c.position WHERE e.position IS NULL"
    ).fetchall()
    for (position,) in lost:
        yield Damage(position, "missing", "a command is noted here, but its event is gone")
