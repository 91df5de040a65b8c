"""docs/how-to/connect-an-agent.md is true."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from goldfish.adapters.mcp.instructions import INSTRUCTIONS
from tests.adapters.mcp.conftest import Answer

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "connect-an-agent.md").read_text()


def blocks(language: str) -> list[str]:
    """The fenced blocks of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_client_is_told_to_start_the_same_program() -> None:
    (in_json,), (in_toml,) = blocks("json"), blocks("toml")
    entries = [json.loads(in_json)["mcpServers"]["goldfish"], tomllib.loads(in_toml)["mcp_servers"]["goldfish"]]
    for entry in entries:
        assert [entry["command"], *entry["args"]] == ["goldfish", "serve"]
        assert list(entry["env"]) == ["GOLDFISH_PROJECT"]
    lines = [shlex.split(line) for line in blocks("sh")]
    assert len(lines) == 4
    for words in lines:
        at = words.index("serve")
        assert words[1:4] == ["mcp", "add", "goldfish"] or words[3:6] == ["--scope", "project", "goldfish"]
        assert words[at - 1] == "goldfish"


@pytest.mark.anyio
async def test_the_program_serves_the_project_that_the_environment_names(project: Path, tmp_path: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-P", "-m", "goldfish", "serve"],
        env={"GOLDFISH_PROJECT": str(project)},
        cwd=tmp_path,
    )
    async with Client(parameters) as client:
        assert client.instructions == INSTRUCTIONS
        tools = (await client.list_tools()).tools
        assert len(tools) == 26
        shown = [{"name": t.name, "description": t.description, "input_schema": t.input_schema} for t in tools]
        assert 8_000 < (len(json.dumps(shown)) + len(INSTRUCTIONS)) / 4 < 9_000
        status = Answer(await client.call_tool("status", {}))
        assert status.data["project"] == "tiny"


def test_the_program_waits_in_silence_and_ends_with_its_input(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "goldfish", "serve"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
