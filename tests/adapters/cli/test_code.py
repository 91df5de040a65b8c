"""The commands around code, against a real project."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from goldfish.domain.tokens import tokens
from tests.adapters.cli.conftest import Call


def test_a_new_project_says_how_to_go_on(tmp_path: Path, call: Call) -> None:
    said = call("init", "here")
    assert said.code == 0
    assert str(tmp_path / "here") in said.out
    assert "goldfish create baseline" in said.out
    assert (tmp_path / "here" / ".goldfish" / "ledger.db").is_file()


def test_a_project_is_begun_once(project: Path, call: Call) -> None:
    said = call("init", "--json")
    assert (said.code, said.json["error"]) == (2, "ProjectExists")


def test_the_project_is_found_from_below_by_option_and_by_environment(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = str(project.parent)
    inside = str(project / "workspaces" / "baseline")
    assert call("--project", inside, "status").code == 0
    assert call("status", "--project", inside).code == 0
    assert call("status", "--project", elsewhere, "--json").json["error"] == "NoProject"
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GOLDFISH_PROJECT", inside)
    assert call("status", "--json").json["project"] == "digits"


def test_who_calls_is_in_every_event(project: Path, call: Call) -> None:
    assert {event["actor"] for event in call("log", "--json").json} == {"human:tester"}


def test_an_edit_is_shown_saved_and_put_back(project: Path, call: Call) -> None:
    notes = project / "workspaces" / "baseline" / "notes.txt"
    assert "Saved baseline@v2: first notes" in call("save", "baseline", "-m", "first notes").out
    notes.write_text("one\ntwo\n")
    shown = call("diff", "baseline").out
    assert "+two" in shown
    assert "baseline@v2 → baseline: 1 file, 1 line added, 0 removed" in shown
    assert "+two" not in call("diff", "baseline", "--stat").out
    back = call("rollback", "baseline", "baseline@v2")
    assert back.code == 0
    assert "What was there is kept as baseline@v3." in back.out
    assert notes.read_text() == "one\n"
    assert call("diff", "baseline@v2", "--json").json["files"] == []
    assert "Nothing differs between baseline@v2 and baseline." in call("diff", "baseline@v2").out


def test_nothing_to_save_is_refused_by_name(project: Path, call: Call) -> None:
    assert call("save", "baseline", "-m", "first").code == 0
    said = call("save", "baseline", "-m", "again", "--json")
    assert (said.code, said.json["error"]) == (2, "NothingToSave")


def test_a_workspace_is_recorded_and_taken_away(project: Path, call: Call) -> None:
    assert "Recorded 1 file of baseline" in call("sync", "baseline").out
    assert "Nothing changed in 1 file" in call("sync", "baseline").out
    assert "baseline is unmounted." in call("unmount", "baseline").out
    assert not (project / "workspaces" / "baseline" / "notes.txt").exists()
    assert call("mount", "baseline", "--slot", "w1").code == 0
    assert (project / "workspaces" / "w1" / "notes.txt").read_text() == "one\n"


def test_what_a_snapshot_leaves_out_is_named(project: Path, call: Call) -> None:
    cache = project / "workspaces" / "baseline" / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"x")
    assert "left out __pycache__" in call("sync", "baseline").out


def test_a_repeated_command_id_takes_effect_once(project: Path, call: Call) -> None:
    first = call("think", "the same thought", "--command-id", "id-1", "--json").json
    again = call("think", "the same thought", "--command-id", "id-1", "--json").json
    assert first == again
    other = call("think", "another thought", "--command-id", "id-1", "--json")
    assert (other.code, other.json["error"]) == (2, "CommandIdReused")


def test_the_status_keeps_within_a_budget_and_refuses_one_that_is_too_small(project: Path, call: Call) -> None:
    for note in range(12):
        assert call("think", f"thought {note}: " + "because it was so " * 20).code == 0
    for budget in ("400", "900", "2000"):
        assert tokens(call("status", "--budget", budget, "--json").out) <= int(budget)
        assert tokens(call("status", "--budget", budget).out) <= int(budget)
    refused = call("status", "--budget", "10", "--json")
    assert (refused.code, refused.json["error"]) == (2, "BudgetTooSmall")
    assert "thoughts: goldfish thoughts" in call("status", "--budget", "900").out


def test_thoughts_and_the_goal_are_in_the_status(project: Path, call: Call) -> None:
    assert "is now: Recognize every digit" in call("goal", "Recognize every digit").out
    assert "about baseline@v1" in call("think", "try a wider layer", "--about", "baseline@v1").out
    shown = call("status").out
    assert "digits: Recognize every digit" in shown
    assert "baseline@v1  try a wider layer" in shown


def test_data_is_registered_with_its_type_and_size(project: Path, call: Call) -> None:
    (project / "data.csv").write_text("a,b\n1,2\n")
    assert call("source", "add", "table", "data.csv").out.startswith("table@r1 is a csv of 8 B, sha256:")
    assert call("source", "add", "table", "data.csv", "--json").json["source"] == "table@r1"


def test_text_from_users_is_printed_inert(project: Path, call: Call) -> None:
    hostile = "\x1b[2J\u202eevil [red]text[/red]\r\nnext line"
    for arguments in (["think", hostile], ["goal", hostile]):
        assert call(*arguments).code == 0
    for arguments in (["status"], ["log"], ["show", "baseline"], ["status", "--json"], ["log", "--json"]):
        out = call(*arguments).out
        assert not set(out) & {"\x1b", "\u202e", "\r"}, arguments
    assert "[red]text[/red]" in call("log").out
    assert call("status", "--json").json["thoughts"][0]["text"] == " ".join(hostile.split())


def test_no_colour_where_there_is_no_terminal(project: Path, call: Call) -> None:
    call("save", "baseline", "-m", "first")
    for arguments in (["status"], ["log"], ["show", "baseline"], ["diff", "baseline@v1", "baseline@v2"], ["verify"]):
        assert "\x1b" not in call(*arguments).out


def test_the_log_is_in_order_and_in_parts(project: Path, call: Call) -> None:
    whole = call("log", "--json").json
    assert [event["position"] for event in whole] == list(range(1, len(whole) + 1))
    assert call("log", "--json", "--after", "1", "--limit", "2").json == whole[1:3]
    assert call("log", "--json", "--limit", "2").json == whole[-2:]
    mine = call("log", "--json", "--stream", "workspace:baseline").json
    assert {event["stream"] for event in mine} == {"workspace:baseline"}
    assert "workspace.created" in call("log").out


def test_a_stream_that_does_not_exist_is_refused(project: Path, call: Call) -> None:
    said = call("log", "--stream", "run-77", "--json")
    assert (said.code, said.json["error"]) == (2, "UnknownReference")


def test_a_sound_ledger_is_said_to_be_sound(project: Path, call: Call) -> None:
    said = call("verify")
    assert said.code == 0
    assert said.out.startswith("sound: ")
    assert call("verify", "--json").json["sound"] is True


def test_a_changed_byte_in_the_ledger_is_found_by_position(project: Path, call: Call) -> None:
    with sqlite3.connect(project / ".goldfish" / "ledger.db") as ledger:
        for (trigger,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {trigger}")
        ledger.execute(
            "UPDATE events SET record = CAST(replace(record, 'tester', 'faker!') AS BLOB) WHERE position = 1"
        )
    said = call("verify", "--json")
    assert said.code == 4
    assert said.json["sound"] is False
    assert 1 in {damage["position"] for damage in said.json["damages"]}
    assert "position 1: " in call("verify").out


def test_read_models_can_be_made_anew(project: Path, call: Call) -> None:
    before = call("status", "--json").json
    assert call("rebuild", "--json").json == {"as_of": before["as_of"]}
    assert call("status", "--json").json == before
