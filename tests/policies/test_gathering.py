"""What a stage adds to its code directory or changes there is gathered, exactly that, and nothing is followed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.git_snapshots import GitSnapshots
from goldfish.adapters.output_capture import FileCapture
from goldfish.application import Session
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId, TreeId
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, Limits, Reason, Skipped, StagePlan
from goldfish.errors import OutputRefused
from goldfish.policies.gathering import gather
from goldfish.policies.tools import Tools
from goldfish.ports import LaunchOrder, Snapshots
from tests.fakes.runner import exited
from tests.fakes.snapshots import InMemorySnapshots
from tests.policies.conducting import World


class Bench:
    """A stage that has ended, in whose code directory anything may lie."""

    def __init__(self, root: Path, snapshots: Snapshots) -> None:
        world = World(root)
        self.tools: Tools = replace(world.tools(), snapshots=snapshots)
        self.directory = root / "execution"
        self.code = self.directory / "code"
        self.code.mkdir(parents=True)
        self.write("train.py", "print()")
        self.write("data/words.txt", "one two")
        (self.code / "link").symlink_to("train.py")
        self.tree = snapshots.take(self.code).tree
        self.outside = root / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text("secret")

    def write(self, name: str, text: str) -> None:
        path = self.code / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def order(self, limit: int = 1 << 30) -> LaunchOrder:
        stage = StagePlan(name="train", command=["true"], gather=True, limits=Limits(outputs=limit))
        return LaunchOrder(ExecutionId("run-1/train"), 1, stage, self.directory, self.code, {})

    def gather(self, limit: int = 1 << 30) -> list[Skipped]:
        return gather(self.tools, self.order(limit), self.tree)

    def found(self) -> dict[str, str]:
        root = self.directory / "outputs/files"
        return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*")) if not p.is_dir()}


def git(root: Path) -> Snapshots:
    return GitSnapshots(root / "repository", FileArtifacts(root / "artifacts"))


@pytest.fixture(params=[lambda _: InMemorySnapshots(), git], ids=["in memory", "git"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    make: Callable[[Path], Snapshots] = request.param
    return Bench(tmp_path, make(tmp_path))


def test_added_and_changed_files_are_gathered_and_the_others_are_not(bench: Bench) -> None:
    bench.write("runs/1/model.txt", "weights")
    bench.write("data/words.txt", "one two three")
    assert bench.gather() == []
    assert bench.found() == {"data/words.txt": "one two three", "runs/1/model.txt": "weights"}
    assert sorted(os.listdir(bench.directory)) == ["code", "gathered.json", "outputs"]


def test_where_nothing_changed_nothing_is_gathered(bench: Bench) -> None:
    (bench.code / "train.py").touch()
    (bench.code / "empty").mkdir()
    (bench.code / "data/words.txt").unlink()
    assert bench.gather() == []
    assert not (bench.directory / "outputs").exists()


def test_a_file_that_became_executable_has_changed(bench: Bench) -> None:
    (bench.code / "train.py").chmod(0o755)
    bench.gather()
    assert list(bench.found()) == ["train.py"]
    assert os.access(bench.directory / "outputs/files/train.py", os.X_OK)


def test_links_and_special_files_are_named_and_never_followed(bench: Bench) -> None:
    (bench.code / "to-file").symlink_to(bench.outside / "secret")
    (bench.code / "to-directory").symlink_to(bench.outside)
    os.mkfifo(bench.code / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(bench.code / "s"))
    (bench.code / "train.py").unlink()
    (bench.code / "train.py").symlink_to(bench.outside / "secret")
    bench.write("real", "real")
    found = bench.gather()
    assert {(s.path, s.why) for s in found} == {
        ("to-file", "it is a link"),
        ("to-directory", "it is a link"),
        ("pipe", "it is a FIFO"),
        ("s", "it is a socket"),
        ("train.py", "it is a link"),
    }
    assert bench.found() == {"real": "real"}


def test_large_files_are_not_copied(bench: Bench) -> None:
    bench.write("model.bin", "x" * (2 << 20))
    before = (bench.code / "model.bin").stat().st_ino
    bench.gather()
    assert (bench.directory / "outputs/files/model.bin").stat().st_ino == before


def test_where_links_are_impossible_files_are_copied(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    bench.write("tool", "#!/bin/sh")
    (bench.code / "tool").chmod(0o755)
    monkeypatch.setattr(os, "link", refuse)
    bench.gather()
    assert bench.found() == {"tool": "#!/bin/sh"}
    assert os.access(bench.directory / "outputs/files/tool", os.X_OK)


def test_more_than_the_limit_is_refused_before_it_is_read(bench: Bench) -> None:
    with (bench.code / "huge").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OutputRefused, match=r"hold more than the 1000 bytes"):
        bench.gather(limit=1000)


def test_names_that_cannot_be_recorded_are_refused(bench: Bench) -> None:
    bench.write("a\nb", "x")
    with pytest.raises(OutputRefused):
        bench.gather()


def test_gathering_again_finds_the_same(bench: Bench) -> None:
    bench.write("model", "weights")
    os.mkfifo(bench.code / "pipe")
    first = bench.gather()
    bench.write("late", "after the fact")
    assert bench.gather() == first
    assert bench.found() == {"model": "weights"}


def test_what_a_kill_left_half_is_begun_anew(bench: Bench) -> None:
    for left in ("gathering", "gathered"):
        (bench.directory / left).mkdir()
        (bench.directory / left / "half").write_text("half")
    (bench.directory / "gathered.json").write_text('{"files": 1, "skipped": []}')
    bench.write("model", "weights")
    bench.gather()
    assert bench.found() == {"model": "weights"}


def test_a_stage_that_wrote_the_output_itself_is_taken_at_its_word(bench: Bench) -> None:
    (bench.directory / "outputs/files").mkdir(parents=True)
    (bench.directory / "outputs/files/own").write_text("own")
    bench.write("model", "weights")
    bench.gather()
    assert bench.found() == {"own": "own"}


# ── in a run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def conduct(root: Path, script: Callable[[LaunchOrder], None], limit: int = 1 << 30) -> Execution:
    """Carry out a run of one stage that gathers."""
    world = World(root)

    def run(order: LaunchOrder) -> Execution.Exited:
        script(order)
        return exited()

    world.runner.scripts["train"] = run
    requested = Run.Requested(
        workspace="w",
        number=1,
        tree=TreeId(world.snapshots.empty()),
        pipeline="p",
        stages=[StagePlan(name="train", command=["true"], gather=True, limits=Limits(outputs=limit))],
        reason=Reason(description="to see it gathered"),
        environment=Environment(python="3.11", platform="test"),
        seed=None,
        fingerprint="sha256:" + "0" * 64,
    )
    artifacts = FileArtifacts(root / "artifacts")
    tools = replace(world.tools(), capture=FileCapture(artifacts), artifacts=artifacts)
    tools.application.execute(lambda s: s.record(s.run("run-1"), [requested]), request="run-1")
    world.conduct(tools)
    return Session(world.journal).execution("run-1/train")


def test_gathered_files_are_an_output_of_the_stage(tmp_path: Path) -> None:
    def script(order: LaunchOrder) -> None:
        (order.code / "model").write_text("weights")
        (order.code / "link").symlink_to("/etc/passwd")

    execution = conduct(tmp_path, script)
    assert execution.outcome == "succeeded", execution.cause
    assert execution.outputs["files"].type == "directory"
    assert execution.outputs["files"].described == {"files": 1, "skipped": ["link: it is a link"]}


def test_a_stage_that_leaves_its_code_alone_has_no_such_output(tmp_path: Path) -> None:
    execution = conduct(tmp_path, lambda _: None)
    assert (execution.outcome, execution.outputs) == ("succeeded", {})


def test_files_that_cannot_be_gathered_fail_the_stage_with_the_reason(tmp_path: Path) -> None:
    def script(order: LaunchOrder) -> None:
        (order.code / "model").write_text("weights")

    execution = conduct(tmp_path, script, limit=3)
    assert execution.outcome == "failed"
    assert "the output files was refused: the added files hold more than the 3 bytes" in (execution.cause or "")
