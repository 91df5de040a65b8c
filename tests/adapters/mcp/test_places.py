"""Tools reach nothing on this machine but the project, and there nothing of goldfish's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.mcp.conftest import Agent

pytestmark = pytest.mark.anyio

REASON = "a reason that is long enough"


@pytest.fixture
def secret(tmp_path: Path, project: Path) -> Path:
    """A file beside the project, to which a link within it leads."""
    path = tmp_path / "secret.csv"
    path.write_text("password\nhunter2\n")
    (project / "link.csv").symlink_to(path)
    (project / "up").symlink_to(tmp_path)
    (project / "round").symlink_to(project / "round")
    return path


WAYS = [
    "{secret}",
    "../secret.csv",
    "link.csv",
    "up/secret.csv",
    "file://{secret}",
    "FILE://localhost{secret}",
    "round/x",
]
OWN = [".goldfish/key", "./.goldfish", "workspaces/../.goldfish/key"]


@pytest.mark.parametrize("way", WAYS + OWN)
async def test_nothing_else_becomes_a_source(project: Path, secret: Path, way: str) -> None:
    given = way.format(secret=secret)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("add_source", {"name": "taken", "path": given}),
        ("add_source", {"name": "taken", "path": given, "in_place": True}),
        ("manage_sources", {"action": "probe", "path": given}),
    ]
    async with Agent(project) as agent:
        before = (await agent("log", limit=1)).data["as_of"]
        for tool, arguments in calls:
            refused = await agent(tool, **arguments)
            assert refused.error["error"] == "OutOfReach", tool
            assert "hunter2" not in refused.text
        assert (await agent("log", limit=1)).data["as_of"] == before


@pytest.mark.parametrize("way", ["{secret}", "../secret.csv", "./link.csv", "./up/secret.csv", "./.goldfish/key"])
@pytest.mark.parametrize("dry_run", [True, False])
async def test_nothing_else_becomes_an_input(project: Path, secret: Path, way: str, *, dry_run: bool) -> None:
    inputs = {"prepare.raw": way.format(secret=secret)}
    async with Agent(project) as agent:
        before = (await agent("log", limit=1)).data["as_of"]
        refused = await agent("run", workspace="baseline", reason=REASON, inputs=inputs, dry_run=dry_run)
        assert refused.error["error"] == "OutOfReach"
        assert (await agent("log", limit=1)).data["as_of"] == before


async def test_the_home_directory_is_no_input(project: Path) -> None:
    async with Agent(project) as agent:
        refused = await agent("run", workspace="baseline", reason=REASON, inputs={"prepare.raw": "~/.netrc"})
        assert refused.error["error"] == "UnreadableFile"
        assert str(project) in refused.error["message"]


async def test_a_path_in_the_project_is_an_input(project: Path) -> None:
    (project / "other.csv").write_text("a\n1\n")
    async with Agent(project) as agent:
        planned = await agent(
            "run", workspace="baseline", reason=REASON, inputs={"prepare.raw": "./other.csv"}, dry_run=True
        )
        assert planned.data["plan"]["stages"][0]["inputs"][0]["origin"] == "request"


@pytest.mark.parametrize("way", ["..", "/tmp", "up/here", ".goldfish/artifacts", ".git/hooks", "data/.cache"])
async def test_copies_are_put_nowhere_else(project: Path, secret: Path, way: str) -> None:
    async with Agent(project) as agent:
        refused = await agent("manage_sources", action="take_out", ref="numbers@r1", path=way)
        assert refused.error["error"] == "OutOfReach"
        taken = await agent("manage_sources", action="take_out", ref="numbers@r1", path="data/copies")
        assert taken.data["copied"]["path"] == str(project / "data" / "copies" / "numbers.csv")
    assert secret.read_text() == "password\nhunter2\n"


async def test_programs_run_only_on_the_files_of_a_mounted_workspace(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    asked: dict[str, Any] = {"reason": REASON, "command": ["ls"]}
    async with Agent(project) as agent:
        await agent("create_workspace", name="away")
        for workspace, error in [
            ("away", "NotMounted"),
            (str(elsewhere), "UnknownWorkspace"),
            ("../elsewhere", "UnknownWorkspace"),
        ]:
            assert (await agent("run", workspace=workspace, **asked)).error["error"] == error
        given = await agent("run", workspace="baseline", **asked, directory=str(elsewhere))
        assert given.error["error"] == "WrongArguments"
        slot = project / "workspaces" / "baseline"
        slot.rename(project / "workspaces" / "moved")
        slot.symlink_to(elsewhere)
        assert (await agent("run", workspace="baseline", **asked)).error["error"] == "OutsideProject"
        assert (await agent("history")).data["runs"] == []
