"""The text index: finds what was said by its words. Kept in step with the log by appending; asked as of any moment."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from goldfish.projections._base import mark_of
from goldfish.projections._text_file import file_in, open_file, open_memory, throw_away
from goldfish.projections._text_rows import append
from goldfish.projections.text_view import TextView
from goldfish.projections.texts import ENDS, SQL

if TYPE_CHECKING:
    from goldfish.ports import EventLog
    from goldfish.projections.projector import View

T = TypeVar("T")

PAGE = 10_000  # texts that are read and written at once
MEMORY = 10_000  # counts that are remembered
_OUTSIDE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
)


class TextIndex:
    """Answers what texts there are. One file in `cache` for all processes; without one, or where it cannot be written,
    each process has its own in memory. May be used by many threads.
    """

    def __init__(self, log: EventLog, cache: Path | None = None) -> None:
        self._log = log
        self._path = file_in(cache) if cache is not None else None
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._proved = -1  # the position up to which the index was found to be of this very log
        self._counts: dict[tuple[str, int], int] = {}  # how many texts hold what …
        self._counted = -1  # … up to this position

    def ask(self, view: View, question: Callable[[TextView], T]) -> T:
        """The answer to a question about the texts of a view. An index that cannot be read is made anew, once.

        Raises `SearchUnavailable`, and `LedgerCorrupt` as the view does.
        """
        with self._lock:
            for _ in range(2):
                try:
                    return question(self._view(view))
                except sqlite3.Error as error:
                    self._give_up(error)
            return question(self._view(view))

    def _view(self, view: View) -> TextView:
        connection, before = self._refreshed(view), self._counted
        if before != self._proved or len(self._counts) > MEMORY:
            self._counts, self._counted = {}, self._proved
        return TextView(connection, view.moment, self._counts)

    def throw_away(self) -> None:
        """Forget everything; the next question makes it anew from the log."""
        with self._lock:
            self.close()
            if self._path is not None:
                throw_away(self._path)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._proved = None, -1

    def _give_up(self, error: sqlite3.Error) -> None:
        """After an error: without the file, where that cannot be used; else with a new one."""
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _OUTSIDE:
            self.close()
            self._path = None
        else:
            self.throw_away()

    def _refreshed(self, view: View) -> sqlite3.Connection:
        """The index with all that the view may know."""
        connection = self._opened()
        position = self._position(connection)
        if position != self._proved and not self._is_ours(connection):
            self.throw_away()
            connection = self._opened()
            position = self._position(connection)
        self._proved = position
        needed = view.moment.head if view.moment.time is not None else view.position
        if position < needed:
            self._proved = self._advance(connection, view)
        return connection

    def _advance(self, connection: sqlite3.Connection, view: View) -> int:
        """Append the texts of all events there are by now, a page at a time."""
        present = view.projector.at()
        start = self._position(connection)
        ends = [row["position"] for row in present.rows(ENDS, start, present.position, PAGE)]
        while True:
            connection.execute("BEGIN IMMEDIATE")
            try:
                position = self._position(connection)  # others may have been here meanwhile
                if position >= present.position:
                    connection.execute("COMMIT")
                    return position
                upto = next((end for end in ends if end > position), present.position)
                append(connection, present.rows(SQL, position, upto))
                marks = (upto, mark_of(self._log, 1), mark_of(self._log, upto))
                connection.execute("UPDATE about SET position = ?, first = ?, last = ?", marks)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None and self._path is not None:
            try:
                self._connection = open_file(self._path)
            except OSError:
                self._path = None
            except sqlite3.DatabaseError as error:
                self._give_up(error)
                return self._opened()
        if self._connection is None:
            self._connection = open_memory()
        return self._connection

    def _position(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT position FROM about").fetchone()[0])

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        """Whether the index is of this very log, and not of another past."""
        position, first, last = connection.execute("SELECT position, first, last FROM about").fetchone()
        if not position:
            return True
        return position <= self._log.head() and (first, last) == (mark_of(self._log, 1), mark_of(self._log, position))
