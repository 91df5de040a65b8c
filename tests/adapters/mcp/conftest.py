"""A project with two runs, a conductor beside the tests, and clients of both eras of the protocol."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, Implementation, TextContent

from goldfish.adapters.mcp.server import build
from goldfish.api import Actor, Goldfish
from goldfish.bootstrap import Services
from goldfish.layout import Layout

TESTER = Actor(kind="human", name="tester")
Era = Literal["auto", "legacy"]

FILES = {
    "pipeline.yaml": """\
name: tiny
stages:
  - name: prepare
    inputs: {raw: source:numbers}
    outputs: {total: json}
  - name: train
    inputs: {total: prepare.total}
    outputs: {model: file}
""",
    "configs/train.yaml": "lr: 0.1\nfails: false\npause: 0\n",
    "modules/prepare.py": """\
from goldfish.io import input_path, save_output


def main():
    text = input_path("raw").read_text()
    print("prepared", len(text), "bytes \\x1b[31mred\\x1b[0m")
    save_output("total", {"total": len(text)})
""",
    "modules/train.py": """\
import time

from goldfish.io import get_config, output_path, should_stop
from goldfish.metrics import log_metric


def main():
    config = get_config()
    for step in range(3):
        log_metric("loss", 1 / (step + 1), step)
    if config["fails"]:
        raise ValueError("the learning rate is too high")
    until = time.monotonic() + config["pause"]
    while time.monotonic() < until and not should_stop():
        time.sleep(0.02)
    output_path("model").write_text(str(config["lr"]))
""",
}


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server runs on."""
    return "asyncio"


@pytest.fixture(params=["auto", "legacy"])
def era(request: pytest.FixtureRequest) -> Era:
    """Stateless requests since 2026-07-28, or the handshake before."""
    return "legacy" if request.param == "legacy" else "auto"


def write_files(directory: Path) -> None:
    """The tiny pipeline."""
    for name, text in FILES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(root: Path) -> Goldfish:
    """A project with a source and a mounted workspace that holds the tiny pipeline."""
    goldfish = Goldfish.found(root, TESTER, name="tiny", goal="Let the loss fall below 0.4")
    (root / "numbers.csv").write_text("a,b\n1,2\n")
    goldfish.add_source("numbers", root / "numbers.csv")
    goldfish.create_workspace("baseline", goal="the simplest thing")
    path = goldfish.mount("baseline").path
    assert path is not None
    write_files(Path(path))
    return goldfish


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without runs, to be copied."""
    return found(tmp_path_factory.mktemp("template") / "tiny").layout.root


@pytest.fixture
def project(tmp_path: Path, template: Path) -> Path:
    """A project of one test's own, without runs."""
    return Path(shutil.copytree(template, tmp_path / "tiny", symlinks=True))


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a conductor: run-1 succeeded, run-2 failed."""
    goldfish = found(tmp_path_factory.mktemp("lived") / "tiny")
    with conducting(goldfish.layout):
        goldfish.run("baseline", reason="the simplest thing that works")
        goldfish.run("baseline", reason="see what a failure looks like", settings=["train.fails=true"])
        goldfish.log_thought("the loss falls\nas expected", about="run-1")
        assert goldfish.wait("run-1", seconds=30).outcome == "succeeded"
        assert goldfish.wait("run-2", seconds=30).outcome == "failed"
        yield goldfish.layout.root


class conducting:  # noqa: N801 - used like a function, as contextlib's classes are
    """A conductor in a thread of this process, for as long as the block lasts."""

    def __init__(self, layout: Layout) -> None:
        self._services = Services(layout, TESTER)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._elected = threading.Event()

    def _work(self) -> None:
        while not self._over.is_set():
            conductor = self._services.conductor()
            self._elected.set()
            conductor.serve(idle_seconds=0.3)

    def __enter__(self) -> None:
        self._thread.start()
        self._elected.wait(10)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(20)


@dataclass
class Answer:
    """What a tool answered."""

    result: CallToolResult

    @property
    def text(self) -> str:
        """The text that clients show."""
        (content,) = self.result.content
        assert isinstance(content, TextContent)
        return content.text

    @property
    def data(self) -> dict[str, Any]:
        """The structured content of a success."""
        assert not self.result.is_error, self.text
        assert isinstance(self.result.structured_content, dict)
        return self.result.structured_content

    @property
    def error(self) -> dict[str, Any]:
        """What a refusal says."""
        assert self.result.is_error, self.text
        assert self.result.structured_content is None  # some clients would check it against the schema of successes
        said = json.loads(self.text)
        assert set(said) == {"error", "message", "next", "candidates"}
        assert isinstance(said, dict)
        return said


@functools.cache
def _server(project: Path) -> MCPServer[Any]:
    return build(project)


class Agent:
    """A client with a name, connected to a server in this process; by default one server for each project."""

    def __init__(self, project: Path, era: Era = "auto", name: str = "claude-code", server: Any = None) -> None:
        info = Implementation(name=name, version="1")
        self.client = Client(server or _server(project), mode=era, client_info=info)

    async def __aenter__(self) -> Agent:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.client.__aexit__(*error)

    async def __call__(self, tool: str, **arguments: Any) -> Answer:
        """Call a tool."""
        result = await self.client.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)
        return Answer(result)
