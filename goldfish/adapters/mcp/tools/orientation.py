"""Finding one's bearings: status, and what the project is for."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Created, ProjectAnswer
from goldfish.adapters.mcp.budget import DEFAULT
from goldfish.adapters.mcp.definitions import reads, writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Budget, CommandId
from goldfish.queries.status_lines import Status

_ACTIONS: Final = {
    "create": Takes(needs=("name", "goal")),
    "set_goal": Takes(needs=("goal",), may=("workspace", "command_id")),
    "add_invariant": Takes(needs=("text",), may=("command_id",)),
    "retire_invariant": Takes(needs=("number", "reason"), may=("command_id",)),
    "configure": Takes(needs=("settings",), may=("command_id",)),
    "show": Takes(),
}


class OrientationTools:
    """Where the project stands."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.status), writes(self.manage_project, idempotent=True)]

    def status(
        self,
        call: Call,
        since: Annotated[
            int | None, Field(ge=0, description="The as_of of an earlier answer: adds what happened after it.")
        ] = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Status]:
        """Where the project stands, the most needed first: goal, invariants (what nobody is to change), what runs, the
        baseline, the best and how sure it is, what awaits a verdict, what is untested, last results, what not to repeat
        and why, decisions, workspaces. Call it first in every session, and again after a pause with since=<the as_of
        you saw last>. Next: mount a workspace, or inspect(ref="run-12").
        """
        found = self._desk.working(call).status(since=since, as_of=as_of, budget=budget)
        return answer(found, budget=budget)

    def manage_project(
        self,
        call: Call,
        action: Annotated[
            Literal["create", "set_goal", "add_invariant", "retire_invariant", "configure", "show"],
            Field(description="What to do; each takes the arguments that name it."),
        ],
        name: Annotated[
            str | None, Field(min_length=1, max_length=200, description="create: what it is called, e.g. digits.")
        ] = None,
        goal: Annotated[
            str | None,
            Field(
                max_length=2000,
                description="create, set_goal: measurable if possible, as: beat 0.95 accuracy on digits.",
            ),
        ] = None,
        workspace: Annotated[
            str | None, Field(max_length=200, description="set_goal: of this workspace, not of the project.")
        ] = None,
        text: Annotated[
            str | None, Field(max_length=2000, description="add_invariant: 'The test split is never trained on.'")
        ] = None,
        number: Annotated[
            int | None, Field(ge=1, description="retire_invariant: which one, as status shows it.")
        ] = None,
        reason: Annotated[str | None, Field(max_length=2000, description="retire_invariant: why.")] = None,
        settings: Annotated[
            dict[str, JsonValue] | None,
            Field(
                max_length=20, description='configure: {"gate": "refuse"} refuses runs while others await a verdict.'
            ),
        ] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, ProjectAnswer]:
        """What the project is for, and its rules. create begins one in the directory in which this server was started
        (only when status answers NoProject; the same again changes nothing). set_goal; add_invariant says what nobody
        is to change, and holds until retire_invariant; configure changes settings; show tells settings and all
        invariants. Next after create: add_source for data, create_workspace for code.
        """
        given: dict[str, object] = {"name": name, "goal": goal, "workspace": workspace, "text": text, "number": number}
        given |= {"reason": reason, "settings": settings, "command_id": command_id}
        said = fitting("manage_project", action, _ACTIONS, given)
        if action == "create":
            created = self._desk.create(call, said["name"], said["goal"])
            root = str(self._desk.reading(call).layout.root)
            made = Created(project=said["name"], goal=said["goal"], path=root, created=created)
            return answer(ProjectAnswer(created=made))
        goldfish = self._desk.working(call)
        match action:
            case "set_goal":
                done = ProjectAnswer(goal=goldfish.set_goal(**said))
            case "add_invariant":
                done = ProjectAnswer(invariant=goldfish.add_invariant(**said))
            case "retire_invariant":
                done = ProjectAnswer(invariant=goldfish.retire_invariant(**said))
            case "configure":
                done = ProjectAnswer(settings=goldfish.configure(said["settings"], command_id=command_id))
            case "show":
                done = ProjectAnswer(settings=goldfish.settings(), invariants=goldfish.invariants(retired=True))
        return answer(done)
