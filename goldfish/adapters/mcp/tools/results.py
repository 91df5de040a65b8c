"""What runs achieved: judge them, and see the results beside each other."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Achieved, Finalized
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads, writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Before, Budget, CommandId, Run, Since, Workspace
from goldfish.api.answers import VerdictAnswer
from goldfish.domain.results import Proposal
from goldfish.domain.specs import Judgement

_SAYING = ("verdict", "values", "comment", "learned", "next_steps", "command_id")
_ACTIONS: Final = {
    "propose": Takes(),
    "confirm": Takes(may=(*_SAYING, "reason")),
    "amend": Takes(needs=("reason",), may=_SAYING),
}
_RESULTS = Cutting(
    how={"results": "results(before=MORE)", "awaiting": "results(workspace=…)", "trends": "results(workspace=…)"},
    pages="results",
)


class ResultTools:
    """What agents say of runs that have ended."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.finalize_run), reads(self.results)]

    def finalize_run(
        self,
        call: Call,
        run: Run,
        action: Annotated[
            Literal["propose", "confirm", "amend"],
            Field(description="propose records nothing; confirm records the verdict; amend changes an earlier one."),
        ] = "propose",
        verdict: Annotated[
            Judgement | None, Field(description="What it achieved. Default: what the numbers say.")
        ] = None,
        values: Annotated[
            dict[str, JsonValue] | None,
            Field(max_length=200, description='Numbers by stage, as logged: {"train": 0.97}. Default: as proposed.'),
        ] = None,
        comment: Annotated[str | None, Field(max_length=4000, description="What is to be said of it.")] = None,
        learned: Annotated[
            str | None, Field(max_length=4000, description="What it teaches; needed after a failure, if no comment.")
        ] = None,
        next_steps: Annotated[
            list[str] | None, Field(max_length=20, description='["try lr 0.1", "a second seed"].')
        ] = None,
        reason: Annotated[
            str | None,
            Field(max_length=4000, description="amend: why. confirm: why another verdict than the numbers say."),
        ] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, Finalized]:
        """Judge a run that has ended: first finalize_run(run="run-12") shows the proposal that its results spec and
        metrics make; then the same with action="confirm", and learned="…", records the verdict. Numbers must have been
        logged. The first verdict stays in the ledger when it is amended. Next: results, or log_thought.
        """
        said = {"verdict": verdict, "values": values, "comment": comment, "learned": learned, "next_steps": next_steps}
        given = {**said, "reason": reason, "command_id": command_id}
        fitting("finalize_run", action, _ACTIONS, given)
        if action == "propose":
            proposed = self._desk.reading(call).proposal(run)
            return answer(Finalized(proposal=proposed), headline=_proposed(proposed))
        goldfish = self._desk.working(call)
        judged = (
            goldfish.amend(
                run,
                reason=reason or "",
                verdict=verdict,
                values=values,
                comment=comment,
                learned=learned,
                next_steps=next_steps,
                command_id=command_id,
            )
            if action == "amend"
            else goldfish.finalize(
                run,
                verdict=verdict,
                values=values,
                comment=comment,
                learned=learned,
                next_steps=next_steps,
                reason=reason,
                command_id=command_id,
            )
        )
        return answer(Finalized(judgement=judged), headline=_judged(judged))

    def results(
        self,
        call: Call,
        workspace: Workspace | None = None,
        trend: Annotated[bool, Field(description="Also how each series of results goes on.")] = False,
        limit: Annotated[int, Field(ge=1, le=200, description="Most runs.")] = 20,
        before: Before = None,
        since: Since = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Achieved]:
        """What runs achieved by their results specs, newest first: number, goal, verdict, against the baseline and the
        one before; and which runs await a verdict. Next: finalize_run for those that do.
        """
        found = self._desk.reading(call).results(
            workspace, limit=limit, before=before, since=since, trend=trend, as_of=as_of
        )
        headline = None if found.results or found.awaiting else "No run has results to be judged by."
        return answer(Achieved(**found.model_dump()), budget=budget, cutting=_RESULTS, headline=headline)


def _proposed(proposed: Proposal) -> str:
    call = f'finalize_run(run="{proposed.run}", action="confirm")'
    return f"Nothing was recorded. The numbers say: {proposed.verdict}. Next: {call}."


def _judged(judged: VerdictAnswer) -> str:
    return f"{judged.run} was judged: {judged.verdict}."
