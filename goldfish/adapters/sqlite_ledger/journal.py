"""The journal over one SQLite file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    ConnectionPoolClosedError,
    ConnectionUnavailableError,
    IntegrityError,
    PersistenceError,
    StoredEvent,
)

from goldfish.adapters.sqlite_ledger import blocks, fingerprints
from goldfish.adapters.sqlite_ledger.connections import address
from goldfish.adapters.sqlite_ledger.head import HeadFile
from goldfish.adapters.sqlite_ledger.recorder import LedgerRecorder, open_recorder
from goldfish.adapters.sqlite_ledger.verification import damages
from goldfish.domain.names import CommandId, Position, Stream
from goldfish.errors import (
    GoldfishError,
    LedgerBusy,
    LedgerCorrupt,
    LedgerReplaced,
    LedgerUnavailable,
    ProjectUnwritable,
)
from goldfish.ledger.chain import GENESIS, Damage, link
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Envelope
from goldfish.ledger.journal import StreamMoved
from goldfish.ports import EventBlock

# Each event with the hash of the one before it, so that it can be proved while it is read.
_SELECT = (
    "SELECT e.position, e.stream, e.version, e.name, e.record, e.hash, p.hash"
    " FROM events e LEFT JOIN events p ON p.position = e.position - 1"
)

_ROOM = 64 << 10  # bytes: a new write-ahead log and its shared memory need about as much


class SqliteJournal:
    """Implements `goldfish.ledger.journal.Journal`. Safe for many threads and many processes."""

    def __init__(self, path: Path, mapper: LedgerMapper, *, lock_timeout: int = 30) -> None:
        self._path = path
        self._mapper = mapper
        self._timeout = lock_timeout
        self._lock = threading.Lock()
        self._recorder: LedgerRecorder | None = None
        self._watcher: sqlite3.Connection | None = None
        self._head_file = HeadFile(path.with_name("ledger.head"))

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def append(self, events: Sequence[Envelope], unchanged: Mapping[Stream, int]) -> list[Position]:
        """See the protocol. After an unexplained failure the handle is thrown away and the command id is looked up."""
        command_id = events[0].command_id
        expected = dict(unchanged)
        for event in events:
            expected.setdefault(event.stream, event.version - 1)
        stored = [self._mapper.to_stored_event(cast("DomainEventProtocol[str]", event)) for event in events]
        try:
            recorder = self._open()
            positions = recorder.insert_events(stored, command_id=command_id, unchanged=expected)
        except IntegrityError as error:
            raise StreamMoved(events[0].stream) from error
        except (PersistenceError, ConnectionPoolClosedError, sqlite3.Error, UnicodeDecodeError) as error:
            return self._resolve(error, command_id)
        self._head_file.write(*recorder.head)
        return [Position(p) for p in positions or []]

    def _resolve(self, error: Exception, command_id: CommandId | None) -> list[Position]:
        """A failed save is unknown, not failed: only the file itself, opened anew, can tell."""
        named = _named(error, self._path, self._timeout)
        if isinstance(named, LedgerBusy):  # nothing was begun, and other threads may be at work on this handle
            raise named from error
        self.close()
        with contextlib.suppress(LedgerUnavailable, ProjectUnwritable):
            known = self.command(command_id) if command_id is not None else []
            if known:
                return [Position(event.position) for event in known]
        raise named from error

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, stream: Stream) -> list[Envelope]:
        """See the protocol."""
        events = self._envelopes(self._query(f"{_SELECT} WHERE e.stream = ? ORDER BY e.version", stream))
        for want, event in enumerate(events, 1):
            if event.version != want:
                raise LedgerCorrupt(position=event.position, why=f"version {want} of {stream} is gone")
        return events

    def command(self, command_id: CommandId) -> list[Envelope]:
        """See the protocol."""
        return self._envelopes(
            self._query(
                f"{_SELECT} JOIN commands c ON e.position BETWEEN c.position AND c.position + c.events - 1"
                " WHERE c.id = ? ORDER BY e.position",
                command_id,
            )
        )

    def page(self, after: int, limit: int = 500) -> list[Envelope]:
        """See the protocol."""
        rows = self._query(f"{_SELECT} WHERE e.position > ? ORDER BY e.position LIMIT ?", after, limit)
        return self._envelopes(_without_gap(after, rows))

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """See the protocol."""
        sql = (
            "SELECT position, stream, version, name, CAST(record AS TEXT) FROM events"
            " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        )
        rows = self._query(sql, after, upto if upto is not None else 2**62, limit)
        return [tuple(row) for row in _without_gap(after, rows)]

    def block(self, after: int, upto: int) -> EventBlock | None:
        """See the protocol."""
        try:
            return blocks.block_of(self._query(blocks.SELECT, after, upto)[0], upto - after)
        except LedgerUnavailable as error:
            if blocks.is_too_much(error.__cause__):
                return None
            raise

    def head(self) -> int:
        """See the protocol."""
        return int(self._query("SELECT coalesce(max(position), 0) FROM events")[0][0])

    def hash_of(self, position: int) -> str | None:
        """See the protocol."""
        found = self._query("SELECT hash FROM events WHERE position = ?", position)
        return found[0][0].hex() if found else None

    def newest_run(self) -> int:
        """See the protocol. Run numbers grow with positions, so the last request names the highest."""
        begins = "('run.requested', 'run.imported')"
        sql = f"SELECT stream FROM events WHERE name IN {begins} ORDER BY position DESC LIMIT 1"  # noqa: S608 constant
        rows = self._query(sql)
        return int(rows[0][0].removeprefix("run-")) if rows else 0

    def newest(self, name: str) -> Envelope | None:
        """See the protocol."""
        newest = "WHERE e.position = (SELECT max(position) FROM events WHERE name = ?)"
        return next(iter(self._envelopes(self._query(f"{_SELECT} {newest}", name))), None)

    def open_runs(self) -> list[Stream]:
        """See the protocol."""
        sql = (
            "SELECT stream FROM events WHERE name = 'run.requested' AND stream NOT IN"
            " (SELECT stream FROM events WHERE name IN ('run.finished', 'run.parked')) ORDER BY position"
        )
        return [Stream(row[0]) for row in self._query(sql)]

    def with_fingerprint(self, fingerprint: str, name: str) -> list[Stream]:
        """See the protocol."""
        rows = self._query(fingerprints.STREAMS, *fingerprints.parameters(fingerprint, name))
        return list(dict.fromkeys(Stream(row[0]) for row in rows))

    def token(self) -> object:
        """SQLite's data version, seen by a connection that never writes: it moves with every commit of anybody."""
        with self._lock, self._translated():
            if self._watcher is None:
                self._watcher = sqlite3.connect(address(self._path, mode="ro"), uri=True, check_same_thread=False)
            return self._watcher.execute("PRAGMA data_version").fetchone()[0]

    def damages(self) -> Iterator[Damage]:
        """See the protocol."""
        yield from damages(self._path, self._mapper, self._head_file.read())

    def settle(self) -> None:
        """Bring everything into the one file, as far as nobody is in the way: the log beside it stays small.

        Commits are safe before that; this is for whoever copies, reads or checks the file itself.
        """
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(address(self._path, mode="rw"), uri=True, timeout=0)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """See the protocol."""
        with self._lock:
            if self._watcher is not None:
                self._watcher.close()
            if self._recorder is not None:
                self._recorder.datastore.close()
            self._watcher = self._recorder = None

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> LedgerRecorder:
        with self._lock:
            if self._recorder is None:
                if not self._path.exists() and self._head_file.read() is not None:
                    raise LedgerReplaced(why="the file is gone")
                with self._translated():
                    self._recorder = open_recorder(self._path, lock_timeout=self._timeout)
            self._recorder.datastore.check_process()
            return self._recorder

    def _query(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        recorder = self._open()
        with (
            self._translated(),
            recorder.datastore.get_connection(commit=False) as connection,
            connection.cursor() as c,
        ):
            return c.execute(sql, parameters).fetchall()  # one statement reads from one snapshot: no BEGIN is needed

    def _envelopes(self, rows: Sequence[sqlite3.Row]) -> list[Envelope]:
        return [self._envelope(*row) for row in rows]

    def _envelope(
        self, position: int, stream: str, version: int, name: str, record: bytes, digest: bytes, previous: bytes | None
    ) -> Envelope:
        """An event whose bytes are the ones that were recorded. Without its predecessor that cannot be told."""
        before = GENESIS if position == 1 else previous
        event = self._mapper.read(StoredEvent(stream, version, name, record), position=position)
        if before is not None and link(before, position, stream, version, name, record) != digest:
            raise LedgerCorrupt(position=position, why=f"the stored bytes of {name} on {stream} do not match the chain")
        return event

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError, PersistenceError, ConnectionPoolClosedError) as error:
            raise _named(error, self._path, self._timeout) from error


