"""Whatever is wrong with a request has a name and a next step, and leaves everything as it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import (
    AlreadyMounted,
    BadDocument,
    BadPipeline,
    BadSetting,
    GoldfishError,
    NothingToSave,
    NotMounted,
    ProjectExists,
    ProjectUnwritable,
    Refusal,
    SecretRefused,
    SlotNotEmpty,
    SlotTaken,
    SnapshotRefused,
    UnknownReference,
    UnknownRun,
    UnknownStage,
    UnknownVersion,
    UnknownWorkspace,
    UnsafeName,
    UnusableText,
    WorkspaceExists,
)
from tests.scenarios.conftest import Lab

HOSTILE = [
    "../x", "..", "/etc/passwd", "~root", "", ".", "a\x00b", "a\nb", "a\u202eb", "a\u0430dmin", "é", "-rf", "A", "a b",
    "a" * 10_000, "%2e%2e%252f", "CON ", "x.", "run-1", "project", "\ud800",
]  # fmt: skip
TINY = "stages: [{name: train}]\n"


def refused(lab: Lab, error: type[GoldfishError], ask: Callable[[Goldfish], object]) -> GoldfishError:
    """The refusal, after making sure that nothing was recorded and that it says what to do."""
    before = lab.goldfish.application.journal.head()
    with pytest.raises(error) as caught:
        ask(lab.goldfish)
    assert lab.goldfish.application.journal.head() == before
    assert caught.value.next_step
    assert len(caught.value.message) < 5_000
    assert caught.value.message.isprintable()
    return caught.value


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_refused_everywhere(lab: Lab, name: str) -> None:
    data = lab.root / "data.csv"
    data.write_text("a\n1\n")
    error = UnusableText if name == "\ud800" else UnsafeName
    refused(lab, error, lambda g: g.create_workspace(name))
    refused(lab, error, lambda g: g.add_source(name, data))
    lab.goldfish.unmount("w")
    refused(lab, error, lambda g: g.mount("w", name))
    for ask in (
        lambda g: g.mount(name),
        lambda g: g.sync(name),
        lambda g: g.run(name, reason="a reason that is long enough"),
    ):
        assert refused(lab, Refusal, ask).name in ("UnknownWorkspace", "UnusableText")
    for ask in (
        lambda g: g.show(name),
        lambda g: g.lineage(name),
        lambda g: g.compare([name, "w"]),
        lambda g: g.create_workspace("fine", base=name),
    ):
        refused(lab, GoldfishError, ask)
    outside = {path.name for path in lab.root.parent.iterdir()}
    assert outside == {"lab"}


def test_what_was_mistyped_is_answered_with_what_was_meant(lab: Lab) -> None:
    lab.write(pipeline=TINY, train="pass\n")
    lab.goldfish.create_workspace("baseline")
    assert refused(lab, UnknownWorkspace, lambda g: g.mount("basline")).near == ("baseline",)
    assert refused(lab, UnknownVersion, lambda g: g.rollback("w", "v9")).near
    assert refused(lab, UnknownStage, lambda g: g.run("w", ["tran"], reason="a reason that is long enough")).near
    refused(lab, UnknownRun, lambda g: g.progress("run-1"))
    refused(lab, UnknownReference, lambda g: g.show("nothing-of-this-name"))


@pytest.mark.parametrize(
    ("pipeline", "error", "said"),
    [
        ("stages: [\n  {name: a\n", BadDocument, "line"),
        ("stages: [{name: a}]\nstages: []\n", BadDocument, "line 2"),
        ("stages: [{name: a, inptus: {}}]\n", BadPipeline, "inputs"),
        ("stages: [{name: a, inputs: {x: b.y}}, {name: b, inputs: {y: a.x}}]\n", BadPipeline, "b"),
        (
            (
                "stages: [{name: a, inputs: {x: b.y}, outputs: {z: json}},"
                " {name: b, inputs: {w: a.z}, outputs: {y: json}}]\n"
            ),
            BadPipeline,
            "a → b → a",
        ),
        ("stages: [{name: a, inputs: {x: nobody.y}}]\n", BadPipeline, "nobody"),
        ("stages: [{name: a, outputs: {x: numpy}}]\n", BadPipeline, "npy"),
        ("a: &a [1]\nstages: [*a]\n", BadDocument, "line 1"),
        ("stages: []\n", BadPipeline, "stages"),
        ("stages: [{name: a, module: ../../etc/passwd.py}]\n", BadPipeline, "module"),
        ("stages: [{name: a, environment: {GOLDFISH_DIRECTORY: /}}]\n", BadPipeline, "GOLDFISH_"),
    ],
)
def test_a_bad_pipeline_is_refused_with_the_place_and_a_suggestion(
    lab: Lab, pipeline: str, error: type[GoldfishError], said: str
) -> None:
    lab.write(pipeline=pipeline)
    refusal = refused(lab, error, lambda g: g.run("w", reason="a reason that is long enough"))
    assert said in refusal.message + refusal.next_step


def test_settings_that_fit_nowhere_or_hold_secrets_are_refused(lab: Lab) -> None:
    lab.write(pipeline=TINY, train="pass\n")
    lab.config("train", "lr: 0.1\n")
    ask = "a reason that is long enough"
    assert "train.rl=VALUE" in refused(lab, BadSetting, lambda g: g.run("w", settings=["rl=3"], reason=ask)).message
    refused(lab, BadSetting, lambda g: g.run("w", settings=["lr"], reason=ask))
    key = "sk-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7"
    assert key not in refused(lab, SecretRefused, lambda g: g.run("w", settings=[f"train.k={key}"], reason=ask)).message


def test_workspace_rules_are_refused_by_name(lab: Lab) -> None:
    refused(lab, WorkspaceExists, lambda g: g.create_workspace("w"))
    refused(lab, AlreadyMounted, lambda g: g.mount("w"))
    refused(lab, NothingToSave, lambda g: g.save_version("w", "nothing"))
    lab.goldfish.create_workspace("other")
    refused(lab, SlotTaken, lambda g: g.mount("other", "w"))
    refused(lab, NotMounted, lambda g: g.sync("other"))
    stranger = lab.root / "workspaces" / "other"
    stranger.mkdir()
    (stranger / "mine.txt").write_text("not goldfish's")
    refused(lab, SlotNotEmpty, lambda g: g.mount("other"))
    assert (stranger / "mine.txt").read_text() == "not goldfish's"
    refused(lab, UnusableText, lambda g: g.log_thought("x" * 30_000))
    with pytest.raises(ProjectExists):
        Goldfish.found(lab.root, Actor(kind="human", name="tester"))


def test_a_link_that_leads_outside_is_not_followed_but_refused(lab: Lab) -> None:
    (lab.place / "shadow").symlink_to("/etc/shadow")
    assert "shadow" in refused(lab, SnapshotRefused, lambda g: g.sync("w")).message


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], check=False).returncode
    ):
        pytest.skip("mounting a file system needs root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_refuses_by_name_and_loses_nothing(small_disk: Path) -> None:
    lab = Lab(small_disk / "lab")
    lab.write(pipeline=TINY, train="pass\n")
    lab.goldfish.save_version("w", "before the disk was full")
    ballast = small_disk / "ballast"
    _fill(ballast)
    (lab.place / "modules" / "train.py").write_text("")  # shorter, so that it fits
    for ask in (
        lambda: lab.goldfish.create_workspace("another"),
        lambda: lab.goldfish.save_version("w", "while the disk was full"),
        lambda: lab.goldfish.log_thought("is there room for this? " * 800),
    ):
        with pytest.raises(GoldfishError) as caught:
            _again_and_again(ask)
        assert isinstance(caught.value, ProjectUnwritable | WorkspaceExists | NothingToSave), caught.value
    ballast.unlink()
    assert lab.goldfish.save_version("w", "there is room again").version
    assert lab.goldfish.verify().damages == []


def _fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


def _again_and_again(ask: Callable[[], object]) -> None:
    for _ in range(200):
        ask()


def test_a_read_only_project_answers_questions_and_refuses_the_rest(small_disk: Path) -> None:
    lab = Lab(small_disk / "lab")
    lab.goldfish.services.journal.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    fresh = Goldfish.open(lab.root, Actor(kind="human", name="tester"))
    with pytest.raises(ProjectUnwritable):
        fresh.create_workspace("another")
    assert fresh.status().workspaces
    with pytest.raises(ProjectUnwritable):
        Goldfish.found(small_disk / "new", Actor(kind="human", name="tester"))
