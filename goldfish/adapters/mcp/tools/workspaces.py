"""Code: workspaces, versions, and what differs between them."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Differences, Saved
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads, writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import Budget, CommandId, Expected, Workspace
from goldfish.api.answers import WorkspaceAnswer

_DIFF = Cutting(how={"files": "compare fewer versions", "files.patch": "read the files themselves"})


class WorkspaceTools:
    """What agents do with code."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [
            writes(self.create_workspace, idempotent=True),
            writes(self.mount, idempotent=True),
            writes(self.save_version, idempotent=True),
            reads(self.diff),
        ]

    def create_workspace(
        self,
        call: Call,
        name: Annotated[
            str,
            Field(
                max_length=200,
                description="Lower-case letters, digits, dot, dash or underscore, at most 64: wider-net.",
            ),
        ],
        goal: Annotated[
            str | None, Field(max_length=2000, description="What this line of work is to find out.")
        ] = None,
        base: Annotated[
            str | None,
            Field(
                max_length=200, description="Begin with the files of a workspace, baseline@v3, run-12 or @good (a tag)."
            ),
        ] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, WorkspaceAnswer]:
        """Begin a workspace: a line of work with its own files and versions, empty or from another one. Use a new one
        for each idea that changes code; a different setting needs only run(settings=…). Next: mount it.
        """
        made = self._desk.working(call).create_workspace(name, goal=goal, base=base, command_id=command_id)
        return answer(made)

    def mount(
        self,
        call: Call,
        workspace: Workspace,
        slot: Annotated[
            str | None, Field(max_length=200, description="Directory name below workspaces/. Default: the name.")
        ] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, WorkspaceAnswer]:
        """Put a workspace's files into a directory, the `path` of the answer; edit them there with your own tools.
        To be run it needs pipeline.yaml (stages with typed inputs and outputs), modules/<stage>.py with a function
        main(), and optionally configs/<stage>.yaml. Next: edit, then run; or save_version.
        """
        return answer(self._desk.working(call).mount(workspace, slot, command_id=command_id))

    def save_version(
        self,
        call: Call,
        workspace: Workspace,
        message: Annotated[str, Field(min_length=1, max_length=2000, description="What changed and why.")],
        expected_version: Expected = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, Saved]:
        """Give the files as they are now a version number (baseline@v4). Do it before risky edits; run does it by
        itself. `skipped` names files that a version cannot hold. Next: go on editing, or run.
        """
        goldfish = self._desk.working(call)
        saved = goldfish.save_version(workspace, message, expected=expected_version, command_id=command_id)
        return answer(Saved(**saved.model_dump()))

    def diff(
        self,
        call: Call,
        left: Annotated[
            str,
            Field(
                max_length=200, description="baseline@v3, run-12, @good, or a mounted workspace: what it has unsaved."
            ),
        ],
        right: Annotated[
            str | None,
            Field(max_length=200, description="The other side. Default: the files of left's workspace now."),
        ] = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Differences]:
        """Which files differ, with patches: diff(left="baseline") shows unsaved edits, diff(left="baseline@v1",
        right="baseline@v3") what happened in between. For two runs use compare.
        """
        found = self._desk.reading(call).diff(left, right)
        headline = None if found.files else f"{found.left} and {found.right} do not differ."
        return answer(Differences(**found.model_dump()), budget=budget, cutting=_DIFF, headline=headline)
