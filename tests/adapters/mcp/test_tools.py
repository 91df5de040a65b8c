"""Every tool does what it says, in both eras of the protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.mcp.conftest import Agent, Answer, Era, write_files

pytestmark = pytest.mark.anyio


async def test_an_agent_goes_from_nothing_to_a_version(tmp_path: Path) -> None:
    async with Agent(tmp_path) as agent:
        created = await agent("manage_project", action="create", name="tiny", goal="Let the loss fall")
        assert created.data["created"] == {
            "project": "tiny",
            "goal": "Let the loss fall",
            "path": str(tmp_path),
            "created": True,
        }
        (tmp_path / "numbers.csv").write_text("a\n1\n")
        source = await agent("add_source", name="numbers", path="numbers.csv")
        assert (source.data["source"], source.data["type"]) == ("numbers@r1", "csv")
        made = await agent("create_workspace", name="baseline", goal="the simplest thing")
        assert made.data["latest"] == "baseline@v1"
        mounted = await agent("mount", workspace="baseline")
        directory = Path(mounted.data["path"])
        write_files(directory)
        changed = await agent("diff", left="baseline")
        assert [file["path"] for file in changed.data["files"]] == sorted(
            ["configs/train.yaml", "modules/prepare.py", "modules/train.py", "pipeline.yaml"]
        )
        saved = await agent("save_version", workspace="baseline", message="a first pipeline")
        assert saved.data["version"] == "baseline@v2"
        (directory / "pipeline.yaml").write_text("broken")
        answered = await agent("manage_versions", action="rollback", workspace="baseline", version="baseline@v2")
        back = answered.data["workspace"]
        assert (back["restored"], back["kept_as"]) == ("baseline@v2", "baseline@v3")
        assert (directory / "pipeline.yaml").read_text().startswith("name: tiny")
        out = await agent("manage_versions", action="unmount", workspace="baseline")
        assert ("slot" in out.data["workspace"], directory.exists()) == (False, False)
        status = await agent("status")
        assert [line["workspace"] for line in status.data["workspaces"]] == ["baseline"]


async def test_an_agent_runs_waits_and_looks(lived_in: Path, era: Era) -> None:
    steps: list[tuple[float, float | None, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        steps.append((progress, total, message))

    async with Agent(lived_in, era) as agent:
        asked = await agent(
            "run",
            workspace="baseline",
            reason=f"a smaller learning rate, asked in era {era}",
            hypothesis="the loss falls more slowly",
            expected="a loss of 0.33 after three steps",
            settings={"train.lr": 0.05 if era == "auto" else 0.02, "train.pause": 0.3},
            seed=1,
        )
        assert asked.data["started"] is True
        assert asked.data["stages"] == ["prepare", "train"]
        run = asked.data["run"]
        assert asked.text.startswith(f'{run} was requested. Next: wait(run="{run}").')
        waited = await agent.client.call_tool("wait", {"run": run, "seconds": 20}, progress_callback=note)
        assert waited.structured_content is not None
        assert (waited.structured_content["state"], waited.structured_content["outcome"]) == ("finished", "succeeded")
        assert [step for step, _, _ in steps] == sorted({step for step, _, _ in steps})  # it only grows
        assert steps[-1][:2] == (8, 8)
        assert steps[-1][2] == "prepare succeeded, train succeeded"
        story = (await agent("inspect", ref=run)).data["story"]
        assert (story["kind"], story["hypothesis"], story["seed"]) == ("run", "the loss falls more slowly", 1)


async def test_the_same_work_again_is_not_started(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        again = await agent("run", workspace="baseline", reason="the same once more, by mistake")
        assert (again.data["started"], again.data["tried"]["run"]) == (False, "run-1")
        assert again.text.startswith("Nothing was started: this is run-1 again, which ended: succeeded.")


async def test_questions_are_answered(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        status = await agent("status")
        assert status.data["goal"] == "Let the loss fall below 0.4"
        assert "run-2" in [run for failed in status.data["do_not_repeat"] for run in failed["refs"]]
        since = await agent("status", since=0)
        assert since.data["changes"]
        failed = await agent("history", outcome="failed", workspace="baseline")
        assert [line["run"] for line in failed.data["runs"]] == ["run-2"]
        first = await agent("history", limit=1, as_of=failed.data["as_of"])
        assert first.data["more"] == first.data["runs"][-1]["position"]
        compared = await agent("compare", refs=["run-1", "run-2"])
        assert [difference["name"] for difference in compared.data["config"]] == ["train.fails"]
        traced = await agent("lineage", ref="run-1/train.model")
        assert "numbers@r1" in [line["id"] for line in traced.data["tree"]]
        used = await agent("lineage", ref="numbers", direction="down", depth=1)
        assert {"run-1/prepare", "run-2/prepare"} <= {node["id"] for node in used.data["nodes"]}
        for ref in ("run-2/train", "baseline", "baseline@v2", "numbers"):
            assert (await agent("inspect", ref=ref)).data["story"]


async def test_logs_show_what_was_printed_without_terminal_codes(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        printed = await agent("logs", ref="run-1/prepare")
        assert printed.data["logs"][0]["text"] == "prepared 8 bytes red"
        assert "prepared 8 bytes red" in printed.text
        failed = await agent("logs", ref="run-2")
        assert "ValueError: the learning rate is too high" in failed.text


async def test_the_ledger_is_shown_and_proved(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        begun = await agent("log", after=0, limit=2)
        assert [event["position"] for event in begun.data["events"]] == [1, 2]
        assert begun.data["events"][0]["name"] == "project.founded"
        newest = await agent("log", limit=3)
        assert newest.data["as_of"] == newest.data["events"][-1]["position"]
        of_run = await agent("log", stream="run-1")
        assert {event["stream"] for event in of_run.data["events"]} == {"run-1"}


async def test_a_proof_says_how_far_it_is(lived_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[float, float | None, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        steps.append((progress, total, message))

    monkeypatch.setattr("goldfish.adapters.mcp.tools.ledger._SAY_SECONDS", 0.0)
    async with Agent(lived_in, "legacy") as agent:
        proved = Answer(await agent.client.call_tool("log", {"verify": True}, progress_callback=note))
    found = proved.data["verified"]
    assert (found["sound"], found["damages"]) == (True, [])
    assert proved.text.startswith("Sound.")
    assert steps[-1][2] == "artifacts"
    assert steps[-1][0] == found["trees"] + found["artifacts"] - 1


async def test_a_cancelled_run_ends(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        asked = await agent("run", workspace="baseline", reason="goes on for a long time", settings={"train.pause": 30})
        run = asked.data["run"]
        while (await agent("wait", run=run, seconds=0)).data["stages"][1]["state"] != "running":
            pass
        going_on = await agent("wait", run=run, seconds=0.1)
        assert (going_on.data["state"], going_on.result.is_error) == ("open", False)
        assert going_on.text.startswith(f"{run} goes on: prepare succeeded, train running. Next: wait")
        assert (await agent("cancel", run=run, reason="it has been seen")).data["run"] == run
        assert (await agent("wait", run=run)).data["outcome"] == "cancelled"


async def test_thoughts_are_kept_with_the_client_s_name(project: Path) -> None:
    async with Agent(project, "legacy", name="codex-mcp-client") as agent:
        kept = await agent("log_thought", text="begin with the simplest thing", about="baseline@v1")
        (event,) = (await agent("log", after=kept.data["position"] - 1, limit=1)).data["events"]
        assert event["actor"] == "agent:codex-mcp-client"
        thoughts = (await agent("status")).data["thoughts"]
        assert [thought["text"] for thought in thoughts] == ["begin with the simplest thing"]
