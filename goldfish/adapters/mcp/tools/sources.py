"""Data: from outside, from earlier runs, and what is known of it."""

from __future__ import annotations

import time
from typing import Annotated, Final, Literal

import anyio.from_thread
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp import places
from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import SourcesAnswer
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import Budget, CommandId
from goldfish.api.answers import SourceAnswer
from goldfish.api.intake import OnProgress
from goldfish.domain.values import SignalType
from goldfish.errors import OutOfReach, WrongArguments

_SAY_SECONDS = 0.5
_TOOL: Final = "manage_sources"
_SOURCES = Cutting(
    how={"sources.sources": "inspect(ref=SOURCE)", "checks": 'manage_sources(action="check", name=SOURCE)'}
)
_ACTIONS: Final = {
    "list": Takes(may=("retired",)),
    "probe": Takes(needs=("path",), may=("kind",)),
    "describe": Takes(needs=("name",), may=("text", "columns", "command_id")),
    "retire": Takes(needs=("name", "text"), may=("command_id",)),
    "restore": Takes(needs=("name",), may=("command_id",)),
    "check": Takes(may=("name",)),
    "take_out": Takes(needs=("ref",), may=("path",)),
}


class SourceTools:
    """What agents do with data."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.add_source, idempotent=True), writes(self.manage_sources, idempotent=True)]

    def add_source(
        self,
        call: Call,
        name: Annotated[str, Field(max_length=200, description="E.g. digits; pipeline.yaml says source:digits.")],
        path: Annotated[
            str,
            Field(
                min_length=1,
                max_length=4000,
                description="A file or directory inside the project (data/digits.csv), an address (https, s3, gs, az),"
                " or the output of a run: run-3/prepare.features.",
            ),
        ],
        kind: Annotated[SignalType | None, Field(description="Its type. Default: by the name's ending.")] = None,
        description: Annotated[str | None, Field(max_length=4000, description="What it holds.")] = None,
        in_place: Annotated[
            bool, Field(description="Leave large files where they are; they are compared before each use.")
        ] = False,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, SourceAnswer]:
        """Bring data into the project under a name, or promote an output of a run to a source. The bytes are pinned by
        their digest, so that every run says exactly what it read. Changed bytes under the same name become the next
        revision (digits@r2); the same bytes change nothing. Next: name it as an input in pipeline.yaml, raw:
        source:digits.
        """
        goldfish = self._desk.working(call)
        if places.is_reference(goldfish.layout, path):
            if kind is not None or in_place:
                raise WrongArguments(
                    tool="add_source", why=f"{path} is recorded already: kind and in_place do not apply"
                )
            return answer(goldfish.promote(path, name=name, description=description, command_id=command_id))
        added = goldfish.add_source(
            name,
            places.data(goldfish.layout, path),
            kind=kind,
            in_place=in_place,
            description=description,
            on_progress=_telling(call),
            command_id=command_id,
        )
        return answer(added)

    def manage_sources(
        self,
        call: Call,
        action: Annotated[
            Literal["list", "probe", "describe", "retire", "restore", "check", "take_out"],
            Field(description="What to do; each takes the arguments that name it."),
        ],
        name: Annotated[
            str | None,
            Field(max_length=200, description="describe, retire, restore, check: digits; check: or digits@r1."),
        ] = None,
        path: Annotated[
            str | None,
            Field(
                max_length=4000,
                description="probe: a path in the project, or an address. take_out: a directory in the project to put"
                " the copy into. Default: exports.",
            ),
        ] = None,
        kind: Annotated[SignalType | None, Field(description="probe: read it as this type.")] = None,
        text: Annotated[
            str | None, Field(max_length=4000, description="describe: what the source holds. retire: why.")
        ] = None,
        columns: Annotated[
            dict[str, str] | None,
            Field(max_length=1000, description='describe: what columns mean: {"age": "years, at admission"}.'),
        ] = None,
        ref: Annotated[
            str | None, Field(max_length=300, description="take_out: run-3/prepare.features or digits@r1.")
        ] = None,
        retired: Annotated[bool, Field(description="list: also those that were retired.")] = False,
        budget: Budget = DEFAULT,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, SourcesAnswer]:
        """What is known of data. list shows all sources; probe looks into data without recording it (type, rows,
        columns); describe says what it means; retire keeps new runs from using a source, restore allows it again;
        check compares registered bytes with what is there now; take_out copies an output or source into a directory.
        For one source and its runs use inspect(ref="digits").
        """
        given: dict[str, object] = {"name": name, "path": path, "kind": kind, "text": text, "columns": columns}
        given |= {"ref": ref, "retired": retired, "command_id": command_id}
        fitting(_TOOL, action, _ACTIONS, given)
        goldfish = self._desk.working(call)
        match action:
            case "list":
                done = SourcesAnswer(sources=goldfish.sources(retired=retired))
            case "probe":
                if places.is_reference(goldfish.layout, path or ""):
                    raise OutOfReach(path=path, why=f'it is recorded already, see inspect(ref="{path}")')
                where = places.data(goldfish.layout, path or "")
                done = SourcesAnswer(found=goldfish.probe_source(where, kind=kind, on_progress=_telling(call)))
            case "describe":
                told = goldfish.describe_source(name or "", text=text, columns=columns, command_id=command_id)
                done = SourcesAnswer(source=told)
            case "retire":
                retiring = goldfish.retire_source(name or "", reason=text or "", command_id=command_id)
                done = SourcesAnswer(source=retiring)
            case "restore":
                done = SourcesAnswer(source=goldfish.restore_source(name or "", command_id=command_id))
            case "check":
                done = SourcesAnswer(checks=goldfish.check_sources(name))
            case "take_out":
                into = places.exports(goldfish.layout, path or "exports")
                done = SourcesAnswer(copied=goldfish.take_out(ref or "", into, on_progress=_telling(call)))
        return answer(done, budget=budget, cutting=_SOURCES)


def _telling(call: Call) -> OnProgress:
    """What tells a client from a worker thread how far it is."""
    said = time.monotonic()

    def tell(what: str, done: int, of: int | None) -> None:
        nonlocal said
        if time.monotonic() - said > _SAY_SECONDS:
            said = time.monotonic()
            anyio.from_thread.run(call.report_progress, done, of, what)

    return tell
