"""The ledger itself: its events, and the proof that they are as they were written."""

from __future__ import annotations

import time
from typing import Annotated

import anyio.from_thread
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Events
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import Budget
from goldfish.api import Goldfish
from goldfish.errors import WrongArguments

_SAY_SECONDS = 0.5
_AFTER = Cutting(how={"events": "log(after=<position of the last event shown>)"})
_TAIL = Cutting(how={"events": "log(after=POSITION)"}, ends=frozenset({"events"}))


class LedgerTools:
    """What auditors ask."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.log)]

    def log(
        self,
        call: Call,
        after: Annotated[
            int | None, Field(ge=0, description="Events after this position, oldest first. Default: the newest.")
        ] = None,
        stream: Annotated[
            str | None,
            Field(max_length=200, description="Only events of run-12, run-12/train, workspace:baseline or project."),
        ] = None,
        limit: Annotated[int, Field(ge=1, le=500, description="Most events.")] = 20,
        verify: Annotated[bool, Field(description="Instead: check everything against its hash.")] = False,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Events]:
        """The recorded events themselves: who did what, when, and because of what. A position is an event's number;
        they only grow. log(verify=true) reads everything and tells whether it is as it was written; keep the `head` of
        its answer elsewhere as a proof.
        """
        goldfish = self._desk.reading(call)
        if verify:
            if after is not None or stream is not None:
                raise WrongArguments(tool="log", why="verify checks everything: after and stream do not apply")
            return self._verified(call, goldfish, budget)
        if stream is not None:
            events = goldfish.log(after=after or 0, limit=limit, stream=stream)
        else:
            events = goldfish.tail(limit) if after is None else goldfish.log(after=after, limit=limit)
        last = events[-1].position if events else after or 0
        tail = after is None and stream is None
        return answer(Events(as_of=last, events=events), budget=budget, cutting=_TAIL if tail else _AFTER)

    @staticmethod
    def _verified(call: Call, goldfish: Goldfish, budget: int) -> CallToolResult:
        """The proof, telling the client how far it is."""
        said = time.monotonic()

        def say(what: str, done: int, of: int) -> None:
            nonlocal said
            if time.monotonic() - said > _SAY_SECONDS:
                said = time.monotonic()
                anyio.from_thread.run(call.report_progress, done, of, what)

        found = goldfish.verify(say)
        return answer(Events(verified=found), budget=budget, headline="Sound." if found.sound else "Damaged.")
