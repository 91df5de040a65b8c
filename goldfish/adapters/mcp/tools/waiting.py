"""Following a run, in calls that are short enough for any client."""

from __future__ import annotations

import contextlib
import time
from functools import partial
from typing import Annotated

import anyio
import anyio.to_thread
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.definitions import reads
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import Run
from goldfish.api import Goldfish
from goldfish.api.answers import RunProgress, StageState
from goldfish.errors import StillRunning

_LOOK_SECONDS = 0.25  # how long one look at the ledger may take; a cancelled call ends within it
_WAITERS = 16  # calls that wait at the same time; they have threads of their own, so that other tools go on
_STEPS: dict[StageState, int] = {
    "waiting": 0,
    "launching": 1,
    "running": 2,
    "collecting": 3,
    "ended": 4,
    "never started": 4,
}


class WaitingTools:
    """The one tool that takes its time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._limiter: anyio.CapacityLimiter | None = None

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.wait)]

    async def wait(
        self,
        call: Call,
        run: Run,
        seconds: Annotated[
            float,
            Field(ge=0, le=600, description="Longest wait. Many clients give up on calls that take more than 30 s."),
        ] = 25,
    ) -> Annotated[CallToolResult, RunProgress]:
        """Follow a run until it ends, or for some seconds. `state` "finished": see `outcome` and `cause`; next
        inspect(ref="run-12") or compare. "open": it goes on; call wait again, or do something else meanwhile.
        "parked": goldfish could not carry it on, `cause` says why. A call that is given up does not end the run.
        """
        deadline = time.monotonic() + seconds
        goldfish = await anyio.to_thread.run_sync(self._desk.working, call)
        reported = 0
        while True:
            left = max(0.0, min(_LOOK_SECONDS, deadline - time.monotonic()))
            seen = await anyio.to_thread.run_sync(
                partial(_look, goldfish, run, left), abandon_on_cancel=True, limiter=self._threads()
            )
            for progress in seen:
                if (done := _done(progress)) > reported:
                    reported = done
                    await call.report_progress(done, 4 * len(progress.stages), _said(progress))
            if seen[-1].state != "open" or time.monotonic() >= deadline:
                return answer(seen[-1], headline=_headline(seen[-1]))

    def _threads(self) -> anyio.CapacityLimiter:
        self._limiter = self._limiter or anyio.CapacityLimiter(_WAITERS)
        return self._limiter


def _look(goldfish: Goldfish, run: str, seconds: float) -> list[RunProgress]:
    """Every state of a run that is seen within some time; at least one."""
    seen: list[RunProgress] = []
    with contextlib.suppress(StillRunning):
        goldfish.wait(run, seconds=seconds, on_progress=seen.append)
    return seen


def _done(progress: RunProgress) -> int:
    return sum(_STEPS[stage.state] for stage in progress.stages)


def _said(progress: RunProgress) -> str:
    return ", ".join(f"{stage.stage} {stage.outcome or stage.state}" for stage in progress.stages)[:500]


def _headline(progress: RunProgress) -> str:
    match progress.state:
        case "open":
            return f'{progress.run} goes on: {_said(progress)}. Next: wait(run="{progress.run}") again.'
        case "finished":
            return f'{progress.run} {progress.outcome}. Next: inspect(ref="{progress.run}").'
        case "parked":
            return f"{progress.run} was parked: goldfish could not carry it on."
