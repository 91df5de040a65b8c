"""Runs whose workspace goes away, that are cancelled before they begin, or whose conductor and client are killed."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.bootstrap import Services
from goldfish.errors import RunAlreadyEnded, StillMounted
from tests.scenarios.conftest import PATIENCE, Lab

WHY = "to see what goldfish makes of it"


def test_a_workspace_whose_run_is_under_way_stays_and_what_is_removed_of_its_files_changes_nothing(lab: Lab) -> None:
    go = lab.root / "go"
    lab.one_stage(
        f"""
        import time
        from pathlib import Path
        while not Path({str(go)!r}).exists():
            time.sleep(0.01)
        from goldfish.io import save_output
        save_output("x", Path("modules/train.py").stat().st_size)
        """,
        outputs="{x: json}",
    )
    run = lab.start().run
    shutil.rmtree(lab.place)
    with pytest.raises(StillMounted):
        lab.goldfish.delete_workspace("w", "not needed")
    go.touch()
    assert lab.goldfish.wait(run, seconds=PATIENCE).outcome == "succeeded"
    lab.goldfish.take_out(f"{run}/train.x", lab.root / "out")


def test_after_a_cancel_nothing_starts_whenever_it_comes(lab: Lab) -> None:
    """With a real conductor; each time the cancel comes a little later."""
    started = lab.root / "started"
    started.mkdir()
    lab.one_stage(f"import os, time\nopen({str(started)!r} + '/' + str(os.getpid()), 'w').close()\ntime.sleep(60)\n")
    cancelled = []
    for attempt in range(20):
        run = lab.start(seed=attempt).run
        time.sleep(attempt * 0.02)
        lab.goldfish.cancel(run, "changed my mind")
        cancelled.append(run)
    for run in cancelled:
        assert lab.goldfish.wait(run, seconds=PATIENCE).outcome == "cancelled"
        (asked,) = (e.position for e in lab.goldfish.log(limit=100, stream=run) if e.name == "run.cancel-requested")
        stage = lab.goldfish.log(limit=100, stream=f"{run}/train")
        assert all(event.position < asked for event in stage if event.name == "execution.launch-intended")
        with pytest.raises(RunAlreadyEnded):
            lab.goldfish.cancel(run, "again")
    seen = set(started.iterdir())
    time.sleep(0.3)
    assert set(started.iterdir()) == seen
    assert not any(Path(f"/proc/{path.name}").exists() for path in seen)


def test_two_conductors_that_begin_at_once_are_one(lab: Lab) -> None:
    lab.one_stage("from goldfish.io import save_output\nsave_output('x', 1)\n", outputs="{x: json}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "ensure_conductor", lambda self: None)
        run = lab.start().run
    gate = threading.Barrier(6)

    def begin() -> None:
        services = Services(lab.goldfish.layout, Actor(kind="human", name="tester"))
        gate.wait()
        services.ensure_conductor()

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lab.goldfish.wait(run, seconds=PATIENCE).outcome == "succeeded"
    for name in ("execution.launch-intended", "execution.launched", "execution.concluded"):
        assert lab.names(f"{run}/train").count(name) <= 1
    assert len(lab.names(f"{run}/train")) == len(set(lab.names(f"{run}/train")))


_KILLED = """
import os, signal, sys
from goldfish import durable
left = [int(sys.argv[1])]
def dying(event, args):
    if event in ("open", "os.rename", "os.mkdir", "sqlite3.connect", "os.remove", "subprocess.Popen", "os.link"):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
from goldfish.adapters.cli.main import main
sys.addaudithook(dying)
sys.exit(main(["run", "w", "--reason", "to see what goldfish makes of it", "--json"]))
"""


def test_a_client_killed_anywhere_in_a_request_leaves_a_run_or_none(lab: Lab) -> None:
    lab.one_stage("from goldfish.io import save_output\nsave_output('x', 1)\n", outputs="{x: json}")
    survived = False
    for step in range(5, 2_000, 45):
        (lab.place / "notes.txt").write_text(f"edit {step}")
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(step)], cwd=lab.root, capture_output=True, check=False
        )
        if done.returncode == 0:
            survived = True
            break
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert survived
    fresh = Goldfish.open(lab.root, Actor(kind="human", name="another"))
    for run in fresh.history(limit=200).runs:
        assert fresh.wait(run.run, seconds=PATIENCE).outcome == "succeeded"
    answer = fresh.run("w", reason=WHY)
    assert not answer.started
    assert fresh.verify().damages == []
