"""The file of the text index: SQLite with full text search. A cache: whatever is odd about one, it is made anew."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import stat
from pathlib import Path

from goldfish.errors import SearchUnavailable
from goldfish.projections.texts import SQL

WAIT = 20.0  # seconds for another process that is writing a page

SCHEMA = """
    CREATE TABLE about (position INTEGER NOT NULL, first TEXT, last TEXT);
    CREATE TABLE subjects (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, position INTEGER NOT NULL,
        known INTEGER NOT NULL, actor TEXT, workspace TEXT
    );
    CREATE TABLE places (
        position INTEGER PRIMARY KEY, subject INTEGER NOT NULL, slot TEXT, head INTEGER NOT NULL, field TEXT,
        happened INTEGER
    );
    CREATE INDEX of_subject ON places (subject, position);
    CREATE INDEX of_slot ON places (slot, position) WHERE slot IS NOT NULL;
    CREATE TABLE texts (position INTEGER PRIMARY KEY, title TEXT, body TEXT, names TEXT);
    CREATE VIRTUAL TABLE found USING fts5(
        title, body, names, content='texts', content_rowid='position', tokenize='unicode61 remove_diacritics 2'
    );
    INSERT INTO about VALUES (0, NULL, NULL);
"""
"""A run's subject has its number as id, every other one a number below zero. The row of an event has its position."""

_PAGE = "CREATE VIRTUAL TABLE temp.page USING fts5(title, body, names, tokenize='unicode61 remove_diacritics 2')"


def schema_digest() -> str:
    """Names all that decides what the file holds."""
    return hashlib.sha256(f"{SCHEMA}\0{SQL}".encode()).hexdigest()[:16]


def file_in(cache: Path) -> Path:
    """Where the index is, within the directory of read models."""
    return cache / f"texts-{schema_digest()}.db"


def open_file(path: Path) -> sqlite3.Connection:
    """The index in a file, which is made where there is none. Raises sqlite3.Error, OSError and `SearchUnavailable`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for file in _files(path):
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(file.lstat().st_mode):  # a link or another oddity is none of ours
                file.unlink()
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    _tidy(path)
    return connection


def open_memory() -> sqlite3.Connection:
    """An index of this process alone, where no file can be written."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _prepare(connection)
    return connection


def throw_away(path: Path) -> None:
    """Remove the file and what SQLite keeps beside it. Processes that have it open go on reading it."""
    for file in _files(path):
        with contextlib.suppress(OSError):
            file.unlink()


def _files(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")]


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("BEGIN IMMEDIATE")
    try:
        _create_tables(connection)
        connection.execute("COMMIT")
        connection.execute(_PAGE)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables where there are none. Raises sqlite3.DatabaseError where there is anything else.

    A trigger, or a column more, would not stop a question, but change what the next texts become.
    """
    held = _held(connection)
    if held:
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            _create_tables(fresh)
            if held != _held(fresh):
                raise sqlite3.DatabaseError("this is no text index")
        return
    try:
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            raise SearchUnavailable(version=sqlite3.sqlite_version) from error
        raise


def _held(connection: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return set(connection.execute("SELECT type, name, sql FROM sqlite_schema"))


def _tidy(keep: Path) -> None:
    """Remove the indexes that earlier versions of goldfish left behind."""
    for path in keep.parent.glob("texts-*.db"):
        if path.name != keep.name:
            throw_away(path)
