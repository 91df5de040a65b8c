"""Read models are a cache: killed builders, odd files, full disks and changed code cost time, never an answer."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from goldfish.projections import _bases
from goldfish.projections.models import MODELS
from goldfish.projections.projector import Projector
from tests.fakes.event_log import InMemoryEventLog, Row
from tests.faults.rebuilding import thoughts

ROOT = Path(__file__).parents[2]


class CountingEventLog(InMemoryEventLog):
    """Counts the events that were read."""

    read = 0

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[Row]:
        found = super().rows(after, upto, limit)
        self.read += len(found)
        return found


def answer(log: InMemoryEventLog, cache: Path | None) -> list[dict[str, object]]:
    """What a new process says of all thoughts."""
    projector = Projector(log, cache, publish_after=20)
    found = projector.at().rows("SELECT position, text FROM thoughts ORDER BY position")
    projector.close()
    return found


def bases(cache: Path) -> list[Path]:
    return sorted(cache.glob("base-*.duckdb"))


def rebuilt(cache: Path, events: int, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.rebuilding", str(cache), str(events), str(step)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("step", [1, 3, 4, 5, 20, len(MODELS), len(MODELS) + 12, 10_000])
def test_a_rebuild_that_is_killed_leaves_the_old_base_or_the_new_one(tmp_path: Path, step: int) -> None:
    log = thoughts(30)
    expected = answer(log, tmp_path)
    (old,) = bases(tmp_path)
    ended = rebuilt(tmp_path, 30, step)
    assert (ended.stdout == "done\n") == (step == 10_000)
    assert ended.returncode in (0, -signal.SIGKILL)
    assert bases(tmp_path) == [old]
    counting = CountingEventLog(log.stored)
    assert answer(counting, tmp_path) == expected
    assert counting.read < 30
    assert Projector(log, tmp_path, publish_after=20).check().is_sound


@pytest.mark.parametrize("step", [2, 4, 9, 2 * len(MODELS), 10_000])
def test_a_base_that_grows_and_is_killed_meanwhile_leaves_the_old_one(tmp_path: Path, step: int) -> None:
    answer(thoughts(30), tmp_path)
    (old,) = bases(tmp_path)
    ended = rebuilt(tmp_path, 90, step)
    assert (ended.stdout == "done\n") == (step == 10_000)
    assert (bases(tmp_path) == [old]) == (step < 10_000)
    assert answer(thoughts(90), tmp_path) == answer(thoughts(90), None)
    assert Projector(thoughts(90), tmp_path, publish_after=20).check().is_sound


def test_what_a_killed_builder_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    assert rebuilt(tmp_path, 30, len(MODELS)).returncode == -signal.SIGKILL
    assert list(tmp_path.glob(".base-*.tmp"))
    assert len(answer(thoughts(30), tmp_path)) == 30
    assert not list(tmp_path.glob(".base-*.tmp*"))
    assert len(bases(tmp_path)) == 1


def test_a_rebuild_keeps_the_old_base_until_the_new_one_is_whole(tmp_path: Path) -> None:
    log = thoughts(30)
    answer(log, tmp_path)
    seen: list[bool] = []
    projector = Projector(log, tmp_path, publish_after=20)
    projector.rebuild(lambda *_: seen.append(len(bases(tmp_path)) == 1))
    assert len(seen) > len(MODELS)
    assert all(seen)


def test_a_rebuild_waits_for_whoever_builds_a_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_bases, "PATIENCE", 0.2)
    log = thoughts(30)
    answer(log, tmp_path)
    with held(tmp_path / "building.lock"):
        projector = Projector(log, tmp_path, publish_after=20)
        assert projector.rebuild() == 30
        assert bases(tmp_path) == []  # what is asked now comes from the log
        assert projector.check().is_sound


def test_a_model_that_selects_something_else_is_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = thoughts(30)
    answer(log, tmp_path)
    changed = replace(MODELS["thoughts"], sql=f"SELECT * REPLACE (upper(text) AS text) FROM ({MODELS['thoughts'].sql})")
    monkeypatch.setitem(MODELS, "thoughts", changed)
    assert {row["text"] for row in answer(log, tmp_path)} == {f"THOUGHT {n}" for n in range(30)}


def test_a_base_that_was_cut_off_is_thrown_away(tmp_path: Path) -> None:
    log = thoughts(3_000)
    expected = answer(log, tmp_path)
    (base,) = bases(tmp_path)
    whole = base.read_bytes()
    for length in (0, 100, 4_096, len(whole) // 2, len(whole) - 4_096):
        base.unlink(missing_ok=True)
        base.write_bytes(whole[:length])
        assert answer(log, tmp_path) == expected


@pytest.mark.parametrize("oddity", ["fifo", "directory", "link to a device"])
def test_what_is_no_file_is_never_opened_as_a_base(tmp_path: Path, oddity: str) -> None:
    log = thoughts(30)
    expected = answer(log, tmp_path)
    (base,) = bases(tmp_path)
    base.unlink()
    match oddity:
        case "fifo":
            os.mkfifo(base)
        case "directory":
            base.mkdir()
        case _:
            base.symlink_to("/dev/zero")
    assert answer(log, tmp_path) == expected


def test_a_base_that_somebody_has_open_for_writing_costs_no_answer(tmp_path: Path) -> None:
    log = thoughts(30)
    expected = answer(log, tmp_path)
    (base,) = bases(tmp_path)
    base.chmod(0o644)
    writer = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", writer, str(base)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        assert answer(log, tmp_path) == expected
        process.communicate("\n")
    assert answer(log, tmp_path) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_under_the_cache_costs_no_answer(tmp_path: Path) -> None:
    log = thoughts(3_000)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("cannot mount")
    try:
        projector = Projector(log, disk, publish_after=20)
        assert projector.at().rows("SELECT count(*) AS n FROM thoughts") == [{"n": 3_000}]
        assert projector.rebuild() == 3_000
        assert projector.check().is_sound
        projector.close()
        assert list(disk.glob("*base*")) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextlib.contextmanager
def held(lock: Path) -> Iterator[None]:
    """The lock of a builder, held by somebody."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
