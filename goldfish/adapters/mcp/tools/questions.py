"""Questions about what was done, what came of it, and where it came from."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Compared, Inspected, Runs, Traced
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Before, Budget, Reference, Side, Since, Workspace
from goldfish.queries.drawing import to_dot, to_mermaid
from goldfish.queries.findings import FindingStory

_HISTORY = Cutting(how={"runs": "history(before=MORE)"}, pages="runs")
_GROUPS = Cutting(how={"groups": "history(groups=true, before=MORE)"}, pages="groups")
_SORTED = Cutting(how={"runs": "a smaller limit shows the first ones with more detail"})
_FOR_GROUPS: Final = {"groups": Takes()}
_STORY = Cutting(
    how={
        "story.runs": "history(workspace=…)",
        "story.affected.lines": "affected(refs=…, after=MORE), with what is bad",
        "story.versions": 'log(stream="workspace:…")',
        **{
            f"story.stages.{part}": 'inspect(ref="run-12/STAGE")'
            for part in ("settings", "metrics", "checks", "outputs")
        },
    }
)
_COMPARISON = Cutting(
    how={"code.patch": "diff(left=VERSION, right=VERSION)", "code": "diff(left=VERSION, right=VERSION)"}
)
_LINEAGE = Cutting(
    how=dict.fromkeys(("nodes", "edges", "tree", "graph"), "a smaller depth, or a ref nearer to what you look for")
)


class QuestionTools:
    """What agents ask."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.history), reads(self.inspect), reads(self.compare), reads(self.lineage)]

    def history(
        self,
        call: Call,
        workspace: Workspace | None = None,
        stage: Annotated[str | None, Field(max_length=200, description="Only runs with this stage.")] = None,
        outcome: Annotated[
            Literal["succeeded", "failed", "cancelled", "lost", "requested", "running", "parked"] | None,
            Field(description="Only runs that ended so, or are in this state."),
        ] = None,
        group: Annotated[str | None, Field(max_length=200, description="Only runs of this group.")] = None,
        sort: Annotated[
            str | None,
            Field(max_length=300, description='By the last value of a metric, largest first; "-loss": smallest first.'),
        ] = None,
        groups: Annotated[
            bool, Field(description="Instead: groups of runs, with mean and deviation over seeds.")
        ] = False,
        limit: Annotated[int, Field(ge=1, le=200, description="Most lines.")] = 20,
        before: Before = None,
        since: Since = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Runs]:
        """Runs, newest first: why each was done, how it ended, its main metrics: history(outcome="failed"),
        history(sort="accuracy"), history(groups=true). To look by words or settings use search. Next: inspect or
        compare some.
        """
        goldfish = self._desk.reading(call)
        if groups:
            fitting(
                "history", "groups", _FOR_GROUPS, {"stage": stage, "outcome": outcome, "group": group, "sort": sort}
            )
            listed = goldfish.groups(workspace=workspace, limit=limit, before=before, since=since, as_of=as_of)
            headline = None if listed.groups else "No run is in a group."
            return answer(Runs(**listed.model_dump()), budget=budget, cutting=_GROUPS, headline=headline)
        found = goldfish.history(
            workspace=workspace,
            stage=stage,
            outcome=outcome,
            group=group,
            sort=sort,
            limit=limit,
            before=before,
            since=since,
            as_of=as_of,
        )
        return answer(Runs(**found.model_dump()), budget=budget, cutting=_HISTORY if sort is None else _SORTED)

    def inspect(
        self,
        call: Call,
        ref: Reference,
        pruned: Annotated[bool, Field(description="Of a workspace: also the versions that were pruned.")] = False,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Inspected]:
        """Everything about one thing: a run with its settings, metrics, checks, outputs and verdict; a stage; a
        workspace with its versions and runs; a version; a source; a thought, hypothesis, claim or decision; a finding.
        Next: logs for what a run printed, lineage for where it came from.
        """
        found = self._desk.reading(call).show(ref, pruned=pruned, as_of=as_of)
        if isinstance(found, FindingStory):  # the lines say it all; what is said again by id can not be cut
            found = found.model_copy(update={"affected": found.affected.model_copy(update={"affected": [], "why": {}})})
        return answer(Inspected(story=found), budget=budget, cutting=_STORY)

    def compare(
        self,
        call: Call,
        refs: Annotated[
            list[Side],
            Field(min_length=2, max_length=50, description="All others are compared with the first."),
        ],
        numbers: Annotated[bool, Field(description="False leaves metrics out: for what different ones judge.")] = True,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Compared]:
        """What differs between runs or groups (settings, code, inputs, metrics, …) or versions (code):
        compare(refs=["run-3", "group:wide"]). Values are in the order of `sides`; `versus` holds each against the
        first: better or worse, and whether beyond noise; `same` names what does not differ.
        """
        found = self._desk.reading(call).compare(refs, numbers=numbers, as_of=as_of)
        return answer(Compared(**found.model_dump()), budget=budget, cutting=_COMPARISON)

    def lineage(
        self,
        call: Call,
        ref: Reference,
        direction: Annotated[
            Literal["up", "down", "both"], Field(description="up: what it came from. down: what became of it.")
        ] = "up",
        depth: Annotated[int | None, Field(ge=1, le=1000, description="Most steps. Default: all.")] = None,
        form: Annotated[
            Literal["tree", "mermaid", "dot"], Field(description="mermaid, dot: a graph to draw.")
        ] = "tree",
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Traced]:
        """Where something came from, through runs and versions down to raw data, or what was made of it:
        lineage(ref="run-12/train.model"), lineage(ref="digits", direction="down"). Read `tree` first. What something
        bad has spoiled: affected.
        """
        found = self._desk.reading(call).lineage(ref, direction=direction, depth=depth, as_of=as_of)
        if form == "tree":
            return answer(Traced(**found.model_dump()), budget=budget, cutting=_LINEAGE)
        graph = to_mermaid(found) if form == "mermaid" else to_dot(found)
        plain = found.model_dump(exclude={"nodes", "edges", "tree"})
        return answer(Traced(**plain, graph=graph), budget=budget, cutting=_LINEAGE)
