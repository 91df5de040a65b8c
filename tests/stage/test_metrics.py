"""goldfish.metrics: what is refused, what is recorded, and what a kill leaves."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from fractions import Fraction

import numpy as np
import pytest

from goldfish import metrics
from goldfish.stage import metric_log
from tests.stage.conftest import ExecutionDirectory

Point = tuple[str, int, float]


def points(execution: ExecutionDirectory) -> list[Point]:
    """What the files hold."""
    names = [json.loads(line) for line in (execution.path / "metrics.names").read_text().splitlines()]
    data = (execution.path / "metrics.bin").read_bytes()
    whole = data[: len(data) // 28 * 28]
    return [(names[name], step, value) for name, step, value, _ in struct.iter_unpack("<Iqdd", whole)]


def test_points_are_recorded_in_order(execution: ExecutionDirectory) -> None:
    metrics.log_metric("loss", 0.5, 0)
    metrics.log_metrics({"acc": np.float32(0.25), "n": 3}, step=np.int64(1))
    metrics.log_metric("loss", Fraction(1, 8))
    metrics.flush()
    assert points(execution) == [("loss", 0, 0.5), ("acc", 1, 0.25), ("n", 1, 3.0), ("loss", -1, 0.125)]


def test_nan_and_infinity_are_recorded(execution: ExecutionDirectory) -> None:
    for value in (math.nan, math.inf, -math.inf):
        metrics.log_metric("loss", value)
    metrics.flush()
    assert [repr(value) for _, _, value in points(execution)] == ["nan", "inf", "-inf"]


@pytest.mark.parametrize("value", [True, np.True_, "0.5", b"1", None, [1.0], 1j, {}])
def test_what_is_no_number_is_refused(execution: ExecutionDirectory, value: object) -> None:
    with pytest.raises(TypeError, match="metric 'loss'"):
        metrics.log_metric("loss", value)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError, match="metric 'loss'"):
        metrics.log_metrics({"fine": 1.0, "loss": value})  # type: ignore[dict-item]
    metrics.flush()
    assert points(execution) == []


@pytest.mark.parametrize("name", ["", "1st", "a b", "a\nb", "é", "x" * 257, "../x"])
def test_an_unusable_name_is_refused(execution: ExecutionDirectory, name: str) -> None:
    with pytest.raises(ValueError, match="metric name"):
        metrics.log_metric(name, 1.0)


@pytest.mark.parametrize("name", [3, None, ["loss"]])
def test_a_name_that_is_no_text_is_refused(execution: ExecutionDirectory, name: str) -> None:
    with pytest.raises(TypeError, match="name is text"):
        metrics.log_metric(name, 1.0)


@pytest.mark.parametrize(
    ("step", "error"), [(-1, ValueError), (1 << 63, ValueError), (True, TypeError), (1.5, TypeError)]
)
def test_an_unusable_step_is_refused(execution: ExecutionDirectory, step: int, error: type[Exception]) -> None:
    with pytest.raises(error, match="metric 'loss'"):
        metrics.log_metric("loss", 1.0, step)


def test_a_number_beyond_a_float_is_refused(execution: ExecutionDirectory) -> None:
    with pytest.raises(ValueError, match="float's range"):
        metrics.log_metric("loss", 10**400)


def test_one_name_too_many_is_refused(execution: ExecutionDirectory) -> None:
    (execution.path / "metrics.names").write_text("".join(f'"m{n}"\n' for n in range(metric_log.MAX_NAMES)))
    metrics.log_metric("m9999", 1.0)
    with pytest.raises(ValueError, match="one metric too many"):
        metrics.log_metric("more", 1.0)


def test_points_reach_the_file_without_a_flush(execution: ExecutionDirectory) -> None:
    metrics.log_metric("loss", 1.0)
    deadline = time.monotonic() + 5
    while not points(execution) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert points(execution) == [("loss", -1, 1.0)]


def test_threads_lose_and_mix_nothing(execution: ExecutionDirectory) -> None:
    def work(number: int) -> None:
        for step in range(2000):
            metrics.log_metric(f"m{number}", float(step), step)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    metrics.finish()
    found = points(execution)
    for number in range(4):
        assert [step for name, step, _ in found if name == f"m{number}"] == list(range(2000))


def test_a_fork_writes_each_point_once(execution: ExecutionDirectory) -> None:
    metrics.log_metric("parent", 1.0)

    def work() -> None:
        metrics.log_metric("child", 2.0)
        metrics.log_metric("parent", 3.0)

    children = [multiprocessing.get_context("fork").Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    metrics.log_metric("later", 4.0)
    for child in children:
        child.join()
    metrics.flush()
    expected = [("child", -1, 2.0)] * 2 + [("later", -1, 4.0), ("parent", -1, 1.0)] + [("parent", -1, 3.0)] * 2
    assert sorted(points(execution)) == expected


def test_a_torn_record_is_cut_off_before_the_next_one(execution: ExecutionDirectory) -> None:
    metrics.log_metric("loss", 1.0)
    metrics.flush()
    with (execution.path / "metrics.bin").open("ab") as file:
        file.write(b"torn by a kill")
    metrics.log_metric("loss", 2.0)
    metrics.flush()
    assert points(execution) == [("loss", -1, 1.0), ("loss", -1, 2.0)]


def test_a_kill_loses_at_most_one_second(execution: ExecutionDirectory) -> None:
    program = (
        "import time\nfrom goldfish.metrics import log_metric\nstep = 0\n"
        "while True:\n    log_metric('t', time.time(), step)\n    step += 1\n    time.sleep(0.001)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if (execution.path / "metrics.bin").exists() and len(points(execution)) > 200:
            break
        time.sleep(0.02)
    killed_at = time.time()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    found = points(execution)
    assert [step for _, step, _ in found] == list(range(len(found)))
    assert killed_at - found[-1][2] < 1.0
