"""Data from outside."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import CommandId
from goldfish.api.answers import SourceAnswer


class SourceTools:
    """What agents do with data."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.add_source, idempotent=True)]

    def add_source(
        self,
        call: Call,
        name: Annotated[str, Field(max_length=200, description="E.g. digits; pipeline.yaml says source:digits.")],
        path: Annotated[
            str, Field(min_length=1, max_length=4000, description="A file or directory; relative to the project.")
        ],
        kind: Annotated[
            Literal["npy", "csv", "parquet", "json", "file", "directory"] | None,
            Field(description="Its type. Default: by the name's ending."),
        ] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, SourceAnswer]:
        """Bring data into the project under a name. The bytes are copied and pinned by their digest, so that every run
        says exactly what it read. Changed bytes under the same name become the next revision (digits@r2); the same
        bytes change nothing. Next: name it as an input in pipeline.yaml, raw: source:digits.
        """
        goldfish = self._desk.working(call)
        where = goldfish.layout.root / path
        return answer(goldfish.add_source(name, where, kind=kind, command_id=command_id))
