"""Versions and workspaces: go back, name, prune, delete, and take back what was done."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import VersionsAnswer
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import CommandId, Expected
from goldfish.api import Goldfish
from goldfish.errors import WrongArguments

Action = Literal[
    "rollback", "tag", "untag", "unmount", "prune", "restore", "delete_workspace", "undo", "list_undoable", "list_tags"
]

_TOOL: Final = "manage_versions"
_ACTIONS: Final = {
    "rollback": Takes(needs=("workspace", "version"), may=("expected_version", "command_id")),
    "tag": Takes(needs=("tag", "ref"), may=("move", "command_id")),
    "untag": Takes(needs=("tag",), may=("command_id",)),
    "unmount": Takes(needs=("workspace",), may=("expected_version", "command_id")),
    "prune": Takes(needs=("workspace", "reason"), may=("version", "before", "expected_version", "command_id")),
    "restore": Takes(needs=("workspace",), may=("version", "command_id")),
    "delete_workspace": Takes(needs=("workspace", "reason"), may=("expected_version", "command_id")),
    "undo": Takes(may=("position", "command_id")),
    "list_undoable": Takes(),
    "list_tags": Takes(),
}


class VersionTools:
    """What agents do with versions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.manage_versions, destructive=True)]

    def manage_versions(
        self,
        call: Call,
        action: Annotated[
            Action,
            Field(description="What to do; each takes the arguments that name it."),
        ],
        workspace: Annotated[
            str | None,
            Field(max_length=200, description="rollback, unmount, prune, restore, delete_workspace: which one."),
        ] = None,
        version: Annotated[
            str | None,
            Field(
                max_length=200,
                description="rollback: v3, a tag or a run. prune, restore: v3 or v1..v4. restore without it: the whole"
                " deleted workspace.",
            ),
        ] = None,
        before: Annotated[
            str | None, Field(max_length=200, description="prune: all versions before this version or tag.")
        ] = None,
        tag: Annotated[str | None, Field(max_length=200, description="tag, untag: the name, e.g. good.")] = None,
        ref: Annotated[
            str | None, Field(max_length=200, description="tag: what gets the name: baseline@v3 or run-12.")
        ] = None,
        move: Annotated[bool, Field(description="tag: also when the name points elsewhere already.")] = False,
        position: Annotated[
            int | None, Field(ge=1, description="undo: of the event, as list_undoable shows it. Default: the newest.")
        ] = None,
        reason: Annotated[str | None, Field(max_length=2000, description="prune, delete_workspace: why.")] = None,
        expected_version: Expected = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, VersionsAnswer]:
        """Go back, name, tidy up, take back. rollback puts a mounted workspace's files back to a version (what is
        there is saved first); tag gives a version or run a name (@good), untag removes it; unmount
        records a workspace's files and frees their directory; prune hides versions, delete_workspace an unmounted
        workspace, restore brings either back; undo takes back a rollback, unmount, prune, delete, tag, goal or retired
        invariant. Nothing is ever erased.
        """
        given: dict[str, object] = {"workspace": workspace, "version": version, "before": before, "tag": tag}
        given |= {"ref": ref, "move": move, "position": position, "reason": reason}
        fitting(_TOOL, action, _ACTIONS, {**given, "expected_version": expected_version, "command_id": command_id})
        goldfish = self._desk.working(call)
        match action:
            case "tag":
                named = goldfish.tag(tag or "", ref or "", move=move, command_id=command_id)
                return answer(VersionsAnswer(tag=named))
            case "untag":
                return answer(VersionsAnswer(tag=goldfish.untag(tag or "", command_id=command_id)))
            case "undo":
                return answer(VersionsAnswer(undone=goldfish.undo(position, command_id=command_id)))
            case "list_undoable":
                return answer(VersionsAnswer(undoable=goldfish.undoable()))
            case "list_tags":
                return answer(VersionsAnswer(tags=goldfish.tags()))
            case "restore":
                back = goldfish.restore(workspace or "", version, command_id=command_id)
                return answer(VersionsAnswer(restored=back))
            case "prune":
                if (version is None) == (before is None):
                    raise WrongArguments(tool=_TOOL, why="prune takes either version or before")
                pruned = goldfish.prune(
                    workspace or "",
                    version,
                    before=before,
                    reason=reason or "",
                    expected=expected_version,
                    command_id=command_id,
                )
                return answer(VersionsAnswer(pruned=pruned))
            case "rollback" | "unmount" | "delete_workspace":
                return _replace(goldfish, action, workspace or "", version, reason, expected_version, command_id)


def _replace(
    goldfish: Goldfish,
    action: Literal["rollback", "unmount", "delete_workspace"],
    workspace: str,
    version: str | None,
    reason: str | None,
    expected: str | None,
    command_id: str | None,
) -> CallToolResult:
    if action == "rollback":
        changed = goldfish.rollback(workspace, version or "", expected=expected, command_id=command_id)
    elif action == "unmount":
        changed = goldfish.unmount(workspace, expected=expected, command_id=command_id)
    else:
        changed = goldfish.delete_workspace(workspace, reason or "", expected=expected, command_id=command_id)
    return answer(VersionsAnswer(workspace=changed))
