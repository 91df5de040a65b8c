"""The server as a process of its own, as clients start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from goldfish.api import Goldfish
from tests.adapters.mcp.conftest import TESTER, Answer, Era, conducting

SERVE = "import sys; from pathlib import Path; from goldfish.adapters.mcp.server import serve; serve(Path(sys.argv[1]))"
NOISY = """\
import sys
from pathlib import Path
from goldfish.adapters.mcp.server import serve
from goldfish.api import Goldfish

def noisy(*_, **__):
    print("a stray line on standard output")
    raise RuntimeError("and a traceback")

Goldfish.verify = noisy
serve(Path(sys.argv[1]))
"""
INFO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
HEAVY = ["duckdb", "pygit2", "pyarrow", "numpy", "yaml"]


def command(project: Path, code: str = SERVE) -> list[str]:
    """What starts a server."""
    return [sys.executable, "-c", code, str(project)]


@pytest.mark.anyio
async def test_a_client_works_with_the_server_as_a_process(project: Path, era: Era) -> None:
    steps: list[float] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        steps.append(progress)

    program, *arguments = command(project)
    with conducting(Goldfish.open(project, TESTER).layout):
        parameters = StdioServerParameters(command=program, args=arguments, env=dict(os.environ))
        async with Client(parameters, mode=era) as client:

            async def call(tool: str, **given: Any) -> Answer:
                result = await client.call_tool(tool, given, progress_callback=note)
                assert isinstance(result, CallToolResult)
                return Answer(result)

            assert (await call("status")).data["project"] == "tiny"
            run = (await call("run", workspace="baseline", reason="over standard input and output")).data["run"]
            assert (await call("wait", run=run)).data["outcome"] == "succeeded"
            assert steps[-1] == 8
            assert "prepared 8 bytes red" in (await call("logs", ref=run)).text
            assert (await call("inspect", ref="run-9")).error["candidates"] == ["run-1"]


def test_nothing_but_messages_reaches_standard_output(project: Path) -> None:
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": INFO},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "log", "arguments": {"verify": True}}},
    ]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    server = subprocess.Popen(
        command(project, NOISY),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(b"this is no message\n")
    for message in messages:
        server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    server.stdin.flush()
    received: list[dict[str, Any]] = []
    while not any(message.get("id") == 2 for message in received):
        received.append(json.loads(server.stdout.readline()))
    rest, noise = server.communicate(timeout=20)  # standard input is closed: the client has left
    assert server.returncode == 0
    assert rest == b""
    (called,) = (message for message in received if message.get("id") == 2)
    said = json.loads(called["result"]["content"][0]["text"])
    assert said["error"] == "Unexpected"
    assert "and a traceback" not in said["message"] + said["next"]
    assert b"a stray line on standard output" in noise


def test_a_client_can_end_the_server_by_a_signal(project: Path) -> None:
    server = subprocess.Popen(command(project), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    first = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INFO}
    server.stdin.write(json.dumps(first).encode() + b"\n")
    server.stdin.flush()
    assert json.loads(server.stdout.readline())["id"] == 1
    server.send_signal(signal.SIGINT)
    assert server.wait(timeout=5) == -signal.SIGINT
    assert server.communicate()[1] == b""


def test_the_server_starts_without_a_project_and_without_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from goldfish.adapters.mcp.server import build;"
        f"build(Path('.')); print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