def _without_gap(after: int, rows: Sequence[sqlite3.Row]) -> Sequence[sqlite3.Row]:
    """The rows up to the first gap. A gap is damage, not lateness: nobody may read on behind it."""
    for index, row in enumerate(rows):
        expected = after + 1 + index
        if row[0] != expected and index:
            return rows[:index]
        if row[0] != expected:
            raise LedgerCorrupt(position=expected, why=f"positions {expected} to {row[0] - 1} are gone")
    return rows


def _named(error: Exception, path: Path, timeout: int) -> GoldfishError:
    why = str(error)
    if isinstance(error, ConnectionUnavailableError) or "locked" in why:
        return LedgerBusy(seconds=timeout, why=why)
    if any(sign in why for sign in ("malformed", "not a database", "corrupt", "decode to UTF-8")):
        return LedgerCorrupt(position=0, why=f"SQLite says: {why}")
    if "readonly" in why or "full" in why or _has_no_room(path.parent):
        return ProjectUnwritable(path=path.parent, why=why)
    return LedgerUnavailable(why=why)


def _has_no_room(directory: Path) -> bool:
    """On a full disk SQLite says "disk I/O error" when it is the shared-memory file that cannot grow (measured)."""
    with contextlib.suppress(OSError):
        space = os.statvfs(directory)
        return space.f_bavail * space.f_frsize < _ROOM
    return False
