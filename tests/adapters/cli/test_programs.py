"""What the command line starts but does not know."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from goldfish.adapters.cli.main import main
from goldfish.adapters.cli.views.story import SilentStage, TerminalStage
from goldfish.api.answers import RunAnswer, RunProgress, VerifyAnswer
from goldfish.errors import PlaceTaken

ASKED = RunAnswer(run="run-1", started=True, version="b@v1", stages=["train"], fingerprint="f")
ENDED = RunProgress(run="run-1", state="finished", outcome="succeeded", cause=None, stages=[])
SOUND = VerifyAnswer(sound=True, events=1, head="h", trees=0, artifacts=0, damages=[])


def _wait(tell: Callable[[RunProgress], None]) -> RunProgress:
    tell(ENDED)
    return ENDED


class Recorded:
    """Remembers what was started, and tells a very short story."""

    def __init__(self) -> None:
        self.served: list[Path | None] = []

    def serve(self, project: Path | None) -> None:
        self.served.append(project)

    def demo(self, directory: Path, stage: TerminalStage | SilentStage) -> None:
        if directory.name == "taken":
            raise PlaceTaken(path=directory)
        stage.chapter("A project", "Text with [markup] and \x1b[2J")
        stage.command("goldfish init")
        stage.follow(ASKED, _wait)
        stage.verified(SOUND)
        stage.farewell(directory, ["goldfish history"])


def called(programs: Recorded | None, *arguments: str) -> tuple[int, str, str]:
    with CliRunner().isolation() as (out, err, _):
        code = main(list(arguments), programs)
        sys.stderr.flush()
        return code, out.getvalue().decode(), err.getvalue().decode()


@pytest.mark.parametrize("arguments", [["--project", "there", "serve"], ["serve", "--project", "there"]])
def test_serve_is_told_which_project(arguments: list[str]) -> None:
    programs = Recorded()
    assert called(programs, *arguments) == (0, "", "")
    assert programs.served == [Path("there")]


def test_serve_without_a_project_leaves_the_choice_to_the_server() -> None:
    programs = Recorded()
    assert called(programs, "serve")[0] == 0
    assert programs.served == [None]


def test_the_story_is_told_in_panels_of_plain_text() -> None:
    code, out, _ = called(Recorded(), "demo", "here")
    assert code == 0
    assert "╭─ 1. A project ─" in out
    assert "│ Text with [markup] and \\x1b[2J " in out
    assert "$ goldfish init\nrun-1 of b@v1: train\nrun-1 succeeded\nsound: 1 event" in out
    assert "│ cd here " in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_story_in_json_is_one_document() -> None:
    code, out, err = called(Recorded(), "demo", "here", "--json")
    told = json.loads(out)
    assert (code, err, set(told)) == (0, "", {"project", "next", "runs", "verified"})
    assert told["runs"][0]["progress"]["outcome"] == "succeeded"


def test_a_story_that_cannot_be_told_is_refused_by_name() -> None:
    code, out, err = called(Recorded(), "demo", "taken")
    assert (code, out) == (2, "")
    assert err.startswith("error: taken is not empty.")


def test_the_group_by_itself_starts_no_program() -> None:
    code, _, err = called(None, "serve")
    assert code == 2
    assert "only possible as the command `goldfish`" in err
