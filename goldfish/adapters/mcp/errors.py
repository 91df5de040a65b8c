"""How a tool says that it failed: one line of JSON with the error's name, what happened, and what to do next."""

from __future__ import annotations

import logging

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from goldfish.adapters.mcp.budget import compact
from goldfish.adapters.mcp.inert import inert_document
from goldfish.adapters.mcp.vocabulary import in_tools
from goldfish.domain.names import nearest
from goldfish.errors import GoldfishError, NoProject, ProjectExists, Unexpected, WrongArguments

_LOG = logging.getLogger("goldfish.mcp")
_PROBLEMS = 8  # wrong arguments that are named
_NEXT = {
    NoProject.__name__: "Call create_project(name=…, goal=…) to begin one in the directory that is served, or start"
    " the server in a project: goldfish --project DIR serve.",
    ProjectExists.__name__: "Call status(): it tells where that project stands.",
}


def failed(error: GoldfishError) -> CallToolResult:
    """The result of a tool that refused or failed."""
    said = error.as_dict()
    said["next"] = _NEXT.get(error.name) or in_tools(error.next_step)
    text = compact(inert_document(said))
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def named(error: ToolError, tool: str, arguments: list[str]) -> GoldfishError:
    """The refusal behind what the library raised. `arguments` are the names that the tool takes.

    An exception that goldfish has no name for goes to the server's standard error; the client learns only its type.
    """
    cause = error.__cause__
    if isinstance(cause, GoldfishError):
        return cause
    if isinstance(cause, ValidationError) and type(error) is ToolError:
        return _wrong_arguments(cause, tool, arguments)
    _LOG.error("the tool %s raised an unexpected exception", tool, exc_info=cause or error)
    where = "Its traceback is on the server's standard error."
    return Unexpected(what=type(cause or error).__name__, where=where)


def _wrong_arguments(error: ValidationError, tool: str, arguments: list[str]) -> WrongArguments:
    """What is wrong with each argument. Values are left out: they may be long, or secret."""
    problems: list[str] = []
    near: list[str] = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False)[:_PROBLEMS]:
        place = ".".join(str(part) for part in problem["loc"][:3])
        if problem["type"] == "extra_forbidden":
            near += nearest(place, arguments)
            problems.append(f"{place}: there is no such argument")
        else:
            problems.append(f"{place}: {problem['msg'][:1].lower()}{problem['msg'][1:]}")
    return WrongArguments(tool=tool, why=list(dict.fromkeys(problems)), near=near)
