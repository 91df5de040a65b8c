"""The library's connections with goldfish's demands: write locks at once, full sync, and a file that is still there."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.persistence import OperationalError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from goldfish.errors import LedgerReplaced, LedgerUnavailable


class _WriteTransaction(SQLiteTransaction):
    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # the library translates only what is raised after BEGIN
            raise OperationalError(error) from error
        return cursor


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        begin = _WriteTransaction if commit else SQLiteTransaction
        with begin(self, commit=commit) as cursor, cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        plain = self._opened()._sqlite_conn
        plain.execute("PRAGMA synchronous=FULL")
        plain.execute("PRAGMA trusted_schema=OFF")
        return _Connection(plain, max_age=self.max_age)

    def _opened(self) -> SQLiteConnection:
        """SQLite refuses at once, without its timeout, while another process turns a new file to WAL."""
        deadline = time.monotonic() + (self.lock_timeout or 0)
        while True:
            try:
                return super()._create_connection()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)

    def close(self) -> None:
        """Close what is idle, and from now on each connection when it comes back.

        The library closes those in use at once. CPython crashes when that meets a statement at work (measured).
        """
        with self._put_condition:
            self.pool_size = 0
            while self._pool:
                self._pool.popleft().close()


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore over one file that is watched: same process, same inode, no other name."""

    def __init__(self, db_name: str, *, watched: Path | None, lock_timeout: int) -> None:
        super().__init__(db_name, lock_timeout=lock_timeout, originator_id_type="text")
        self.pool.close()
        # Threads queue for the connection that writes; they outwait one that itself waits for another process.
        self.pool = _Pool(db_name=db_name, lock_timeout=lock_timeout, pool_timeout=lock_timeout + 5)
        self._watched = watched
        self._pid = os.getpid()
        self._inode = _identity(watched) if watched else None

    def check_process(self) -> None:
        """Raise `LedgerUnavailable` in a forked child: SQLite's locks belong to the parent."""
        if os.getpid() != self._pid:
            raise LedgerUnavailable(why="it was opened before this process was forked; open it anew in the child")

    def check_file(self) -> None:
        """Raise `LedgerReplaced` or `LedgerUnavailable` when a write would go nowhere or to the wrong place."""
        self.check_process()
        if self._watched is None:
            return
        inode = _identity(self._watched)
        if self._inode is None:
            self._inode = inode
        elif inode != self._inode:
            gone = "the file is gone" if inode is None else "another file is in its place"
            raise LedgerReplaced(why=gone)


def address(path: Path, *, mode: str = "rwc") -> str:
    """The URI by which SQLite opens a ledger.

    A ledger in WAL mode needs a writable directory also to be read. On a read-only file system nobody can write, so
    that it is opened as immutable there.
    """
    immutable = path.exists() and not os.access(path.parent, os.W_OK)
    return f"{path.absolute().as_uri()}?{'immutable=1' if immutable else f'mode={mode}'}"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if found.st_nlink > 1:
        raise LedgerReplaced(why=f"the file has {found.st_nlink} names; SQLite needs exactly one")
    return found.st_dev, found.st_ino
