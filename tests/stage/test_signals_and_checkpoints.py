"""goldfish.io: heartbeat, stop requests, log lines, checkpoints."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from goldfish import io
from goldfish.metrics import log_artifact
from tests.stage.conftest import ExecutionDirectory


def test_a_heartbeat_is_written_at_most_once_a_second(execution: ExecutionDirectory) -> None:
    io.heartbeat("epoch 1")
    io.heartbeat("epoch 2")
    beat = json.loads((execution.path / "heartbeat.json").read_text())
    assert beat["message"] == "epoch 1"
    assert beat["at"] > 1.7e9


def test_a_stop_request_is_seen_with_its_reason(execution: ExecutionDirectory) -> None:
    assert not io.should_stop()
    assert io.stop_reason() is None
    (execution.path / "stop").write_text('{"reason": "enough", "grace": 5}')
    assert io.should_stop()
    assert io.stop_reason() == "enough"


def test_a_log_line_stays_one_line(execution: ExecutionDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    io.runtime_log("one\ntwo\x1b[31m", "WARNING")
    assert capsys.readouterr().err.endswith("Z WARNING one\\x0atwo\\x1b[31m\n")
    with pytest.raises(ValueError, match="none of DEBUG"):
        io.runtime_log("x", "LOUD")  # type: ignore[arg-type]  # the mistake under test


def test_the_checkpoint_of_the_highest_step_is_the_latest(execution: ExecutionDirectory) -> None:
    assert io.load_checkpoint("model") is None
    io.save_checkpoint("model", b"unnumbered")
    for step in (9, 10):
        io.save_checkpoint("model", f"step {step}", step=step)
    io.save_checkpoint("other", np.arange(2))
    latest, ninth = io.load_checkpoint("model"), io.load_checkpoint("model", 9)
    assert latest is not None
    assert ninth is not None
    assert latest.read_text() == "step 10"
    assert ninth.read_text() == "step 9"
    assert io.load_checkpoint("model", 11) is None
    assert [(c.name, c.step) for c in io.list_checkpoints()] == [
        ("model", None),
        ("model", 9),
        ("model", 10),
        ("other", None),
    ]


def test_a_directory_can_be_a_checkpoint_and_be_replaced(execution: ExecutionDirectory, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    for text in ("first", "second"):
        (tmp_path / "state/weights").write_text(text)
        path = io.save_checkpoint("state", tmp_path / "state")
    assert (path / "weights").read_text() == "second"
    assert os.listdir(execution.path / "checkpoints") == ["state"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a@3", "a\n", "x" * 65])
def test_an_unusable_checkpoint_name_is_refused(execution: ExecutionDirectory, name: str) -> None:
    with pytest.raises(ValueError, match="checkpoint name"):
        io.save_checkpoint(name, b"")


@pytest.mark.parametrize("step", [-1, True, 10**19])
def test_an_unusable_step_is_refused(execution: ExecutionDirectory, step: int) -> None:
    with pytest.raises(ValueError, match="from 0 on"):
        io.save_checkpoint("model", b"", step)


def test_an_artifact_is_copied_as_it_is_now(execution: ExecutionDirectory, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    plot.write_text("early")
    log_artifact("plots/loss.png", plot)
    plot.write_text("late")
    entry = json.loads((execution.path / "artifacts/index.jsonl").read_text())
    assert entry["name"] == "plots/loss.png"
    assert (execution.path / "artifacts" / entry["file"]).read_text() == "early"
    with pytest.raises(ValueError, match="artifact name"):
        log_artifact("a\nb", plot)
    with pytest.raises(ValueError, match="does not exist"):
        log_artifact("gone", tmp_path / "gone")
