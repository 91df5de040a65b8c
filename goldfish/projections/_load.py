"""From the ledger's rows to rows of the relation `events`."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from goldfish.errors import LedgerCorrupt
from goldfish.projections._duck import fill
from goldfish.projections._model import key_of
from goldfish.projections._pages import Batches, Progress, Row, rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

# events that may say when they happened elsewhere
IMPORTED = ("run.imported", "run.verdict-imported", "note.logged", "note.superseded")

MANY = 5_000  # events from which importing pyarrow pays for itself

_INSERT = """
    INSERT INTO {table}
    SELECT position, stream, split_part(stream, '/', 1), version, name, r.at, r.actor.kind || ':' || r.actor.name,
           r.actor.session, r.command, r.because, r.data,
           CASE WHEN name IN {imported} THEN (r.data->>'$.happened')::TIMESTAMP END
    FROM (SELECT *, from_json(record, '{{"at": "TIMESTAMP", "command": "VARCHAR", "because": "BIGINT", "data": "JSON",
                 "actor": {{"kind": "VARCHAR", "name": "VARCHAR", "session": "VARCHAR"}}}}') AS r
          FROM {page})
"""

_INSERT = _INSERT.replace("{imported}", str(IMPORTED))

_LISTS = """
    (SELECT unnest(?::BIGINT[]) AS position, unnest(?::VARCHAR[]) AS stream, unnest(?::BIGINT[]) AS version,
            unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS record)
"""


def load(
    connection: DuckDBPyConnection,
    table: str,
    log: EventLog,
    after: int,
    upto: int,
    progress: Progress | None = None,
) -> set[str]:
    """Append the events with after < position <= upto to `table`; returns the keys that they touch.

    Raises `LedgerCorrupt` at the first position that is missing or holds no record: nothing is ever skipped.
    """
    if upto - after >= MANY:
        return _load_many(connection, table, log, after, upto, progress)
    keys: set[str] = set()
    while after < upto:
        page = rows(log, after, upto)
        _insert(connection, table, page)
        keys.update(key_of(row[1]) for row in page)
        after += len(page)
        if progress is not None:
            progress("events", after, upto)
    return keys


def _insert(connection: DuckDBPyConnection, table: str, page: list[Row]) -> None:
    import duckdb

    columns = [list(column) for column in zip(*page, strict=True)]
    try:
        connection.execute(_insert_from(table, _LISTS), columns)
    except duckdb.InvalidInputException as error:
        bad = next((row[0] for row in page if not _is_json(row[4])), page[0][0])
        raise LedgerCorrupt(position=bad, why="the record is not JSON") from error


def _load_many(
    connection: DuckDBPyConnection, table: str, log: EventLog, after: int, upto: int, progress: Progress | None
) -> set[str]:
    """The same by way of Arrow: while DuckDB works at one page, the next one is read."""
    import duckdb

    batches = Batches(log, after, upto, progress)
    connection.register("pages", batches.reader())
    try:
        connection.execute(_insert_from(table, "pages"))
    except duckdb.Error:
        batches.raise_again()
        _raise_what_is_no_json(log, after, upto)
        raise
    finally:
        with contextlib.suppress(duckdb.Error):  # after an error in a transaction it is gone already
            connection.unregister("pages")
    touched = fill("SELECT DISTINCT key FROM {table} WHERE position > {after}", table=table, after=after)
    return {key for (key,) in connection.execute(touched).fetchall()}


def _insert_from(table: str, page: str) -> str:
    return fill(_INSERT, table=table, page="given").replace("FROM given)", f"FROM {page})")


def _raise_what_is_no_json(log: EventLog, after: int, upto: int) -> None:
    while after < upto:
        page = rows(log, after, upto)
        for row in page:
            if not _is_json(row[4]):
                raise LedgerCorrupt(position=row[0], why="the record is not JSON")
        after += len(page)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
