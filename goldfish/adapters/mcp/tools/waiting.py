"""Following a run, in calls that are short enough for any client."""

from __future__ import annotations

import time
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

_SOONEST, _LATEST = 0.05, 0.5  # seconds between two looks: soon after a change, seldom when nothing happens
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
        reported, pause = 0, _SOONEST
        while True:
            progress = await anyio.to_thread.run_sync(self._look, goldfish, run)
            if (done := _done(progress)) > reported:
                reported, pause = done, _SOONEST
                await call.report_progress(done, 4 * len(progress.stages), _said(progress))
            left = deadline - time.monotonic()
            if progress.state != "open" or left <= 0:
                return answer(progress, headline=_headline(progress))
            await anyio.sleep(min(pause, left))
            pause = min(_LATEST, pause * 1.3)

    def _look(self, goldfish: Goldfish, run: str) -> RunProgress:
        self._desk.revive(goldfish)
        return goldfish.progress(run)


def _done(progress: RunProgress) -> int:
    return sum(_STEPS[stage.state] for stage in progress.stages)


def _said(progress: RunProgress) -> str:
    return ", ".join(f"{stage.stage} {stage.outcome or stage.state}" for stage in progress.stages)[:500]


def _headline(progress: RunProgress) -> str:
    match progress.state:
        case "open":
            return f'{progress.run} goes on: {_said(progress)}. Next: wait(run="{progress.run}") again.'
        case "finished":
            judge = f'inspect(ref="{progress.run}")'
            if progress.awaits_verdict:
                judge += f', then finalize_run(run="{progress.run}"): it awaits a verdict'
            return f"{progress.run} {progress.outcome}. Next: {judge}."
        case "parked":
            return f"{progress.run} was parked: goldfish could not carry it on."
