"""The MCP server: one project, served to agents on standard input and output."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import Any

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult

from goldfish import __version__
from goldfish.adapters.mcp.desk import Desk
from goldfish.adapters.mcp.errors import failed, named
from goldfish.adapters.mcp.instructions import INSTRUCTIONS
from goldfish.adapters.mcp.tools import all_tools
from goldfish.domain.names import nearest
from goldfish.errors import UnknownTool


def serve(project: Path | None = None) -> None:
    """Serve the project that holds a directory (by default the current one) until the client leaves.

    Without a project every tool but `create_project` answers `NoProject`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a stray print must not wait until the wire is on descriptor 1 again
        sys.stdout.reconfigure(line_buffering=True)
    # Clients end their servers by SIGINT. Python's own handler would wait for the thread that reads standard input.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    build(project or Path.cwd()).run()


def build(project: Path) -> MCPServer[Any]:
    """A server for the project that holds a directory. Nothing is opened before the first call of a tool."""
    return _Server(Desk(project))


class _Server(MCPServer[Any]):
    """The library's server, with goldfish's errors and none of the library's sentences around them."""

    def __init__(self, desk: Desk) -> None:
        tools = all_tools(desk)
        super().__init__(
            "goldfish",
            title="goldfish: a research ledger",
            version=__version__,
            instructions=INSTRUCTIONS,
            tools=tools,
            cache_hints={"tools/list": CacheHint(ttl_ms=3_600_000, scope="public")},
            subscriptions=False,
            log_level="WARNING",
        )
        self._arguments = {tool.name: list(tool.parameters.get("properties", {})) for tool in tools}

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; a refusal is a result that says so."""
        if name not in self._arguments:
            return failed(UnknownTool(given=name, near=nearest(name, self._arguments)))
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            return failed(named(error, name, self._arguments[name]))
