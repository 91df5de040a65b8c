"""What a client hears when something cannot be done: one line of JSON with a name and a next step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goldfish.api import Goldfish
from tests.adapters.mcp.conftest import Agent, Era, found

pytestmark = pytest.mark.anyio

REASON = "a reason that is long enough"


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which nothing that these tests ask for is done."""
    return found(tmp_path_factory.mktemp("refusing") / "tiny").layout.root


async def test_a_refusal_names_itself_and_the_next_step(refusing: Path, era: Era) -> None:
    async with Agent(refusing, era) as agent:
        unknown = await agent("mount", workspace="basline")
        assert unknown.error == {
            "error": "UnknownWorkspace",
            "message": "There is no workspace 'basline'.",
            "next": "Did you mean baseline? status() lists the workspaces; create_workspace() makes one.",
            "candidates": ["baseline"],
        }
        assert "\n" not in unknown.text


@pytest.mark.parametrize(
    ("tool", "arguments", "error"),
    [
        ("create_workspace", {"name": "../x"}, "UnsafeName"),
        ("create_workspace", {"name": "baseline"}, "WorkspaceExists"),
        ("mount", {"workspace": "baseline"}, "AlreadyMounted"),
        ("save_version", {"workspace": "\x00", "message": "m"}, "UnknownWorkspace"),
        ("manage_versions", {"action": "rollback", "workspace": "baseline", "version": "v9"}, "UnknownVersion"),
        ("manage_versions", {"action": "rollback", "workspace": "baseline"}, "WrongArguments"),
        ("manage_versions", {"action": "tag", "tag": "good", "ref": "baseline", "version": "v1"}, "WrongArguments"),
        ("manage_versions", {"action": "tag", "tag": "good", "ref": "numbers"}, "CannotTag"),
        ("manage_versions", {"action": "untag", "tag": "good"}, "UnknownTag"),
        ("manage_versions", {"action": "prune", "workspace": "baseline", "reason": "tidy"}, "WrongArguments"),
        ("manage_versions", {"action": "undo", "position": 9_999}, "UnknownPosition"),
        ("manage_versions", {"action": "delete_workspace", "workspace": "baseline", "reason": "old"}, "StillMounted"),
        ("manage_project", {"action": "retire_invariant", "number": 7, "reason": "old"}, "UnknownInvariant"),
        ("manage_project", {"action": "configure", "settings": {"gates": "refuse"}}, "BadProjectSetting"),
        ("manage_sources", {"action": "describe", "name": "numbers"}, "NothingToDescribe"),
        ("manage_sources", {"action": "take_out", "ref": "baseline@v1"}, "NothingToTakeOut"),
        ("pipeline", {"action": "contracts"}, "WrongArguments"),
        ("pipeline", {"action": "adopt_contracts", "workspace": "baseline"}, "NothingToAdopt"),
        ("finalize_run", {"run": "run-7"}, "UnknownRun"),
        ("finalize_run", {"run": "run-7", "verdict": "success"}, "WrongArguments"),
        ("finalize_run", {"run": "run-7", "action": "amend"}, "WrongArguments"),
        ("log_thought", {"text": "why", "because": ["run-7"]}, "WrongArguments"),
        ("log_thought", {"text": "why", "kind": "decision", "because": ["run-7"]}, "UnknownRun"),
        ("update_thought", {"note": "hypothesis-7", "action": "refuted"}, "UnknownNote"),
        ("update_thought", {"note": "hypothesis-7", "action": "amend"}, "WrongArguments"),
        ("add_source", {"name": "numbers", "path": "nowhere.csv"}, "UnreadableFile"),
        ("run", {"workspace": "baseline", "reason": "short"}, "ReasonNeeded"),
        ("run", {"workspace": "baseline", "reason": REASON, "settings": {"train.lr=1": 2}}, "BadSetting"),
        ("run", {"workspace": "baseline", "reason": REASON, "stages": ["trian"]}, "UnknownStage"),
        ("run", {"workspace": "baseline", "reason": REASON, "pipeline": "other.yaml"}, "UnknownPipeline"),
        ("run", {"workspace": "baseline", "reason": REASON, "retry": "run-7"}, "UnknownRun"),
        ("run", {"workspace": "baseline", "reason": REASON, "retry": "run-7", "seed": 1}, "WrongArguments"),
        ("run", {"workspace": "baseline", "reason": REASON, "command": ["ls"], "dry_run": True}, "WrongArguments"),
        ("run", {"workspace": "baseline", "reason": REASON, "command": [""]}, "NoProgram"),
        ("run", {"workspace": "baseline", "reason": REASON, "results": {"train": {}}}, "BadResultsSpec"),
        ("run", {"workspace": "baseline", "reason": REASON, "inputs": {"nothing": "numbers"}}, "BadInputOverride"),
        ("run", {"workspace": "baseline", "reason": REASON, "dry_run": True, "stages": ["trian"]}, "UnknownStage"),
        ("run", {"workspace": "baseline", "reason": REASON, "expected_version": "v9"}, "UnknownVersion"),
        ("wait", {"run": "run-7"}, "UnknownRun"),
        ("logs", {"ref": "run-7/train", "since": 0}, "UnknownRun"),
        ("cancel", {"run": "run-7/train", "reason": "no use"}, "UnknownRun"),
        ("logs", {"ref": "run-7/train"}, "UnknownRun"),
        ("cancel", {"run": "run-7", "reason": "no use"}, "UnknownRun"),
        ("inspect", {"ref": "\u202e"}, "UnknownReference"),
        ("log_thought", {"text": "it is better", "kind": "claim"}, "WrongArguments"),
        ("log_thought", {"text": "it is better", "kind": "claim", "because": "run-7"}, "UnknownRun"),
        ("log_thought", {"text": "it is better", "kind": "claim", "because": "numbers"}, "NotARun"),
        (
            "log_thought",
            {"text": "better", "kind": "claim", "because": "run-7", "measured": {"means": 1}},
            "WrongArguments",
        ),
        ("log_thought", {"text": "why", "measured": {"metric": "loss"}}, "WrongArguments"),
        ("history", {"groups": True, "sort": "loss"}, "WrongArguments"),
        ("log", {"verify": True, "after": 3}, "WrongArguments"),
        ("search", {"text": "stats:failed"}, "UnknownFilter"),
        ("search", {"text": "status:fallen"}, "MalformedSearch"),
        ("search", {"text": "about:run-7"}, "UnknownRun"),
        ("search", {"text": "word", "as_of": 99_999}, "MomentAhead"),
        ("search", {"idea": "wider", "as_of": "2300-01-01"}, "MomentAhead"),
        ("search", {"idea": "wider", "as_of": "soon"}, "NotAMoment"),
        ("search", {"idea": "wider", "kind": "run"}, "WrongArguments"),
        ("search", {"idea": "…"}, "NoIdea"),
        ("search", {"config": {}}, "NoIdea"),
        ("affected", {"refs": ["run-7"]}, "UnknownRun"),
        ("affected", {"refs": []}, "NothingSuspected"),
        ("affected", {"finding": {"colour": "blue"}}, "FindingNotUnderstood"),
        ("affected", {"reason": "it is wrong"}, "NothingSuspected"),
        ("affected", {"refs": ["numbers"], "reason": "it is wrong", "as_of": 3}, "WrongArguments"),
        ("affected", {"refs": ["numbers"], "as_of": 99_999}, "MomentAhead"),
        ("affected", {"withdraw": "finding-7", "reason": "it was right"}, "UnknownFinding"),
        ("affected", {"withdraw": "finding-7"}, "WrongArguments"),
        ("affected", {"command_id": "nothing-to-record"}, "WrongArguments"),
        ("sql", {"query": "DELETE FROM runs"}, "QueryRefused"),
        ("sql", {"query": "SELECT * FROM read_text('/etc/passwd')"}, "QueryOutside"),
        ("sql", {"query": "SELECT nothing FROM runs"}, "QueryWrong"),
        ("sql", {"query": "SELECT 1", "as_of": 99_999}, "MomentAhead"),
        ("compare", {"refs": ["numbers", "baseline"]}, "CannotCompare"),
        ("manage_project", {"action": "create", "name": "other", "goal": "another one"}, "ProjectExists"),
    ],
)
async def test_every_tool_refuses_by_name(refusing: Path, tool: str, arguments: dict[str, Any], error: str) -> None:
    async with Agent(refusing) as agent:
        before = (await agent("log", limit=1)).data["as_of"]
        said = (await agent(tool, **arguments)).error
        assert said["error"] == error
        assert said["next"]
        assert (await agent("log", limit=1)).data["as_of"] == before


