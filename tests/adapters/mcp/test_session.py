"""A session as agents have it: branch, look before running, run, judge, name, take back, and write down why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goldfish.api import Goldfish
from tests.adapters.mcp.conftest import TESTER, Agent, Era, conducting

pytestmark = pytest.mark.anyio

JUDGED = {"train": {"metric": "loss", "direction": "minimize", "split": "train", "goal": 0.4, "baseline": "run-1"}}
LOUD = """\
def main():
    for number in range(3000):
        print(f"line {number} \\x07")
    print("größer als ein Zeichen")
"""


async def ended(agent: Agent, run: str) -> dict[str, Any]:
    """A run when it has ended."""
    while (found := (await agent("wait", run=run)).data)["state"] == "open":
        pass
    return found


async def test_an_agent_branches_tries_judges_names_and_takes_back(project: Path, era: Era) -> None:
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project, era) as agent:
            first = await agent("run", workspace="baseline", reason="the simplest thing that works")
            assert (await ended(agent, first.data["run"]))["outcome"] == "succeeded"

            made = await agent("create_workspace", name="slower", goal="a smaller step", base="run-1")
            assert made.data["base"] == "baseline@v2"
            await agent("mount", workspace="slower")
            guess = await agent("log_thought", text="a smaller rate changes nothing", kind="hypothesis")
            assert (guess.data["note"], guess.data["state"]) == ("hypothesis-1", "open")

            asked = {
                "workspace": "slower",
                "reason": "half the rate, to see whether it matters",
                "settings": {"train.lr": 0.05},
                "results": JUDGED,
                "expected_version": "v1",
            }
            before = (await agent("log", limit=1)).data["as_of"]
            planned = await agent("run", **asked, dry_run=True)
            assert "run" not in planned.data
            assert planned.text.startswith("Nothing was started: this is a dry run of 2 stages, 1 reused")
            stages = {stage["stage"]: stage for stage in planned.data["plan"]["stages"]}
            assert stages["train"]["config"]["lr"] == {"value": 0.05, "origin": "override"}
            assert stages["prepare"]["earlier"] == "run-1/prepare"
            assert (await agent("log", limit=1)).data["as_of"] == before

            run = (await agent("run", **asked, group="rates")).data["run"]
            waited = await ended(agent, run)
            assert (waited["outcome"], waited["awaits_verdict"]) == ("succeeded", True)
            due = await agent("results", workspace="slower")
            assert (due.data["awaiting"][0]["runs"], due.data["results"][0]["awaits"]) == ([run], True)

            proposed = await agent("finalize_run", run=run)
            assert proposed.text.startswith("Nothing was recorded. The numbers say: success.")
            assert proposed.data["proposal"]["results"][0]["value"] == pytest.approx(1 / 3)
            unlogged = await agent("finalize_run", run=run, action="confirm", values={"train": 0.1})
            assert unlogged.error["error"] == "ResultNotLogged"
            said = {"verdict": "miss", "learned": "the rate does not matter here"}
            doubted = await agent("finalize_run", run=run, action="confirm", **said)
            assert doubted.error["error"] == "VerdictNeedsReason"
            judged = await agent("finalize_run", run=run, action="confirm", learned="the rate does not matter here")
            assert judged.data["judgement"]["verdict"] == "success"
            again = await agent("finalize_run", run=run, action="confirm")
            assert again.error["error"] == "AlreadyFinalized"
            assert f'finalize_run(action="amend", run="{run}"' in again.error["next"]
            amended = await agent(
                "finalize_run", run=run, action="amend", verdict="partial", reason="only one seed was tried so far"
            )
            assert (amended.data["judgement"]["number"], amended.data["judgement"]["verdict"]) == (2, "partial")
            (line,) = (await agent("results", workspace="slower", trend=True)).data["results"]
            assert (line["run"], line["verdict"], line["value"]) == (run, "partial", pytest.approx(1 / 3))

            decided = await agent(
                "log_thought",
                text="stay with 0.1",
                kind="decision",
                because=[run, "hypothesis-1"],
                instead_of="slower",
                about="baseline",
            )
            assert decided.data["because"] == [run, "hypothesis-1"]
            settled = await agent(
                "update_thought", note="hypothesis-1", action="supported", text="the same loss", evidence=[run]
            )
            assert (settled.data["state"], settled.data["evidence"]) == ("supported", [run])
            found = (await agent("search", text="rate", kind="hypothesis")).data
            assert [(note["id"], note["state"]) for note in found["results"]] == [("hypothesis-1", "supported")]

            tagged = await agent("manage_versions", action="tag", tag="good", ref=run)
            assert tagged.data["tag"]["target"] == run
            assert (await agent("inspect", ref="@good")).data["story"]["run"] == run
            moved = await agent("manage_versions", action="tag", tag="good", ref="baseline")
            assert moved.error["error"] == "TagExists"
            assert "move=true" in moved.error["next"]
            await agent("manage_versions", action="tag", tag="good", ref="baseline", move=True)
            (newest, *_) = (await agent("manage_versions", action="list_undoable")).data["undoable"]
            undone = await agent("manage_versions", action="undo", position=newest["position"])
            assert undone.data["undone"]["undone"] == newest["position"]
            tags = (await agent("manage_versions", action="list_tags")).data["tags"]
            assert [(tag["tag"], tag["target"]) for tag in tags] == [("good", run)]

            sorted_ = (await agent("history", group="rates", sort="-loss")).data["runs"]
            assert [line["run"] for line in sorted_] == [run]


async def test_code_is_pruned_deleted_and_brought_back(project: Path) -> None:
    async with Agent(project) as agent:
        directory = project / "workspaces" / "baseline"
        for number in range(3):
            (directory / "configs" / "train.yaml").write_text(f"lr: 0.{number + 1}\nfails: false\npause: {number}\n")
            await agent(
                "save_version", workspace="baseline", message=f"attempt {number}", expected_version=f"v{number + 1}"
            )
        late = await agent("save_version", workspace="baseline", message="too late", expected_version="v2")
        assert late.error["error"] == "Conflict"
        assert 'diff(left="baseline@v2", right="baseline@v4")' in late.error["next"]
        pruned = await agent("manage_versions", action="prune", workspace="baseline", before="v4", reason="drafts")
        assert pruned.data["pruned"]["pruned"] == ["baseline@v2", "baseline@v3"]
        assert [line["version"] for line in pruned.data["pruned"]["stays"]] == [
            "baseline@v1"
        ]  # the files began with it
        hidden = await agent("manage_versions", action="rollback", workspace="baseline", version="v2")
        assert hidden.error["next"] == (
            'Bring it back with manage_versions(action="restore", workspace="baseline@v2").'
        )
        back = await agent("manage_versions", action="restore", workspace="baseline", version="v2")
        assert back.data["restored"]["versions"] == ["baseline@v2"]
        shown = (await agent("inspect", ref="baseline", pruned=True)).data["story"]["versions"]
        assert [line["version"] for line in shown if line.get("pruned")] == ["baseline@v3"]
        await agent("manage_versions", action="unmount", workspace="baseline")
        deleted = await agent("manage_versions", action="delete_workspace", workspace="baseline", reason="a dead end")
        assert deleted.data["workspace"]["deleted"] == "a dead end"
        gone = await agent("mount", workspace="baseline")
        assert (gone.error["error"], 'restore", workspace="baseline"' in gone.error["next"]) == (
            "WorkspaceDeleted",
            True,
        )
        again = await agent("manage_versions", action="restore", workspace="baseline")
        assert again.data["restored"]["undeleted"] is True


async def test_the_project_has_goals_rules_and_settings(project: Path) -> None:
    async with Agent(project) as agent:
        await agent("manage_project", action="set_goal", goal="a loss below 0.3")
        await agent("manage_project", action="set_goal", goal="the plainest code", workspace="baseline")
        kept = await agent("manage_project", action="add_invariant", text="numbers.csv is never edited")
        assert kept.data["invariant"]["number"] == 1
        changed = await agent("manage_project", action="configure", settings={"minimum_reason": 3})
        assert changed.data["settings"]["minimum_reason"] == 3
        status = (await agent("status")).data
        assert (status["goal"], status["workspaces"][0]["goal"]) == ("a loss below 0.3", "the plainest code")
        assert [line["text"] for line in status["invariants"]] == ["numbers.csv is never edited"]
        await agent("manage_project", action="retire_invariant", number=1, reason="it was wrong")
        shown = (await agent("manage_project", action="show")).data
        assert [line["retired"] for line in shown["invariants"]] == ["it was wrong"]


async def test_data_is_looked_into_described_promoted_and_taken_out(lived_in: Path) -> None:
    (lived_in / "more.csv").write_text("a,b\n3,4\n5,6\n")
    async with Agent(lived_in) as agent:
        probed = (await agent("manage_sources", action="probe", path="more.csv")).data["found"]
        assert (probed["type"], probed["described"]["rows"]) == ("csv", 2)
        added = await agent("add_source", name="more", path="more.csv", in_place=True, description="two rows")
        assert (added.data["location"], added.data["text"]) == (str(lived_in / "more.csv"), "two rows")
        told = await agent("manage_sources", action="describe", name="more", columns={"a": "odd numbers"})
        assert told.data["source"]["columns"] == {"a": "odd numbers"}
        (lived_in / "more.csv").write_text("a,b\n9,9\n")
        (check,) = (await agent("manage_sources", action="check", name="more")).data["checks"]
        assert check["sound"] is False
        promoted = await agent("add_source", name="total", path="run-1/prepare.total")
        assert (promoted.data["source"], promoted.data["origin"]) == ("total@r1", "run-1/prepare.total")
        copied = (await agent("manage_sources", action="take_out", ref="run-1/prepare.total")).data["copied"]
        assert copied["path"] == str(lived_in / "exports" / "total.json")
        assert Path(copied["path"]).read_text().strip() == '{"total": 8}'
        twice = await agent("manage_sources", action="take_out", ref="run-1/prepare.total")
        assert twice.error["error"] == "PlaceTaken"
        await agent("manage_sources", action="retire", name="total", text="it was only a try")
        listed = (await agent("manage_sources", action="list")).data["sources"]
        assert "total@r1" not in [line["source"] for line in listed["sources"]]
        assert listed["left_out"] == ['1 retired source: manage_sources(action="list", retired=true)']
        await agent("manage_sources", action="restore", name="total")
        inputs = {"train.total": "total@r1"}
        planned = await agent("run", workspace="baseline", reason="other bytes", inputs=inputs, dry_run=True)
        train = planned.data["plan"]["stages"][-1]
        assert (train["inputs"][0]["ref"], train["inputs"][0]["origin"]) == ("total@r1", "request")


async def test_pipelines_are_checked_shown_and_held_to_contracts(lived_in: Path) -> None:
    async with Agent(lived_in) as agent:
        (checked,) = (await agent("pipeline", action="check", workspace="baseline")).data["checked"]["checked"]
        assert (checked["stages"], checked["problems"]) == (["prepare", "train"], [])
        shown = (await agent("pipeline", action="show", workspace="baseline")).data["pipeline"]
        assert [stage["name"] for stage in shown["stages"]] == ["prepare", "train"]
        found = (await agent("pipeline", action="contracts", run="run-1")).data["contracts"]
        assert found["signals"][0]["observed"]
        asked = {"action": "adopt_contracts", "workspace": "baseline", "stages": ["prepare"]}
        file = lived_in / "workspaces" / "baseline" / "pipeline.yaml"
        text = file.read_text()
        tried = (await agent("pipeline", **asked, dry_run=True)).data["adopted"]
        assert (tried["written"], file.read_text()) == (False, text)
        written = (await agent("pipeline", **asked)).data["adopted"]
        assert written["patch"] == tried["patch"]
        assert "contract" in file.read_text()
        file.write_text(text)
        file.with_name("configs").joinpath("train.yaml").write_text("lr: [\n")
        broken = (await agent("pipeline", action="check")).data["checked"]["checked"][0]["problems"]
        assert broken[0]["file"] == "configs/train.yaml"


async def test_a_program_is_run_on_the_files_of_a_workspace_and_a_failure_is_retried(project: Path) -> None:
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project) as agent:
            (project / "workspaces" / "baseline" / "say.py").write_text('print("said", 6 * 7)\nopen("made", "w")\n')
            asked = await agent("run", workspace="baseline", reason="say it", command=["python", "say.py", "--lr", "2"])
            said = await ended(agent, asked.data["run"])
            assert (said["outcome"], said["stages"][0]["stage"]) == ("succeeded", "exec")
            assert (await agent("logs", ref=f"{asked.data['run']}/exec")).data["logs"][0]["text"] == "said 42"
            story = (await agent("inspect", ref=asked.data["run"])).data["story"]
            assert story["version"].startswith("baseline@v")

            failing = await agent(
                "run", workspace="baseline", reason="to see it fail once", settings={"train.fails": True}
            )
            assert (await ended(agent, failing.data["run"]))["outcome"] == "failed"
            await agent("create_workspace", name="other")
            wrong = await agent("run", workspace="other", reason="once more, by mistake", retry=failing.data["run"])
            assert wrong.error["error"] == "WrongArguments"
            once_more = await agent(
                "run", workspace="baseline", reason="once more as it was", retry=failing.data["run"]
            )
            assert once_more.data["run"] == "run-3"
            retried = await ended(agent, "run-3")
            assert [stage.get("reused") for stage in retried["stages"]] == [f"{failing.data['run']}/prepare", None]


async def test_a_log_is_read_from_its_beginning_to_its_end_in_parts(project: Path) -> None:
    slot = project / "workspaces" / "baseline"
    (slot / "pipelines").mkdir()
    (slot / "pipelines" / "loud.yaml").write_text("stages:\n  - name: loud\n")
    (slot / "modules" / "loud.py").write_text(LOUD)
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project) as agent:
            asked = await agent("run", workspace="baseline", reason="print a great deal", pipeline="loud")
            run = asked.data["run"]
            assert (await ended(agent, run))["outcome"] == "succeeded"
            text, since, parts = "", 0, 0
            while True:
                answered = await agent("logs", ref=f"{run}/loud", since=since, budget=4_000)
                assert len(answered.text) <= 16_000
                part = answered.data["part"]
                text, since, parts = text + part["text"], part["next"], parts + 1
                if part["ended"]:
                    break
            assert parts > 2
            assert text.splitlines() == [*(f"line {n} \\x07" for n in range(3000)), "größer als ein Zeichen"]
            assert answered.text.startswith(f"This is the end of what {run}/loud printed.")
            whole_run = await agent("logs", ref=run, since=0)
            assert whole_run.error["candidates"] == [f"{run}/loud"]


async def test_one_stage_of_a_run_is_ended(project: Path) -> None:
    with conducting(Goldfish.open(project, TESTER).layout):
        async with Agent(project) as agent:
            asked = await agent("run", workspace="baseline", reason="it takes its time", settings={"train.pause": 60})
            run = asked.data["run"]
            assert (await agent("cancel", run=f"{run}/train", reason="not needed")).data["run"] == f"{run}/train"
            stages = {stage["stage"]: stage.get("outcome") for stage in (await ended(agent, run))["stages"]}
            assert stages["prepare"] == "succeeded"
            assert stages["train"] != "succeeded"
