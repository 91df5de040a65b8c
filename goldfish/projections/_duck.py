"""DuckDB, opened with everything off that is not needed. Imported when the first answer is computed, not before."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.projections._model import ReadModel
from goldfish.projections._moment import Moment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVENTS = """
    position BIGINT, stream VARCHAR, key VARCHAR, version BIGINT, name VARCHAR, recorded_at TIMESTAMP, actor VARCHAR,
    session VARCHAR, command VARCHAR, because BIGINT, data JSON, happened_at TIMESTAMP
"""

STORED = EVENTS.replace("data JSON", "data JSON USING COMPRESSION zstd")
"""The same in a base file: what takes most of it is written in less time and a third of the space (measured)."""

_IDENTIFIER = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def connect(path: Path | None = None, spill: Path | None = None) -> DuckDBPyConnection:
    """A private DuckDB: in memory, or in one file of ours. Installs and loads no extension.

    What does not fit in memory goes to `spill`, never to the current directory. One thread: planning is most of the
    work on a small ledger, and more threads slow it down; `speed_up` adds the second one for long work.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "temp_directory": str(spill or ""),
    }
    return duckdb.connect(str(path or ":memory:"), config=config)


def speed_up(connection: DuckDBPyConnection) -> None:
    """Use two threads from here on."""
    connection.execute("SET threads = 2")


def fill(template: str, **names: str | int) -> str:
    """A statement with our own identifiers and numbers in its `{…}`. Values of others are always parameters."""
    for name in names.values():
        if isinstance(name, str) and not _IDENTIFIER.fullmatch(name):
            raise ValueError(f"not an identifier: {name!r}")
    return template.format_map(names)


def quoted(text: str) -> str:
    """A text as SQL writes it. Only where parameters are not taken."""
    return "'" + text.replace("'", "''") + "'"


def select(
    model: ReadModel, log: str, moment: Moment, where: str = "true", *, table: Callable[[str], str] = "main.{}".format
) -> str:
    """The model's SELECT over the events of `log` up to a moment for whose keys `where` holds.

    `table` tells where a model that it reads is, of that very moment.
    """
    parts = [fill("WITH events AS (SELECT * FROM {log} WHERE ", log=log), moment.condition, " AND ", where]
    for name in model.reads:
        parts += [fill("), {name} AS (SELECT * FROM {table} WHERE ", name=name, table=table(name)), where]
    return "".join([*parts, ") SELECT * FROM (", model.sql, ")"])
