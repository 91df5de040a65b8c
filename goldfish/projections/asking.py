"""One question in SQL: whether it is one, its answer, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from goldfish.domain.names import nearest
from goldfish.errors import GoldfishError, QueryOutside, QueryRefused, QueryTooLarge, QueryTooLong, QueryWrong
from goldfish.projections.columns import COLUMNS
from goldfish.projections.sandbox import RELATIONS

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection

_BLOCK = 256  # rows fetched at once

_TABLE = re.compile(r'Table with name "?(.+?)"? does not exist')
_COLUMN = re.compile(r'column "(.+?)" not found')
_BINDINGS = re.compile(r"Candidate bindings: (.+)")
_MEANT = re.compile(r'Did you mean "([^"]+)"')
_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_DAMAGED = re.compile("checksum|corrupt", re.IGNORECASE)
_KIND = re.compile(r"^[A-Z][A-Za-z ]*Error: ")


def one_question(sql: str) -> str:
    """The text itself, when it is one statement that only asks. Raises `QueryRefused` and `QueryWrong`."""
    import duckdb

    try:
        found = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise refusal(error) from error
    if not found:
        raise QueryRefused(why="this holds no statement")
    if len(found) > 1:
        raise QueryRefused(why=f"these are {len(found)} statements")
    kind = found[0].type.name
    if kind == "MULTI":
        raise QueryRefused(why="a PIVOT needs to be told its columns, like ON stage IN ('train', 'test')")
    if kind != "SELECT":
        raise QueryRefused(why=f"this is {kind.replace('_', ' ')}")
    return sql


def rows(connection: DuckDBPyConnection, sql: str) -> tuple[list[tuple[str, str]], Iterator[tuple[object, ...]]]:
    """The columns of an answer, each with its type, and its rows as they come."""
    cursor = connection.execute(sql)
    columns = [(str(column[0]), str(column[1])) for column in cursor.description or ()]

    def fetched() -> Iterator[tuple[object, ...]]:
        while block := cursor.fetchmany(_BLOCK):
            yield from block

    return columns, fetched()


def is_damage(error: duckdb.Error) -> bool:
    """Whether a file that DuckDB reads is not as it was written."""
    import duckdb

    kinds = (duckdb.Error, duckdb.IOException, duckdb.SerializationException, duckdb.InternalException)
    return type(error) in kinds and _DAMAGED.search(str(error)) is not None  # others say what a query says


def refusal(error: duckdb.Error, seconds: float = 0) -> GoldfishError:
    """What DuckDB says, as an error of ours with the names that may have been meant."""
    import duckdb

    text = str(error)
    line = _LINE.search(text)
    why = _KIND.sub("", text.split("\n", 1)[0]).strip().rstrip(".!")
    if line is not None and line[1] != "1":
        why = f"{why} (line {line[1]})"
    match error:
        case duckdb.InterruptException():
            return QueryTooLong(seconds=seconds)
        case duckdb.OutOfMemoryException():
            return QueryTooLarge(why=why)
        case duckdb.PermissionException():
            return QueryOutside(why=why)
        case _ if "read-only" in text or "has been locked" in text:
            return QueryRefused(why=why)
    return QueryWrong(why=why + _where(text), near=_near(text))


def _near(text: str) -> tuple[str, ...]:
    if table := _TABLE.search(text):
        return nearest(table[1].lower(), RELATIONS)
    if column := _COLUMN.search(text):
        listed = _BINDINGS.search(text)
        bindings = re.findall(r'"([^"]+)"', listed[1]) if listed else []
        return nearest(column[1].lower(), bindings)
    meant = _MEANT.search(text)
    return (meant[1],) if meant else ()


def _where(text: str) -> str:
    """In which tables a column is that was looked for elsewhere."""
    column = _COLUMN.search(text)
    having = [name for name, columns in COLUMNS.items() if column and column[1].lower() in columns]
    return f"; {', '.join(having)} {'has' if len(having) == 1 else 'have'} it" if having else ""
