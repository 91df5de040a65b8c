"""Use cases of analysts: questions in SQL, and everything in files of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, JsonValue

from goldfish.api.core import Core
from goldfish.domain.names import plain_text
from goldfish.errors import UnusableArgument

if TYPE_CHECKING:
    from goldfish.api.exporting import Exported
    from goldfish.domain.moments import When

_LONGEST = 200_000  # characters of a query
_MOST_ROWS = 10_000_000

ExportFormat = Literal["duckdb", "parquet", "csv"]


class SqlColumn(BaseModel):
    """A column of an answer, and DuckDB's name for its type."""

    name: str
    type: str


class SqlAnswer(BaseModel):
    """The answer to a query: times are in UTC, NaN and infinities are text."""

    as_of: int
    columns: list[SqlColumn]
    rows: list[dict[str, JsonValue]]
    more: bool = Field(description="Whether there are more rows than the limit.")
    limit: int
    missing: list[str] = Field(default_factory=list, description="Whose metric points are gone from the store.")


class SqlFile(BaseModel):
    """A file with the answer to a query."""

    as_of: int
    path: str
    rows: int
    more: bool
    missing: list[str] = Field(default_factory=list)


class Analysis(Core):
    """What analysts ask."""

    def sql(
        self, query: str, *, as_of: When | None = None, limit: int = 10_000, seconds: float = 30, memory: int = 0
    ) -> SqlAnswer:
        """The answer to one SELECT over events, read models, views and metric points, as of a moment.

        It runs in a process of its own, without any other file in reach, for at most so many seconds, and with at most
        so many bytes of memory: a quarter of the machine's, if nothing else is said. Raises `QueryRefused`,
        `QueryWrong`, `QueryOutside`, `QueryTooLong`, `QueryTooLarge`, `QueryBroke`.
        """
        found = self._ask(query, as_of, limit, seconds, memory)
        names = _unlike([name for name, _ in found["columns"]])
        return SqlAnswer(
            as_of=found["as_of"],
            columns=[SqlColumn(name=n, type=kind) for n, (_, kind) in zip(names, found["columns"], strict=True)],
            rows=[dict(zip(names, json.loads(row), strict=True)) for row in found["rows"]],
            more=found["more"],
            limit=limit,
            missing=found["missing"],
        )

    def sql_to_parquet(
        self,
        query: str,
        path: Path,
        *,
        as_of: When | None = None,
        limit: int = 10_000,
        seconds: float = 30,
        memory: int = 0,
        force: bool = False,
    ) -> SqlFile:
        """As `sql`, into a Parquet file. Raises also `ExportExists`."""
        from goldfish.api.exporting import free, put_in_place
        from goldfish.api.sandbox import beside

        target = free(path.absolute(), self.layout, force=force, magic=b"PAR1")
        temporary = beside(target)
        try:
            found = self._ask(query, as_of, limit, seconds, memory, parquet=str(temporary))
            put_in_place(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        return SqlFile(
            as_of=found["as_of"],
            path=os.fspath(path),
            rows=found["written"],
            more=found["more"],
            missing=found["missing"],
        )

    def export(
        self,
        to: ExportFormat,
        path: Path,
        *,
        as_of: When | None = None,
        force: bool = False,
        on_progress: Callable[[str, int, int], None] | None = None,
    ) -> Exported:
        """Write everything into one DuckDB file, or into a directory with a Parquet or CSV file for each table.

        The place must not exist; with `force` an earlier export there is replaced. Raises `ExportExists`,
        `NotAnExport`, `ProjectUnwritable`.
        """
        from goldfish.api.exporting import export

        return export(self, to, path.absolute(), as_of, force, on_progress or (lambda _what, _done, _all: None))

    def _ask(
        self, query: str, as_of: When | None, limit: int, seconds: float, memory: int, parquet: str | None = None
    ) -> dict[str, Any]:
        from goldfish.api.sandbox import ask
        from goldfish.api.sandbox import memory as usual

        if not 1 <= limit <= _MOST_ROWS:
            raise UnusableArgument(argument="limit", call="sql", given=str(limit), needed=f"1 to {_MOST_ROWS}")
        if not 0 < seconds <= 86_400:
            raise UnusableArgument(
                argument="seconds", call="sql", given=str(seconds), needed="more than 0, up to a day"
            )
        if memory and not 64 << 20 <= memory <= 1 << 40:
            raise UnusableArgument(argument="memory", call="sql", given=str(memory), needed="at least 64 MiB in bytes")
        request = {
            "root": str(self.layout.root.absolute()),
            "sql": plain_text(query, "query", _LONGEST),
            "as_of": as_of if as_of is None or isinstance(as_of, int | str) else as_of.isoformat(),
            "limit": limit,
            "seconds": seconds,
            "memory": memory or usual(),
            "parquet": parquet,
        }
        return ask(request)


def _unlike(names: list[str]) -> list[str]:
    """The names, made different where some are the same: run, run_2."""
    made: list[str] = []
    for name in names:
        number, unlike = 1, name
        while unlike in made:
            number += 1
            unlike = f"{name}_{number}"
        made.append(unlike)
    return made
