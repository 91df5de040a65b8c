"""A program is run as it is, and everything of it is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import NoProgram, SecretRefused, WrongDirectory
from tests.scenarios.conftest import Lab

TRAIN = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
lr = parser.parse_args().lr
for epoch in range(3):
    print(f"epoch {epoch} loss: {lr / (epoch + 1):.3f}")
open("model.txt", "w").write(f"weights at {lr}")
"""


@pytest.fixture
def nets(tmp_path: Path) -> tuple[Goldfish, Path]:
    """A founded project whose root holds one script and nothing else."""
    goldfish = Goldfish.found(tmp_path / "nets", Actor(kind="human", name="tester"))
    (tmp_path / "nets" / "train.py").write_text(TRAIN)
    return goldfish, tmp_path / "nets"


def finished(goldfish: Goldfish, run: str) -> str | None:
    return goldfish.wait(run, seconds=60).outcome


def test_a_script_leaves_its_code_its_metrics_its_settings_and_its_files(nets: tuple[Goldfish, Path]) -> None:
    goldfish, place = nets
    asked = goldfish.execute_program(["python", "train.py", "--lr", "0.3"], directory=place)
    assert (asked.started, finished(goldfish, asked.run)) == (True, "succeeded")
    view = goldfish.services.projector.at()
    assert view.row("SELECT number FROM params WHERE name = 'lr'") == {"number": 0.3}
    assert view.row("SELECT last, last_step FROM metrics WHERE metric = 'loss'") == {"last": 0.1, "last_step": 2}
    assert view.row("SELECT json_extract_string(described, '$.files') AS n FROM outputs") == {"n": "1"}
    assert sorted(p.name for p in place.iterdir()) == [".goldfish", "STATE.md", "train.py", "workspaces"]
    assert view.row("SELECT count(*) AS n FROM versions WHERE workspace = 'nets'") == {"n": 2}


def test_the_same_once_more_is_answered_and_a_change_of_the_script_is_run(nets: tuple[Goldfish, Path]) -> None:
    goldfish, place = nets
    first = goldfish.execute_program(["python", "train.py", "--lr", "0.3"], directory=place)
    finished(goldfish, first.run)
    again = goldfish.execute_program(["python", "train.py", "--lr", "0.3"], directory=place)
    assert (again.started, again.run) == (False, first.run)
    (place / "train.py").write_text(TRAIN + "print('done')\n")
    changed = goldfish.execute_program(["python", "train.py", "--lr", "0.3"], directory=place)
    assert (changed.started, finished(goldfish, changed.run)) == (True, "succeeded")
    assert [f.path for f in goldfish.compare([first.run, changed.run]).code] == ["train.py"]


def test_data_outside_that_the_command_names_counts_as_it_is_now(nets: tuple[Goldfish, Path], tmp_path: Path) -> None:
    goldfish, place = nets
    data, folder = tmp_path / "data.csv", tmp_path / "folder"
    folder.mkdir()
    commands = [["cat", str(data)], ["echo", f"--data={data}"], ["ls", str(folder)]]
    for content in ("1", "2"):
        data.write_text(content)
        (folder / content).write_text(content)
        for command in commands:
            asked = goldfish.execute_program(command, directory=place)
            assert (asked.started, finished(goldfish, asked.run)) == (True, "succeeded")
            assert not goldfish.execute_program(command, directory=place).started
    differing = goldfish.compare(["run-1", "run-4"]).config
    assert [d.name for d in differing] == [f"exec.files outside.{data}"]


def test_a_program_that_fails_is_kept_with_what_it_said(nets: tuple[Goldfish, Path]) -> None:
    goldfish, place = nets
    asked = goldfish.execute_program(["python", "train.py", "--lr", "x"], directory=place)
    assert finished(goldfish, asked.run) == "failed"
    assert "invalid float value" in goldfish.logs(asked.run)[0].text


def test_a_program_that_does_not_exist_ends_as_a_failure_that_names_it(nets: tuple[Goldfish, Path]) -> None:
    goldfish, place = nets
    asked = goldfish.execute_program(["./no-such-program"], directory=place)
    assert finished(goldfish, asked.run) == "failed"
    assert "no-such-program" in (goldfish.progress(asked.run).cause or "")


def test_what_a_stage_prints_can_be_read_part_by_part(nets: tuple[Goldfish, Path]) -> None:
    goldfish, place = nets
    asked = goldfish.execute_program([sys.executable, "-c", "print('gr\u00fcn' * 10)"], directory=place)
    finished(goldfish, asked.run)
    whole = goldfish.log_since(f"{asked.run}/exec")
    rest = goldfish.log_since(f"{asked.run}/exec", 5)
    assert (whole.text, whole.ended) == ("gr\u00fcn" * 10 + "\n", True)
    assert whole.text.endswith(rest.text)
    assert whole.next == rest.next == len(whole.text.encode())


def test_a_slot_can_be_used_too_and_its_edits_become_a_version(lab: Lab) -> None:
    (lab.place / "train.py").write_text(TRAIN)
    asked = lab.goldfish.execute_program(["python", "train.py", "--lr", "1"], directory=lab.place)
    assert (asked.version, finished(lab.goldfish, asked.run)) == ("w@v2", "succeeded")


def test_what_cannot_be_run_is_refused_by_name(nets: tuple[Goldfish, Path], tmp_path: Path) -> None:
    goldfish, place = nets
    with pytest.raises(NoProgram):
        goldfish.execute_program([], directory=place)
    with pytest.raises(WrongDirectory):
        goldfish.execute_program(["ls"], directory=place / "workspaces")
    with pytest.raises(WrongDirectory):
        goldfish.execute_program(["ls"], directory=place / ".goldfish")
    with pytest.raises(SecretRefused):
        goldfish.execute_program(["./x", "--token", "ghp_" + "a1B2" * 9], directory=place)
    finished(goldfish, goldfish.execute_program(["ls"], directory=place).run)
    other = tmp_path / "other" / "nets"
    other.mkdir(parents=True)
    (other / "a.py").write_text("1")
    with pytest.raises(WrongDirectory):
        goldfish.execute_program(["ls"], directory=other)
