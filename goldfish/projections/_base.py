"""Base files: all events and all models up to one position, computed once and read by every process.

A base is a cache. It is never changed, only replaced; whatever is odd about one, it is thrown away and built again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.domain.canonical import digest_of
from goldfish.projections._duck import STORED, connect, fill, select, speed_up
from goldfish.projections._load import load
from goldfish.projections._moment import Moment
from goldfish.projections._pages import Progress
from goldfish.projections.models import MODELS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

ENGINE = 2  # counts changes of what a base holds besides the models


def schema_digest() -> str:
    """Names all that decides what a base holds: the SQL of every model, and the engine."""
    import duckdb

    parts = [str(ENGINE), duckdb.__version__, STORED, *(f"{m.name}:{m.reads}:{m.sql}" for m in MODELS.values())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Base:
    """A base file, attached read-only under the name `catalog`."""

    path: Path
    position: int
    catalog: str


def attach(connection: DuckDBPyConnection, path: Path, position: int, log: EventLog) -> Base | None:
    """Attach a base, if it holds exactly our models of this very ledger; else None."""
    import duckdb

    if os.path.lexists(log_beside(path)):  # DuckDB would read it, and a base of ours never has one
        return None
    catalog = f"base_{position}"
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS {catalog} (READ_ONLY)")
    except duckdb.Error:
        return None
    try:
        about = connection.execute(
            fill("SELECT position, first, last FROM {catalog}.about", catalog=catalog)
        ).fetchall()
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ? UNION ALL "
            "SELECT 'view ' || view_name FROM duckdb_views() WHERE database_name = ? AND NOT internal",
            [catalog, catalog],
        ).fetchall()
        fits = {name for (name,) in tables} == {"log", "about", *MODELS} and about == [
            (position, mark_of(log, 1), mark_of(log, position))
        ]
    except duckdb.Error:
        fits = False
    if fits:
        return Base(path, position, catalog)
    with contextlib.suppress(duckdb.Error):
        connection.execute(f"DETACH {catalog}")
    return None


def log_beside(path: Path) -> Path:
    """Where DuckDB looks for changes that are not in a file yet."""
    return path.with_name(path.name + ".wal")


def publish(cache: Path, old: Base | None, log: EventLog, upto: int, progress: Progress | None = None) -> Path:
    """Build the base at `upto`, from `old` if there is one, and put it in place by rename.

    Raises OSError or duckdb.Error when the cache cannot hold it; nothing is left behind then.
    """
    import secrets
    import shutil

    temporary = cache / f".base-{secrets.token_hex(8)}.tmp"
    try:
        if old is not None:
            shutil.copyfile(old.path, temporary)
        _build(temporary, cache, old.position if old else 0, log, upto, progress)
        descriptor = os.open(temporary, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        temporary.chmod(0o444)
        return temporary.replace(cache / f"base-{schema_digest()}-{upto}.duckdb")
    finally:
        temporary.unlink(missing_ok=True)
        log_beside(temporary).unlink(missing_ok=True)


def _build(file: Path, cache: Path, after: int, log: EventLog, upto: int, progress: Progress | None) -> None:
    connection = connect(file, cache / "spill")
    try:
        speed_up(connection)
        if not after:
            connection.execute(
                f"CREATE TABLE log ({STORED}); CREATE TABLE about (position BIGINT, first VARCHAR, last VARCHAR)"
            )
        shown = Moment(upto, upto)
        keys = sorted(load(connection, "log", log, after, upto, progress))
        for done, model in enumerate(MODELS.values()):
            if progress is not None:
                progress(model.name, done, len(MODELS))
            if not after:
                connection.execute(fill("CREATE TABLE {name} AS ", name=model.name) + select(model, "log", shown))
                if "run" in model.columns:  # rows of few runs are found in a fifth of the time (measured)
                    connection.execute(fill("CREATE INDEX {name}_by_run ON {name} (run)", name=model.name))
                continue
            mine = "key IN (SELECT unnest($1::VARCHAR[]))"
            connection.execute(fill("DELETE FROM {name} WHERE ", name=model.name) + mine, [keys])
            computed = select(model, "log", shown, mine)
            connection.execute(fill("INSERT INTO {name} ", name=model.name) + computed, [keys])
        connection.execute("DELETE FROM about")
        connection.execute("INSERT INTO about VALUES (?, ?, ?)", [upto, mark_of(log, 1), mark_of(log, upto)])
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def mark_of(log: EventLog, position: int) -> str | None:
    """Tells the event at a position from any other: a base of another ledger, or of another past, has another mark."""
    rows = log.rows(position - 1, position, 1)
    return digest_of([list(row) for row in rows]) if rows else None
