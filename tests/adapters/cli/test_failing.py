from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call


def test_a_refusal_names_what_happened_and_what_to_do(call: Call) -> None:
    said = call("status")
    assert said.code == 2
    assert said.out == ""
    assert said.err.splitlines()[0].startswith("error: There is no goldfish project in ")
    assert said.err.splitlines()[1] == "next: Run `goldfish init` there, or pass --project."


def test_a_refusal_in_json_is_one_document_on_standard_output(call: Call) -> None:
    said = call("status", "--json")
    assert said.code == 2
    assert said.err == ""
    assert said.json["error"] == "NoProject"
    assert set(said.json) == {"error", "message", "next", "candidates"}


def test_an_unknown_workspace_is_answered_with_near_names(project: Path, call: Call) -> None:
    said = call("save", "basline", "-m", "first")
    assert said.code == 2
    assert "There is no workspace 'basline'" in said.err
    assert "Did you mean baseline?" in said.err
    assert call("save", "basline", "-m", "first", "--json").json["candidates"] == ["baseline"]


@pytest.mark.parametrize("ref", ["run-7", "run-7/train", "nothing", "baseline@v9", "digits@r3"])
def test_what_does_not_exist_is_refused_by_name(project: Path, call: Call, ref: str) -> None:
    said = call("show", ref, "--json")
    assert said.code == 2
    assert said.json["error"].startswith("Unknown")


@pytest.mark.parametrize("name", ["../x", "a\x00b", "x" * 10_000, "run-1", "abc\u202etxt", "Ä", ""])
def test_a_hostile_name_is_refused_and_printed_inert(project: Path, call: Call, name: str) -> None:
    said = call("create", name)
    assert said.code == 2
    assert "is not a usable name" in said.err
    assert all(c.isprintable() or c == "\n" for c in said.err)
    assert len(said.err) < 1000


def test_a_command_that_does_not_exist_is_answered_with_near_ones(call: Call) -> None:
    said = call("histroy")
    assert said.code == 2
    assert "there is no command 'histroy'" in said.err
    assert "Did you mean history?" in said.err


@pytest.mark.parametrize("arguments", [["create"], ["run", "baseline"], ["log", "--limit", "none"], ["show", "a", "b"]])
def test_a_call_that_cannot_be_read_says_how_to_call(call: Call, arguments: list[str]) -> None:
    said = call(*arguments)
    assert said.code == 2
    assert f"next: `goldfish {arguments[0]} --help` shows how it is called." in said.err
    in_json = call(*arguments, "--json")
    assert (in_json.code, in_json.err, in_json.json["error"]) == (2, "", "WrongUsage")


def test_a_misspelled_option_is_answered_with_near_ones(call: Call) -> None:
    assert "--limit" in call("log", "--limt", "3", "--json").json["candidates"]


def test_an_actor_that_cannot_be_read_is_refused(project: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDFISH_ACTOR", "me")
    assert call("status", "--json").json["error"] == "UnusableText"


def broken(cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """goldfish with a program in it that fails as nobody expected."""
    code = (
        "import sys\nfrom goldfish.adapters.cli.main import main\n"
        "class Programs:\n    def serve(self, project): raise RuntimeError('no \\x1b[31mway')\n"
        "sys.exit(main(programs=Programs()))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_an_unexpected_error_is_one_line_and_its_traceback_is_kept_for_the_owner(project: Path) -> None:
    done = broken(project, "serve")
    assert done.returncode == 1
    (kept,) = (project / ".goldfish").glob("crash-*.log")
    assert "RuntimeError: no \\x1b[31mway" in done.stderr
    assert str(kept) in done.stderr
    assert "Traceback" not in done.stderr
    assert kept.read_text().startswith("Traceback (most recent call last)")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_outside_a_project_the_traceback_can_be_asked_for(tmp_path: Path) -> None:
    assert "GOLDFISH_DEBUG=1 shows the traceback." in broken(tmp_path, "serve").stderr
    assert "Traceback (most recent call last)" in broken(tmp_path, "serve", GOLDFISH_DEBUG="1").stderr


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -m goldfish log --limit 1000 | true', sys.executable],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_a_closed_pipe_ends_the_program_as_sigpipe_would(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "goldfish", "log"], cwd=project, stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
