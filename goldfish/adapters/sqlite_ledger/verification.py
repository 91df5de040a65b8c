"""Looking for damage in the file itself, in the chain, and in each event."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from goldfish.adapters.sqlite_ledger import fingerprints
from goldfish.adapters.sqlite_ledger.connections import address
from goldfish.adapters.sqlite_ledger.recorder import SCHEMA
from goldfish.errors import LedgerCorrupt
from goldfish.ledger.chain import Damage, StoredRow, follow
from goldfish.ledger.codec import LedgerMapper

_MISNOTED_COMMANDS = """
    WITH texts AS (SELECT position, CAST(record AS TEXT) AS text FROM events),
         ids AS (SELECT position, CASE WHEN json_valid(text) THEN json_extract(text, '$.command') END AS id FROM texts),
         said AS (SELECT id, min(position) AS position, count(*) AS events FROM ids WHERE id IS NOT NULL GROUP BY id),
         noted AS (SELECT id, position, events FROM commands)
    SELECT position FROM (SELECT * FROM said EXCEPT SELECT * FROM noted)
    UNION SELECT position FROM (SELECT * FROM noted EXCEPT SELECT * FROM said)
"""
_COLUMNS = "SELECT position, stream, version, name, record, hash FROM events"

# SQLite quotes a damaged schema in its message, which then is no UTF-8 and cannot even be raised by its own name.
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)

_EVENTS_ROW = re.compile(r"row (\d+) missing from index (?:events_by_(?:name|fingerprint)|sqlite_autoindex_events_1)")


def damages(path: Path, mapper: LedgerMapper, head: tuple[int, bytes] | None) -> list[Damage]:
    """Everything wrong with the ledger file, in order of the position it concerns (0: the file as a whole)."""
    if not path.is_file():
        return [Damage(0, "missing", f"there is no file {path.name}")]
    found: list[Damage] = []
    try:
        with closing(_connect(path)) as database:
            _look(database, mapper, head, found)
    except _UNREADABLE as error:
        found.append(Damage(0, "file", f"SQLite cannot read it: {error}"))
    return sorted(found, key=lambda damage: damage.position)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(address(path, mode="ro"), uri=True)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema=OFF")
    return database


def _look(
    database: sqlite3.Connection, mapper: LedgerMapper, head: tuple[int, bytes] | None, found: list[Damage]
) -> None:
    given = _given(database)
    reader = _Reader(database, mapper, max(given, head[0] if head else 0))
    found.extend(follow(reader.rows()))
    found.extend(reader.damages)
    if given < reader.last:
        found.append(Damage(0, "file", f"its counter says {given}, its last position is {reader.last}"))
    found.extend(_cut_off(database, reader, max(given, head[0] if head else 0), head))
    found.extend(_of_the_file(database))
    found.extend(_of_the_commands(database))


def _given(database: sqlite3.Connection) -> int:
    """The highest position ever given, as SQLite remembers it."""
    (seq,) = database.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'").fetchone()
    return seq if isinstance(seq, int) else 0


class _Reader:
    """Reads the rows in order, and goes on behind what cannot be read."""

    def __init__(self, database: sqlite3.Connection, mapper: LedgerMapper, known: int) -> None:
        self._database = database
        self._mapper = mapper
        self._known = known
        self.last = 0
        self.damages: list[Damage] = []

    def rows(self) -> Iterator[StoredRow]:
        cursor = self._database.execute(f"{_COLUMNS} ORDER BY position")
        while True:
            try:
                found = cursor.fetchone()
            except _UNREADABLE:
                yield from self._one_by_one()
                return
            if found is None:
                return
            yield self._decoded(found)

    def _one_by_one(self) -> Iterator[StoredRow]:
        for position in range(self.last + 1, self._known + 1):
            try:
                found = self._database.execute(f"{_COLUMNS} WHERE position = ?", (position,)).fetchone()
            except _UNREADABLE as error:
                self.damages.append(Damage(position, "unreadable", f"SQLite cannot read it: {error}"))
                continue
            if found is not None:
                yield self._decoded(found)

    def _decoded(self, found: tuple[object, ...]) -> StoredRow:
        row = _row(found)
        self.last = row.position
        try:
            self._mapper.read(StoredEvent(row.stream, row.version, row.name, row.record), position=row.position)
        except LedgerCorrupt as error:
            self.damages.append(Damage(row.position, "undecodable", error.message))
        return row


def _row(found: tuple[object, ...]) -> StoredRow:
    """A row whose damaged columns may hold values of any type: those become what no event has."""
    position, stream, version, name, record, digest = found
    return StoredRow(
        position if isinstance(position, int) else 0,
        str(stream),
        version if isinstance(version, int) else -1,
        str(name),
        record if isinstance(record, bytes) else b"",
        digest if isinstance(digest, bytes) else b"",
    )


def _cut_off(
    database: sqlite3.Connection, reader: _Reader, known: int, head: tuple[int, bytes] | None
) -> Iterator[Damage]:
    if known > reader.last:
        yield Damage(reader.last + 1, "cut off", f"positions {reader.last + 1} to {known} were recorded and are gone")
    elif head is not None:
        found = database.execute("SELECT hash FROM events WHERE position = ?", (head[0],)).fetchone()
        if found is not None and found[0] != head[1]:
            yield Damage(head[0], "rewritten", "its hash is not the one that was noted when it was recorded")


def _of_the_file(database: sqlite3.Connection) -> Iterator[Damage]:
    for (line,) in database.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            row = _EVENTS_ROW.fullmatch(line)  # a row of this table is a position
            yield Damage(int(row[1]) if row else 0, "file", f"SQLite's integrity check says: {line}")
    expected, present = _expected_schema(), _schema(database)
    names = {name for _, name, _ in present}
    for name in sorted(expected - present):
        if name[1] == fingerprints.INDEX and name[1] not in names:
            continue  # the ledger is older than the index, and nobody could write since
        yield Damage(0, "guards", f"{name[0]} {name[1]} is missing or is not what goldfish made")


def _expected_schema() -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:")) as blank:
        for statement in SCHEMA:
            blank.execute(statement)
        return _schema(blank)


def _schema(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return {(str(kind), str(name), str(sql)) for kind, name, sql in rows}


def _of_the_commands(database: sqlite3.Connection) -> Iterator[Damage]:
    for (position,) in database.execute(_MISNOTED_COMMANDS):
        where = position if isinstance(position, int) else 0
        yield Damage(where, "command", "the note of this command is not what its events say: a repeat may go unnoticed")
