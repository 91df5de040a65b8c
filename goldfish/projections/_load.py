"""From the ledger's rows to rows of the relation `events`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from goldfish.errors import LedgerCorrupt
from goldfish.projections._duck import fill
from goldfish.projections._model import key_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

Progress = Callable[[int, int], None]

# events that may say when they happened elsewhere
IMPORTED = ("run.imported", "run.verdict-imported", "note.logged", "note.superseded")

PAGE = 20_000  # events held in Python at once while loading

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

    Rows delivered again are passed over. Raises `LedgerCorrupt` at the first position that is missing or holds no
    record: nothing is ever skipped.
    """
    keys: set[str] = set()
    while after < upto:
        rows = _page(log, after, upto)
        _insert(connection, table, rows)
        keys.update(key_of(row[1]) for row in rows)
        after += len(rows)
        if progress is not None:
            progress(after, upto)
    return keys


def _page(log: EventLog, after: int, upto: int) -> list[tuple[int, str, int, str, str]]:
    page: list[tuple[int, str, int, str, str]] = []
    for row in log.rows(after, upto, PAGE):
        if row[0] == after + len(page) + 1:
            page.append(row)
        elif row[0] > after + len(page) + 1:
            raise LedgerCorrupt(position=after + len(page) + 1, why=f"the event is missing; {row[0]} comes instead")
    if not page:
        raise LedgerCorrupt(position=after + 1, why="the event is missing")
    return page


def _insert(connection: DuckDBPyConnection, table: str, rows: list[tuple[int, str, int, str, str]]) -> None:
    import duckdb

    columns = [list(column) for column in zip(*rows, strict=True)]
    try:
        if len(rows) < PAGE:
            connection.execute(_insert_from(table, _LISTS), columns)
        else:
            _insert_page(connection, table, columns)
    except duckdb.InvalidInputException as error:
        bad = next((row[0] for row in rows if not _is_json(row[4])), rows[0][0])
        raise LedgerCorrupt(position=bad, why="the record is not JSON") from error


def _insert_page(connection: DuckDBPyConnection, table: str, columns: list[list[int | str]]) -> None:
    """As lists are inserted, by way of Arrow: half as much time per event, once pyarrow is imported."""
    import pyarrow

    page = pyarrow.table(dict(zip(("position", "stream", "version", "name", "record"), columns, strict=True)))
    connection.register("page", page)
    try:
        connection.execute(_insert_from(table, "page"))
    finally:
        connection.unregister("page")


def _insert_from(table: str, page: str) -> str:
    return fill(_INSERT, table=table, page="given").replace("FROM given)", f"FROM {page})")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
