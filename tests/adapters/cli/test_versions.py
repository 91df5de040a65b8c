"""The commands around versions, tags, goals and undo, against a real project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call


@pytest.fixture
def versions(project: Path, call: Call) -> Path:
    """The project's workspace `baseline` with three versions, the third of which has two lines."""
    notes = project / "workspaces" / "baseline" / "notes.txt"
    assert call("save", "baseline", "-m", "first").code == 0
    notes.write_text("one\ntwo\n")
    assert call("save", "baseline", "-m", "second").code == 0
    return notes


def test_a_branch_of_unsaved_edits_holds_what_the_user_sees(versions: Path, call: Call) -> None:
    versions.write_text("one\ntwo\nthree\n")
    said = call("create", "wide", "--from", "baseline").out
    assert "Unsaved edits were saved as baseline@v4 first." in said
    assert "begins as wide@v1 with the files of baseline@v4" in said
    again = call("create", "wider", "--from", "baseline", "--json").json
    assert (again["saved"], again["base"]) == (None, "baseline@v4")
    assert call("diff", "baseline", "wide", "--json").json["files"] == []


def test_a_tag_stands_for_its_target_everywhere(versions: Path, call: Call) -> None:
    assert "The tag good points to baseline@v2 now." in call("tag", "good", "baseline@v2").out
    assert call("show", "@good", "--json").json["version"]["version"] == "baseline@v2"
    assert call("show", "good", "--json").json["version"]["tags"] == ["good"]
    assert call("create", "again", "--from", "@good", "--json").json["base"] == "baseline@v2"
    assert "+two" in call("diff", "@good", "baseline").out
    assert call("compare", "@good", "baseline@v3", "--json").json["sides"][0]["id"] == "baseline@v2"
    assert call("lineage", "@good", "--json").json["ref"] == "baseline@v2"
    assert call("rollback", "baseline", "@good").code == 0
    assert versions.read_text() == "one\n"
    assert "good" in call("show", "baseline").out
    assert "baseline@v2" in call("tags").out


def test_a_tag_is_moved_only_on_request(versions: Path, call: Call) -> None:
    call("tag", "good", "baseline@v2")
    said = call("tag", "good", "baseline", "--json")
    assert (said.code, said.json["error"]) == (2, "TagExists")
    assert "baseline@v2" in said.json["message"]
    moved = call("tag", "good", "baseline", "--move", "--json").json
    assert (moved["target"], moved["was"]) == ("baseline@v3", "baseline@v2")
    assert "points to baseline@v3 already" in call("tag", "good", "baseline@v3").out
    assert "is removed from baseline@v3" in call("untag", "good").out
    assert "There is no tag" in call("tags").out
    assert call("untag", "good", "--json").json["error"] == "UnknownTag"


@pytest.mark.parametrize(
    ("name", "ref", "error"),
    [
        ("v3", "baseline", "UnsafeName"),
        ("run-1", "baseline", "UnsafeName"),
        ("good", "baseline@v9", "UnknownVersion"),
        ("good", "run-9", "UnknownRun"),
        ("good", "run-9/train", "CannotTag"),
        ("good", "nothing", "UnknownWorkspace"),
        ("good", "@nothing", "UnknownTag"),
    ],
)
def test_what_cannot_be_tagged_is_refused(versions: Path, call: Call, name: str, ref: str, error: str) -> None:
    assert call("tag", name, ref, "--json").json["error"] == error


def test_a_source_is_no_target_of_a_tag_and_goes_before_it(versions: Path, call: Call) -> None:
    (versions.parent / "data.csv").write_text("a\n1\n")
    call("source", "add", "table", str(versions.parent / "data.csv"))
    assert call("tag", "good", "table", "--json").json["error"] == "CannotTag"
    call("tag", "table", "baseline@v2")
    assert call("show", "table", "--json").json["kind"] == "source"
    assert call("show", "@table", "--json").json["kind"] == "version"


def test_versions_are_pruned_and_restored(versions: Path, call: Call) -> None:
    call("tag", "good", "baseline@v2")
    assert call("prune", "baseline", "v2", "--reason", "r", "--json").json["error"] == "VersionTagged"
    assert "began with it" in call("prune", "baseline", "v1", "--reason", "r").err
    call("unmount", "baseline")
    call("mount", "baseline")
    answer = call("prune", "baseline", "v1..v3", "--reason", "of no use", "--json").json
    assert answer["pruned"] == ["baseline@v1"]
    assert [line["version"] for line in answer["stays"]] == ["baseline@v2", "baseline@v3"]
    listed = [line["version"] for line in call("show", "baseline", "--json").json["versions"]]
    assert listed == ["baseline@v3", "baseline@v2"]
    assert "pruned: of no use" in call("show", "baseline", "--pruned").out
    assert call("show", "baseline@v1", "--json").json["version"]["pruned"] == "of no use"
    assert call("rollback", "baseline", "v1", "--json").json["error"] == "VersionPruned"
    assert call("create", "x", "--from", "baseline@v1", "--json").json["error"] == "VersionPruned"
    assert "baseline@v1 is in the lists again" in call("restore", "baseline@v1").out
    assert call("restore", "baseline", "v1..v3", "--json").json["error"] == "NothingToRestore"
    assert call("prune", "baseline", "--before", "good", "--reason", "r", "--json").json["pruned"] == ["baseline@v1"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["baseline", "v3"], "VersionInUse"),
        (["baseline", "v9"], "UnknownVersion"),
        (["baseline", "v1..v9"], "UnknownVersion"),
        (["baseline", "nonsense"], "UnknownVersion"),
        (["baseline"], "UnusableText"),
        (["baseline", "v1", "--before", "v2"], "UnusableText"),
        (["baseline", "--before", "v1"], "NothingToPrune"),
        (["nothing", "v1"], "UnknownWorkspace"),
        (["baseline", "v1", "--expected", "v2"], "Conflict"),
    ],
)
def test_what_cannot_be_pruned_is_refused(versions: Path, call: Call, arguments: list[str], error: str) -> None:
    assert call("prune", *arguments, "--reason", "r", "--json").json["error"] == error


