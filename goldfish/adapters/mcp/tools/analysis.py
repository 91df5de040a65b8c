"""Questions in SQL, for what no other tool answers."""

from __future__ import annotations

from typing import Annotated, Final

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Rows
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Budget

_SECONDS: Final = 20.0  # clients give up on calls that take longer than 25
_ROWS: Final = Cutting(how={"rows": "ask for fewer columns, for sums, or for a page: LIMIT 20 OFFSET 20"})


class AnalysisTools:
    """What analysts ask."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.sql)]

    def sql(
        self,
        call: Call,
        query: Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                description="One SELECT in DuckDB's dialect: \"SELECT run, value FROM params WHERE name = 'lr'\".",
            ),
        ],
        limit: Annotated[int, Field(ge=1, le=1000, description="Most rows.")] = 100,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Rows]:
        """Ask what no other tool answers, in SQL over events, runs, params, metrics, outputs, thoughts and more:
        sql(query="SHOW TABLES"), sql(query="DESCRIBE runs"). It can only read, and only the ledger, for 20 s.
        """
        found = self._desk.reading(call).sql(query, as_of=as_of, limit=limit, seconds=_SECONDS)
        columns = [column.name for column in found.columns]
        rows = Rows(as_of=found.as_of, columns=columns, rows=found.rows, more=found.more, missing=found.missing)
        return answer(rows, budget=budget, cutting=_ROWS, headline=None if found.rows else "No rows.")
