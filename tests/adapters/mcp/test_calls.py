"""Calls that are repeated, given up, or made at the same time; and under whose name they are recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from goldfish.adapters.mcp.server import build
from goldfish.api import Goldfish
from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from tests.adapters.mcp.conftest import TESTER, Agent, Era, conducting

pytestmark = pytest.mark.anyio


async def test_a_repeated_call_takes_effect_once_and_answers_the_same(project: Path) -> None:
    (project / "more.csv").write_text("a\n1\n")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("create_workspace", {"name": "wide", "goal": "wider", "base": "baseline@v1"}),
        ("mount", {"workspace": "wide", "slot": "w2"}),
        ("save_version", {"workspace": "baseline", "message": "the first one"}),
        ("manage_versions", {"action": "rollback", "workspace": "baseline", "version": "v1"}),
        ("add_source", {"name": "more", "path": "more.csv"}),
        ("run", {"workspace": "wide", "reason": "once and only once"}),
        ("log_thought", {"text": "once", "about": "baseline", "kind": "hypothesis"}),
        ("update_thought", {"note": "hypothesis-1", "action": "abandoned", "text": "once is enough"}),
        ("manage_project", {"action": "add_invariant", "text": "once"}),
        ("manage_sources", {"action": "describe", "name": "more", "text": "one column"}),
        ("affected", {"refs": "numbers@r1", "reason": "the second column is missing"}),
        ("cancel", {"run": "run-1", "reason": "once is enough"}),
    ]
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project) as agent:
            for tool, arguments in calls:
                if tool == "run":
                    (project / "workspaces" / "w2" / "pipeline.yaml").write_text(PIPELINE)
                    (project / "workspaces" / "w2" / "modules").mkdir(exist_ok=True)
                    (project / "workspaces" / "w2" / "modules" / "only.py").write_text(UNTIL_STOPPED)
                first = await agent(tool, **arguments, command_id=f"id-of-{tool}")
                again = await agent(tool, **arguments, command_id=f"id-of-{tool}")
                assert again.data == first.data, tool
            events = (await agent("log", after=0, limit=500, budget=20_000)).data["events"]
    per_command = {f"id-of-{tool}" for tool, _ in calls}
    assert per_command <= {event["command_id"] for event in events}
    names = [event["name"] for event in events]
    assert (names.count("run.requested"), names.count("note.logged")) == (1, 1)


UNTIL_STOPPED = """\
import time

from goldfish.io import should_stop


def main():
    while not should_stop():
        time.sleep(0.02)
"""

PIPELINE = """\
name: one
stages:
  - name: only
"""


async def test_an_id_is_not_used_for_something_else(project: Path) -> None:
    async with Agent(project) as agent:
        await agent("log_thought", text="one thing", command_id="the-same")
        assert (await agent("log_thought", text="another", command_id="the-same")).error["error"] == "CommandIdReused"


async def test_two_clients_of_one_server_are_told_apart(project: Path, era: Era) -> None:
    server = build(project)
    async with (
        Agent(project, era, "codex", server) as codex,
        Agent(project, era, "gemini\x00 cli\u202e", server) as gemini,
    ):
        async with anyio.create_task_group() as both:
            both.start_soon(lambda: codex("log_thought", text="from the first"))
            both.start_soon(lambda: gemini("log_thought", text="from the second"))
        thoughts = {t["title"]: t["actor"] for t in (await codex("search", kind="thought")).data["results"]}
    assert thoughts == {"from the first": "agent:codex", "from the second": "agent:gemini- cli"}


async def test_each_server_process_is_a_session_of_its_own(project: Path) -> None:
    for text in ("before", "after"):
        async with Agent(project, server=build(project)) as agent:
            await agent("log_thought", text=text)
            await agent("log_thought", text=f"{text} too")
    journal = Goldfish.open(project, TESTER).application.journal
    events = [journal.load(Stream(f"thought-{number}"))[0] for number in range(1, 5)]
    sessions = [event.actor.session for event in events if event.actor.kind == "agent"]
    assert len(sessions) == 4
    assert sessions[0] == sessions[1] != sessions[2] == sessions[3]
    assert all(session and len(session) == 8 for session in sessions)


async def test_waiting_holds_nobody_up_and_giving_up_does_not_stop_the_run(project: Path) -> None:
    over: list[str] = []
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project, "legacy") as agent:
            asked = await agent("run", workspace="baseline", reason="it takes a while", settings={"train.pause": 60})
            run = asked.data["run"]

            async def waits() -> None:
                over.append((await agent("wait", run=run, seconds=50)).text)

            async with anyio.create_task_group() as waiting:
                for _ in range(20):  # more than there are threads for waiting
                    waiting.start_soon(waits)
                await agent("status")
                await agent("history")
                assert over == []
                waiting.cancel_scope.cancel()
            assert (await agent("wait", run=run, seconds=0.5)).data["state"] == "open"
            events = Goldfish.open(project, TESTER).application.journal.load(Stream(f"{run}/train"))
            assert not any(isinstance(event.event, Execution.StopRequested) for event in events)
            await agent("cancel", run=run, reason="it has been seen")
            assert (await agent("wait", run=run)).data["outcome"] == "cancelled"