async def test_wrong_arguments_are_named_without_their_values(refusing: Path, era: Era) -> None:
    async with Agent(refusing, era) as agent:
        wrong = await agent("history", limt=3, limit="sk-secret", outcome="good")
        assert wrong.error["error"] == "WrongArguments"
        assert wrong.error["candidates"] == ["limit"]
        assert "limit: input should be a valid integer" in wrong.error["message"]
        assert "limt: there is no such argument" in wrong.error["message"]
        assert "'succeeded'" in wrong.error["message"]
        assert "sk-secret" not in wrong.text
        assert "pydantic" not in wrong.text
        missing = await agent("run", workspace="baseline")
        assert "reason: field required" in missing.error["message"]


async def test_an_unknown_tool_is_told_its_neighbors(refusing: Path) -> None:
    async with Agent(refusing) as agent:
        assert (await agent("save_versions")).error["candidates"][0] == "save_version"


async def test_an_unexpected_error_keeps_its_text_to_itself(
    refusing: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a secret in a traceback")

    monkeypatch.setattr(Goldfish, "status", broken)
    async with Agent(refusing) as agent:
        said = await agent("status")
    assert said.error["error"] == "Unexpected"
    assert said.error["message"].endswith("KeyError.")
    assert "secret" not in said.text
    assert "a secret in a traceback" in caplog.text  # on the server's side it can be found


async def test_without_a_project_every_tool_says_how_to_begin_one(tmp_path: Path) -> None:
    required: dict[str, dict[str, Any]] = {
        "status": {},
        "mount": {"workspace": "a"},
        "run": {"workspace": "a", "reason": REASON},
        "wait": {"run": "run-1"},
        "search": {"idea": "wider"},
        "affected": {},
        "log_thought": {"text": "a thought"},
    }
    async with Agent(tmp_path, "legacy") as agent:
        for tool, arguments in required.items():
            said = (await agent(tool, **arguments)).error
            assert said["error"] == "NoProject"
            assert 'manage_project(action="create"' in said["next"]
        assert list(tmp_path.iterdir()) == []
        begin = {"action": "create", "name": "tiny", "goal": "begin"}
        assert (await agent("manage_project", **begin)).data["created"]["created"] is True
        assert (await agent("manage_project", **begin)).data["created"]["created"] is False
        assert (await agent("status")).data["project"] == "tiny"


async def test_no_project_is_begun_inside_another_one(project: Path) -> None:
    inner = project / "inner"
    inner.mkdir()
    async with Agent(inner) as agent:
        said = (await agent("manage_project", action="create", name="tiny", goal="begin")).error
        assert (said["error"], "status()" in said["next"]) == ("ProjectExists", True)
        assert (await agent("status")).data["project"] == "tiny"
