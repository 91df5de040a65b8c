"""How a tool says that it failed: one line of JSON with the error's name, what happened, and what to do next."""

from __future__ import annotations

import logging
from typing import Final

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from goldfish.adapters.mcp.budget import compact
from goldfish.adapters.mcp.inert import inert_document
from goldfish.adapters.mcp.vocabulary import in_tools
from goldfish.domain.names import nearest
from goldfish.errors import (
    BadInputOverride,
    BadSetting,
    ClaimNeedsRuns,
    GoldfishError,
    NoIdea,
    NoProgram,
    NoProject,
    NothingSuspected,
    ProjectExists,
    QueryTooLong,
    Unexpected,
    WrongArguments,
    WrongDirectory,
)

_LOG = logging.getLogger("goldfish.mcp")
_PROBLEMS = 8  # wrong arguments that are named
_NEXT: Final[dict[str, str]] = {
    NoProject.__name__: 'Call manage_project(action="create", name=…, goal=…) to begin one in the directory that is'
    " served, or start the server in a project: goldfish --project DIR serve.",
    ProjectExists.__name__: "Call status(): it tells where that project stands.",
    BadSetting.__name__: 'Write them as run(settings={"train.lr": 0.2}); lr alone will do where one stage has it.',
    BadInputOverride.__name__: 'Write them as run(inputs={"train.features": "run-3/prepare.features"}); digits@r1 or a'
    " path in the project that begins with ./ will do too.",
    NoProgram.__name__: 'Write it as run(command=["python", "train.py", "--lr", "3e-4"]).',
    ClaimNeedsRuns.__name__: 'Name them: log_thought(kind="claim", because=["run-3"], instead_of=["run-1"]).',
    NothingSuspected.__name__: 'Name it: affected(refs=["run-3", "digits@r1"]), or describe it:'
    ' affected(finding={"bad_data": "digits@r1"}).',
    NoIdea.__name__: 'Say it in a sentence: search(idea="weight decay on the head only"); or what you would set:'
    ' search(config={"head_wd": 0.01}).',
    QueryTooLong.__name__: "Ask for less: a LIMIT, a WHERE, no join without a condition.",
    WrongDirectory.__name__: "Call mount(workspace=…), and name that workspace: programs are run on its files.",
}


def failed(error: GoldfishError) -> CallToolResult:
    """The result of a tool that refused or failed."""
    said = error.as_dict()
    said["next"] = next_step(error)
    text = compact(inert_document(said))
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def next_step(error: GoldfishError) -> str:
    """What to do about an error, for somebody who has tools and no shell."""
    return _NEXT.get(error.name) or in_tools(error.next_step)


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
