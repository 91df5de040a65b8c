"""Killed or failed in the middle of an append: it is wholly there or not, and what was acknowledged is there."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.domain.names import CommandId
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor
from tests.faults.appending import answers, events

ROOT = Path(__file__).parents[2]
STRACE = shutil.which("strace")
MAPPER = LedgerMapper(Redactor(b"a key for tests"))
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is not installed")


def child(ledger: Path, first: int, last: int, *wrapper: str) -> subprocess.Popen[str]:
    """The appending process, perhaps under a tracer. No cached bytecode is written, so that runs are alike."""
    command = [*wrapper, sys.executable, "-B", "-m", "tests.faults.appending", str(ledger), str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def tracer(ledger: Path, inject: str) -> list[str]:
    """strace that does `inject` to the calls on the ledger's files and lets everything else run free."""
    files = [f"{ledger}{suffix}" for suffix in ("", "-wal", "-shm")]
    call = inject.split(":", 1)[0]
    paths = [word for file in files for word in ("-P", file)]
    return [STRACE or "", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={call}", "-e", f"inject={inject}"]


def judge(ledger: Path, said: str, last: int) -> set[int]:
    """The oracle: sound, gapless, every command whole or absent, every acknowledged one there. Returns the present."""
    journal = SqliteJournal(ledger, MAPPER)
    assert [damage for damage in journal.damages() if damage.what != "file"] == []
    assert list(journal.damages()) == []
    assert [e.position for e in journal.page(0)] == list(range(1, journal.head() + 1))
    present = set()
    for number in range(1, last + 1):
        found = [e.stream for e in journal.command(CommandId(f"command-{number}"))]
        assert found in ([], events(number))
        if found:
            present.add(number)
    assert {int(line.split()[1]) for line in said.splitlines() if line.startswith("ack")} <= present
    journal.close()
    return present


def begun(path: Path) -> Path:
    """A ledger with one command in it."""
    path.mkdir()
    said, _ = child(path / "ledger.db", 1, 1).communicate()
    assert said == "ack 1\n"
    return path / "ledger.db"


def finish(ledger: Path, last: int) -> None:
    """Whoever comes next can go on: every command is carried out that was not."""
    journal = SqliteJournal(ledger, MAPPER)
    said = list(answers(journal, 1, last))
    journal.close()
    assert said == [f"ack {number}" for number in range(1, last + 1)]
    assert judge(ledger, "", last) == set(range(1, last + 1))


def test_kill_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(2)
    ledger = tmp_path / "ledger.db"
    said = ""
    for _ in range(4):
        running = child(ledger, 1, 2_000)
        assert running.stdout is not None
        for _ in range(rng.randrange(1, 60)):
            said += running.stdout.readline()
        running.send_signal(signal.SIGKILL)
        rest, _ = running.communicate()
        said += "".join(line for line in rest.splitlines(keepends=True) if line.endswith("\n"))
    assert judge(ledger, said, 2_000)


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "ftruncate", "unlink"])
def test_kill_at_every_call_of_an_append(tmp_path: Path, call: str) -> None:
    original = begun(tmp_path / "original")
    points = 0
    for nth in range(1, 100):
        ledger = tmp_path / f"{call}-{nth}" / "ledger.db"
        shutil.copytree(original.parent, ledger.parent)
        running = child(ledger, 2, 2, *tracer(ledger, f"{call}:signal=KILL:when={nth}"))
        said, _ = running.communicate()
        judge(ledger, said, 2)
        finish(ledger, 2)
        if running.returncode == 0:
            break
        points += 1
    assert running.returncode == 0
    assert points > 0 or call in {"ftruncate", "unlink"}


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
@pytest.mark.parametrize("often", ["", "+"], ids=["once", "for-ever"])
def test_a_failing_disk_is_named_and_the_answer_is_the_truth(tmp_path: Path, call: str, error: str, often: str) -> None:
    original = begun(tmp_path / "original")
    failed = 0
    for nth in (1, 3):
        ledger = tmp_path / f"{nth}" / "ledger.db"
        shutil.copytree(original.parent, ledger.parent)
        said, _ = child(ledger, 2, 4, *tracer(ledger, f"{call}:error={error}:when={nth}{often}")).communicate()
        assert "Traceback" not in said
        assert len(said.splitlines()) == 3, f"every command is answered: {said!r}"
        failed += said.count("failed")
        judge(ledger, said, 4)
        finish(ledger, 4)
    assert failed > 0


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_named_and_the_ledger_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        said, _ = child(disk / "ledger.db", 1, 1).communicate()
        assert said == "ack 1\n"
        filler = disk / "filler"
        filler.write_bytes(b"")
        with contextlib.suppress(OSError):  # until there is no space left
            while filler.stat().st_size < 4 << 20:
                with filler.open("ab", buffering=0) as file:
                    file.write(b"\x00" * 4096)
        assert os.statvfs(disk).f_bavail == 0
        said, _ = child(disk / "ledger.db", 2, 40).communicate()
        assert "failed" in said
        assert {line.split()[2] for line in said.splitlines() if line.startswith("failed")} == {"ProjectUnwritable"}
        filler.unlink()
        judge(disk / "ledger.db", said, 40)
        finish(disk / "ledger.db", 40)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
