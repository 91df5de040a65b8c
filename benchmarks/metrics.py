"""What a logged point costs the training loop, beside the least that could be done; and how fast a stage starts."""

from __future__ import annotations

import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row, markdown, seconds
from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.parquet_metrics import ParquetMetrics
from goldfish.adapters.process_runner import ProcessRunner
from goldfish.domain.names import ExecutionId
from goldfish.domain.values import StagePlan
from goldfish.ports import LaunchOrder

POINTS = 1_000_000
LAUNCHES = 15

_STAGE = f"""
import json, time
from goldfish.metrics import flush, log_metric
costs = []
for step in range(20_000):
    began = time.perf_counter_ns(); log_metric("loss", 0.5, step); costs.append(time.perf_counter_ns() - began)
flush()
began = time.perf_counter()
for step in range({POINTS}):
    log_metric("loss", 0.5, step)
flush()
print(json.dumps([sorted(costs)[len(costs) // 2] / 1000, {POINTS} / (time.perf_counter() - began)]))
"""


def logged(directory: Path) -> tuple[float, float]:
    """Median cost of a call in microseconds, clock included, and points per second over a million points."""
    order = {"protocol": 1, "execution": "run-1/train", "module": "m.py", "code": "code", "config": {}, "seed": None}
    (directory / "order.json").write_text(json.dumps({**order, "inputs": {}, "outputs": {}}))
    environment = {**os.environ, "GOLDFISH_DIRECTORY": str(directory)}
    done = subprocess.run([sys.executable, "-c", _STAGE], env=environment, check=True, capture_output=True, text=True)
    cost, rate = json.loads(done.stdout)
    return cost, rate


def written(path: Path, encode: Callable[[int], bytes]) -> float:
    """Points per second of a plain loop that encodes each point into a buffered file."""
    began = time.perf_counter()
    with path.open("wb") as file:
        for step in range(POINTS):
            file.write(encode(step))
    return POINTS / (time.perf_counter() - began)


def packed(step: int) -> bytes:
    """The same record by hand."""
    return struct.pack("<Iqdd", 0, step, 0.5, time.time())


def line(step: int) -> bytes:
    """What most loggers write."""
    return json.dumps({"name": "loss", "step": step, "value": 0.5, "at": time.time()}).encode() + b"\n"


def first_lines(root: Path) -> list[float]:
    """Seconds from `launch` to the first line of the stage's own code, supervisor and interpreter included."""
    runner, found = ProcessRunner(root), []
    for number in range(LAUNCHES):
        execution = ExecutionId(f"run-{number + 1}/train")
        directory = runner.directory(execution, 1)
        (directory / "code").mkdir(parents=True)
        (directory / "code/train.py").write_text("import time\nopen('../first', 'w').write(str(time.time()))\n")
        stage = StagePlan(name="train", module="train.py")
        began = time.time()
        runner.launch(LaunchOrder(execution, 1, stage, directory, directory / "code", {}))
        while runner.observe(execution, 1).state == "running":
            runner.wait([(execution, 1)], 5)
        found.append(float((directory / "first").read_text()) - began)
    return found


def main() -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "stage").mkdir()
        cost, rate = logged(root / "stage")
        raw, text = written(root / "raw", packed), written(root / "text", line)
        metrics = ParquetMetrics(FileArtifacts(root / "artifacts"), root / "scratch")
        sealing = seconds(lambda: metrics.seal(root / "stage"), times=3)
        size = (root / "stage/metrics.bin").stat().st_size
        sealed = metrics.seal(root / "stage").digest
        kept = FileArtifacts(root / "artifacts").path(sealed).stat().st_size if sealed else 0
        python = statistics.median(
            seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) for _ in range(3)
        )
        launches = first_lines(root / "executions")
    first = statistics.median(launches)
    rows = [
        Row("log_metric, one call (median, clock included)", f"{cost:.2f} µs", "≤ 3 µs", cost <= 3),
        Row("log_metric, 1,000,000 points, flushed", f"{rate:,.0f} points/s", "≥ 300,000 points/s", rate >= 300_000),
        Row("struct.pack into a buffered file", f"{raw:,.0f} points/s"),
        Row("json.dumps into a buffered file", f"{text:,.0f} points/s"),
        Row(f"sealing them, {size >> 20} MiB → {kept >> 10} KiB", f"{sealing:.2f} s", "≤ 1 s", sealing <= 1),
        Row("launch → first line of the stage (median)", f"{first * 1000:.0f} ms", "≤ 80 ms", first <= 0.08),
        Row("python -c pass, for comparison", f"{python * 1000:.0f} ms"),
    ]  # fmt: skip
    return markdown("Metrics and stages", rows)


if __name__ == "__main__":
    print(main())
