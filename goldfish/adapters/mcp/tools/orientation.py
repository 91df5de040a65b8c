"""Finding one's bearings: status, thoughts, and the beginning of a project."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import ProjectAnswer
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads, writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Budget, CommandId, Workspace
from goldfish.api.answers import ThoughtAnswer
from goldfish.queries.status import Status

_STATUS = Cutting(
    how={
        "workspaces": "inspect(ref=WORKSPACE)",
        "under_way": "history()",
        "results": "history()",
        "best": "inspect(ref=RUN)",
        "failures": 'history(outcome="failed")',
        "changes": "log(after=SINCE)",
    }
)


class OrientationTools:
    """Where the project stands."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [
            reads(self.status),
            writes(self.create_project, idempotent=True),
            writes(self.log_thought),
        ]

    def status(
        self,
        call: Call,
        since: Annotated[
            int | None, Field(ge=0, description="The as_of of an earlier answer: adds what happened after it.")
        ] = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Status]:
        """Where the project stands, in one call: goal, workspaces, runs under way, last and best results, what failed
        and never succeeded, recent thoughts. Call it first in every session, and again after a pause with since=<the
        as_of you saw last>. Next: mount a workspace, or inspect(ref="run-12") for details.
        """
        found = self._desk.working(call).status(since=since, as_of=as_of)
        return answer(found, budget=budget, cutting=_STATUS)

    def create_project(
        self,
        call: Call,
        name: Annotated[str, Field(min_length=1, max_length=200, description="What it is called, e.g. digits.")],
        goal: Annotated[
            str,
            Field(
                min_length=1,
                max_length=2000,
                description="What the research is for, measurable if possible: beat 0.95 accuracy on digits.",
            ),
        ],
    ) -> Annotated[CallToolResult, ProjectAnswer]:
        """Begin a project in the directory in which this server was started. Only needed when status answers
        NoProject. The same call again changes nothing. Next: add_source for data, create_workspace for code.
        """
        created = self._desk.create(call, name, goal)
        root = str(self._desk.reading(call).layout.root)
        return answer(ProjectAnswer(project=name, goal=goal, path=root, created=created))

    def log_thought(
        self,
        call: Call,
        text: Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                description="E.g. 'Above lr 0.3 the loss explodes within 5 epochs; warmup before going higher.'",
            ),
        ],
        about: Annotated[
            str | None, Field(max_length=200, description="What it is about: run-12, run-12/train, baseline@v3 …")
        ] = None,
        workspace: Workspace | None = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, ThoughtAnswer]:
        """Keep a thought for later sessions: a decision and its reason, a surprise, a dead end, a plan. status and
        inspect show it again. Without `workspace` it belongs to the project.
        """
        kept = self._desk.working(call).log_thought(text, workspace=workspace, about=about, command_id=command_id)
        return answer(kept, budget=400)