def test_a_reason_is_needed(versions: Path, call: Call) -> None:
    assert call("prune", "baseline", "v1", "--reason", " ", "--json").json["error"] == "UnusableText"
    assert call("prune", "baseline", "v1", "--json").json["error"] == "WrongUsage"


def test_a_deleted_workspace_is_hidden_and_comes_back(versions: Path, call: Call) -> None:
    assert call("delete", "baseline", "--reason", "over", "--json").json["error"] == "StillMounted"
    call("create", "wide", "--from", "baseline")
    call("unmount", "baseline")
    assert "goldfish restore baseline" in call("delete", "baseline", "--reason", "over").out
    assert [w["workspace"] for w in call("status", "--json").json["workspaces"]] == ["wide"]
    for command in (["mount", "baseline"], ["save", "baseline", "-m", "m"], ["create", "baseline"]):
        assert call(*command, "--json").json["error"] == "WorkspaceDeleted"
    reason = ["--reason", "a reason that is long enough"]
    assert call("run", "baseline", *reason, "--json").json["error"] == "WorkspaceDeleted"
    assert call("show", "baseline", "--json").json["deleted"] == "over"
    assert call("history", "--workspace", "baseline").code == 0
    assert "+two" in call("diff", "baseline@v2", "baseline@v3").out
    assert call("mount", "wide").code == 0
    assert "baseline is in the lists again" in call("restore", "baseline").out
    assert call("mount", "baseline").code == 0
    assert versions.read_text() == "one\ntwo\n"


def test_the_goal_of_a_workspace_is_changed_and_taken_away(versions: Path, call: Call) -> None:
    assert "The goal of baseline is now: be small" in call("goal", "baseline", "be small").out
    assert call("show", "baseline", "--json").json["goal"] == "be small"
    assert "is taken away" in call("goal", "baseline", "").out
    assert call("show", "baseline", "--json").json["goal"] is None
    assert call("goal", "be", "small", "now", "--json").json["error"] == "WrongUsage"
    assert call("goal", "nothing", "text", "--json").json["error"] == "UnknownWorkspace"


def test_invariants_are_numbered_and_stand_in_state_and_status(project: Path, call: Call) -> None:
    assert "number 1: The test set" in call("invariant", "add", "The test set is never trained on").out
    assert "already, number 1" in call("invariant", "add", "The test set is never trained on").out
    call("invariant", "add", "Seeds are fixed")
    assert "never trained on" in call("status").out
    assert "1. The test set is never trained on" in (project / "STATE.md").read_text()
    assert call("invariant", "retire", "1", "--reason", "new data").code == 0
    assert [line["number"] for line in call("invariant", "list", "--json").json] == [2]
    assert "retired: new data" in call("invariant", "list", "--all").out
    assert "never trained on" not in (project / "STATE.md").read_text().partition("## Activity")[0]
    assert call("invariant", "retire", "1", "--reason", "r", "--json").json["error"] == "UnknownInvariant"
    assert call("invariant", "add", " ", "--json").json["error"] == "UnusableText"


def test_undo_shows_before_and_after(versions: Path, call: Call) -> None:
    assert call("undo", "--json").json["error"] == "NothingToUndo"
    assert "nothing to undo" in call("undo", "--list").out
    call("tag", "good", "baseline@v2")
    call("untag", "good")
    listed = call("undo", "--list", "--json").json
    assert listed[0]["after"] == ["the tag good points to baseline@v2 again"]
    out = call("undo").out
    assert "before: the tag good was removed" in out
    assert "now:    the tag good points to baseline@v2 again" in out
    assert call("undo", str(listed[0]["position"]), "--json").json["error"] == "CannotUndo"
    assert call("undo", "1", "--json").json["error"] == "CannotUndo"
    assert call("undo", "9999", "--json").json["error"] == "UnknownPosition"


def test_an_old_idea_of_the_latest_version_is_a_conflict(versions: Path, call: Call) -> None:
    versions.write_text("one\ntwo\nthree\n")
    said = call("save", "baseline", "-m", "mine", "--expected", "v2", "--json")
    assert (said.code, said.json["error"]) == (2, "Conflict")
    assert "human:tester saved baseline@v3 (second)" in said.json["message"]
    assert "expecting baseline@v3" in said.json["next"]
    assert call("save", "baseline", "-m", "mine", "--expected", "baseline@v3").code == 0
    for command in (["rollback", "baseline", "v1"], ["unmount", "baseline"]):
        assert call(*command, "--expected", "v3", "--json").json["error"] == "Conflict"
    assert call("unmount", "baseline", "--expected", "v9", "--json").json["error"] == "UnknownVersion"
    assert call("unmount", "baseline", "--expected", "v4").code == 0
    assert call("delete", "baseline", "--reason", "r", "--expected", "v3", "--json").json["error"] == "Conflict"


def test_nested_files_are_in_a_diff(versions: Path, call: Call) -> None:
    deep = versions.parent / "a" / "b" / "c.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("x = 1\n")
    out = call("diff", "baseline").out
    assert "a/b/c.py" in out
    assert "+x = 1" in out


def test_names_of_tags_are_completed(versions: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    call("tag", "good", "baseline@v2")
    monkeypatch.setenv("_GOLDFISH_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "goldfish diff @")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert "@good" in call().out
