"""The journal over one SQLite file."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError, StoredEvent

from goldfish.adapters.sqlite_ledger.head import HeadFile
from goldfish.adapters.sqlite_ledger.recorder import LedgerRecorder, open_recorder
from goldfish.adapters.sqlite_ledger.verification import damages
from goldfish.domain.names import CommandId, Position, Stream
from goldfish.errors import LedgerBusy, LedgerCorrupt, LedgerUnavailable, ProjectUnwritable
from goldfish.ledger.chain import Damage
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Envelope
from goldfish.ledger.journal import StreamMoved


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
        stored = [self._mapper.to_stored_event(cast("DomainEventProtocol[str]", event)) for event in events]
        try:
            recorder = self._open()
            positions = recorder.insert_events(stored, command_id=command_id, unchanged=dict(unchanged))
        except IntegrityError as error:
            raise StreamMoved(events[0].stream) from error
        except PersistenceError as error:
            return self._resolve(error, command_id)
        if recorder.head is not None:
            self._head_file.write(*recorder.head)
        return [Position(p) for p in positions or []]

    def _resolve(self, error: PersistenceError, command_id: CommandId | None) -> list[Position]:
        """A failed save is unknown, not failed: only the file itself, opened anew, can tell."""
        self.close()
        why = str(error)
        if "locked" in why or "busy" in why:  # BEGIN IMMEDIATE was refused: nothing can have been written
            raise LedgerBusy(seconds=self._timeout, why=why) from error
        with contextlib.suppress(LedgerUnavailable, ProjectUnwritable):
            known = self.command(command_id) if command_id is not None else []
            if known:
                return [Position(event.position) for event in known]
        if "full" in why or "readonly" in why or "read-only" in why:
            raise ProjectUnwritable(path=self._path.parent, why=why) from error
        raise LedgerUnavailable(why=why) from error

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, stream: Stream) -> list[Envelope]:
        """See the protocol."""
        rows = self._query(
            "SELECT position, stream, version, name, record FROM events WHERE stream = ? ORDER BY version", stream
        )
        return self._envelopes(rows)

    def command(self, command_id: CommandId) -> list[Envelope]:
        """See the protocol."""
        return self._envelopes(
            self._query(
                "SELECT e.position, stream, version, name, record FROM commands c JOIN events e"
                " ON e.position BETWEEN c.position AND c.position + c.events - 1 WHERE c.id = ? ORDER BY e.position",
                command_id,
            )
        )

    def page(self, after: int, limit: int = 500) -> list[Envelope]:
        """See the protocol."""
        sql = "SELECT position, stream, version, name, record FROM events WHERE position > ? ORDER BY position LIMIT ?"
        return self._envelopes(self._query(sql, after, limit))

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """See the protocol."""
        sql = (
            "SELECT position, stream, version, name, CAST(record AS TEXT) FROM events"
            " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        )
        return [tuple(row) for row in self._query(sql, after, upto if upto is not None else 2**62, limit)]

    def head(self) -> int:
        """See the protocol."""
        return int(self._query("SELECT coalesce(max(position), 0) FROM events")[0][0])

    def hash_of(self, position: int) -> str | None:
        """See the protocol."""
        found = self._query("SELECT hash FROM events WHERE position = ?", position)
        return found[0][0].hex() if found else None

    def newest_run(self) -> int:
        """See the protocol. Run numbers grow with positions, so the last request names the highest."""
        sql = "SELECT stream FROM events WHERE name = 'run.requested' ORDER BY position DESC LIMIT 1"
        rows = self._query(sql)
        return int(rows[0][0].removeprefix("run-")) if rows else 0

    def open_runs(self) -> list[Stream]:
        """See the protocol."""
        sql = (
            "SELECT stream FROM events WHERE name = 'run.requested' AND stream NOT IN"
            " (SELECT stream FROM events WHERE name IN ('run.finished', 'run.parked')) ORDER BY position"
        )
        return [Stream(row[0]) for row in self._query(sql)]

    def token(self) -> object:
        """SQLite's data version, seen by a connection that never writes: it moves with every commit of anybody."""
        with self._lock, self._translated():
            if self._watcher is None:
                self._watcher = sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
                )
            return self._watcher.execute("PRAGMA data_version").fetchone()[0]

    def damages(self) -> Iterator[Damage]:
        """See the protocol."""
        yield from damages(self._path, self._mapper, self._head_file.read())

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
                with self._translated():
                    self._recorder = open_recorder(self._path, lock_timeout=self._timeout)
            return self._recorder

    def _query(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        recorder = self._open()
        with self._translated(), recorder.datastore.transaction(commit=False) as c:
            c.execute(sql, parameters)
            return list(c.fetchall())

    def _envelopes(self, rows: Sequence[sqlite3.Row]) -> list[Envelope]:
        return [self._mapper.read(StoredEvent(row[1], row[2], row[3], row[4]), position=row[0]) for row in rows]

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, PersistenceError) as error:
            raise _named(error, self._path, self._timeout) from error


def _named(error: Exception, path: Path, timeout: int) -> Exception:
    why = str(error)
    if "locked" in why:
        return LedgerBusy(seconds=timeout, why=why)
    if "malformed" in why or "not a database" in why or "corrupt" in why:
        return LedgerCorrupt(position=0, why=f"SQLite says: {why}")
    if "readonly" in why or "full" in why:
        return ProjectUnwritable(path=path.parent, why=why)
    return LedgerUnavailable(why=why) if isinstance(error, OperationalError | sqlite3.OperationalError) else error
