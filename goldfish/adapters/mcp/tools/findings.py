"""What is found out to be bad, and everything that depends on it."""

from __future__ import annotations

from typing import Annotated, Final

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Spoilt, SpoiltLine
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Budget, CommandId, References
from goldfish.queries.affected import Affected
from goldfish.queries.findings import Findings

_TOOL: Final = "affected"
_WAYS: Final = {
    "asking what is affected": Takes(may=("refs", "finding", "after", "as_of")),
    "recording": Takes(needs=("reason",), may=("refs", "finding", "after", "command_id")),
    "withdrawing": Takes(needs=("withdraw", "reason"), may=("command_id",)),
    "listing findings": Takes(may=("after", "as_of")),
}
_PAGE: Final = 200  # lines of one answer, at most
_LINES: Final = Cutting(how={"lines": "affected(…, after=MORE), or of a finding inspect(ref=FINDING)"}, pages="lines")
_FINDINGS: Final = Cutting(how={"findings": "affected(after=MORE)"}, pages="findings")


class FindingTools:
    """What agents find out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.affected, idempotent=True)]

    def affected(
        self,
        call: Call,
        refs: Annotated[
            References,
            Field(
                max_length=200,
                description='What is bad: ["run-3", "digits@r1"]; also names of data, code and settings.',
            ),
        ] = None,
        finding: Annotated[
            dict[str, JsonValue] | None,
            Field(
                max_length=100,
                description='Or what is bad, told by what it has in common: {"bad_flag": "augment", "bad_code":'
                ' "baseline@v3", "since": "2026-04-01"}.',
            ),
        ] = None,
        reason: Annotated[
            str | None, Field(max_length=2000, description="What is wrong with it: records it. withdraw: why not.")
        ] = None,
        withdraw: Annotated[str | None, Field(max_length=200, description="Take this finding back: finding-2.")] = None,
        after: Annotated[int | None, Field(ge=0, description="The `more` of the page before.")] = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, Spoilt]:
        """What depends on something bad: every run, claim, decision and tag that a broken run, wrong data or buggy code
        has spoiled, and why. affected(refs=["digits@r1"]) only looks; with reason="labels are shifted" it records a
        finding: all of that carries a warning from now on. Without arguments: the findings that stand.
        """
        given: dict[str, object] = {"refs": refs, "finding": finding, "reason": reason, "withdraw": withdraw}
        way = _way(given)
        fitting(_TOOL, way, _WAYS, {**given, "after": after, "as_of": as_of, "command_id": command_id})
        if way in ("asking what is affected", "listing findings"):
            goldfish = self._desk.reading(call)
            if way == "listing findings":
                found = goldfish.findings(before=after, as_of=as_of)
                return answer(_findings(found), budget=budget, cutting=_FINDINGS, headline=_headline(found))
            asked = goldfish.affected(refs, finding=finding, as_of=as_of)
            return answer(_spoilt(asked, after or 0), budget=budget, cutting=_LINES)
        goldfish = self._desk.working(call)
        if withdraw is not None:
            ended = goldfish.withdraw_finding(withdraw, reason or "", command_id=command_id)
            return answer(Spoilt(as_of=ended.as_of, withdrawn=ended.finding), budget=budget)
        made = goldfish.record_finding(refs, reason=reason, finding=finding, command_id=command_id)
        headline = f"{made.finding} is recorded. What it spoils carries a warning, now and later."
        return answer(_spoilt(made, after or 0), budget=budget, cutting=_LINES, headline=headline)


def _way(given: dict[str, object]) -> str:
    """What the arguments ask for."""
    said = {name for name, value in given.items() if value is not None}
    if "withdraw" in said:
        return "withdrawing"
    if "reason" in said:
        return "recording"
    return "asking what is affected" if said else "listing findings"


def _spoilt(found: Affected, after: int) -> Spoilt:
    """A page of what is affected; each line says once what `affected` and `why` say again for programs."""
    numbered = list(enumerate(found.lines, start=1))[after : after + _PAGE]
    last = after + len(numbered)
    return Spoilt(
        as_of=found.as_of,
        finding=found.finding,
        reason=found.reason,
        understood=found.understood,
        not_understood=found.not_understood,
        counts=found.counts,
        lines=[SpoiltLine(position=number, **line.model_dump()) for number, line in numbered],
        unsure=found.unsure,
        matching=len(found.lines),
        more=last if last < len(found.lines) else None,
    )


def _findings(found: Findings) -> Spoilt:
    return Spoilt(as_of=found.as_of, findings=found.findings, matching=found.matching, more=found.more)


def _headline(found: Findings) -> str | None:
    return None if found.findings else "Nothing was found out to be bad."
