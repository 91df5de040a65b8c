"""Pipelines as they are written: what is wrong with them, and what their outputs must be."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Pipelines
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import Budget
from goldfish.errors import WrongArguments

_PIPELINE = Cutting(how={"checked.checked": 'pipeline(action="check", workspace=WORKSPACE)'})
_ACTIONS: Final = {
    "check": Takes(may=("workspace", "file")),
    "show": Takes(needs=("workspace",), may=("file",)),
    "contracts": Takes(may=("workspace", "run", "file")),
    "adopt_contracts": Takes(needs=("workspace",), may=("run", "stages", "file", "dry_run")),
}
_FILE = "pipeline.yaml"


class PipelineTools:
    """What agents do with pipelines, besides editing and running them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.pipeline)]

    def pipeline(
        self,
        call: Call,
        action: Annotated[
            Literal["check", "show", "contracts", "adopt_contracts"],
            Field(description="Only adopt_contracts changes anything: it writes into the pipeline's file."),
        ],
        workspace: Annotated[
            str | None, Field(max_length=200, description="Whose pipeline. Default of check: all that are mounted.")
        ] = None,
        file: Annotated[
            str | None,
            Field(max_length=200, description="A name in pipelines/. Default: pipeline.yaml; of check: all."),
        ] = None,
        run: Annotated[
            str | None,
            Field(
                max_length=200, description="contracts: of this run. adopt_contracts: by what this run wrote: run-12."
            ),
        ] = None,
        stages: Annotated[
            list[str] | None, Field(max_length=200, description="adopt_contracts: of these stages only.")
        ] = None,
        dry_run: Annotated[bool, Field(description="adopt_contracts: only show the patch.")] = False,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Pipelines]:
        """Look at pipelines without running them. check: everything that keeps them from being run, call it after
        edits; show: stages with inputs and outputs; contracts: what outputs must be (shape, columns, ranges) beside
        what was found in them; adopt_contracts: write what was found as contracts into the pipeline, so that later
        runs are held to it. Next: run(dry_run=true).
        """
        given: dict[str, object] = {"workspace": workspace, "file": file, "run": run, "stages": stages}
        fitting("pipeline", action, _ACTIONS, {**given, "dry_run": dry_run})
        if action == "contracts" and (workspace is None) == (run is None):
            raise WrongArguments(tool="pipeline", why="contracts takes either workspace or run")
        goldfish = self._desk.working(call)
        match action:
            case "check":
                done = Pipelines(checked=goldfish.check_pipelines(workspace, pipeline=file))
            case "show":
                done = Pipelines(pipeline=goldfish.pipeline(workspace or "", pipeline=file or _FILE))
            case "contracts":
                done = Pipelines(contracts=goldfish.contracts(run or workspace or "", pipeline=file or _FILE))
            case "adopt_contracts":
                adopted = goldfish.adopt_contracts(
                    workspace or "", run=run, stages=stages or (), pipeline=file or _FILE, dry_run=dry_run
                )
                done = Pipelines(adopted=adopted)
        return answer(done, budget=budget, cutting=_PIPELINE)
