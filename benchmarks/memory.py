"""How fast a project with very many runs remembers.

    python -m benchmarks memory

MLflow is measured beside it, in an environment of its own. With `python -m benchmarks.memory --peer PYTHON` it is one
that has it already, and without any it is left out; `--runs`, `--many` and `--top` are the sizes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import bulk
from benchmarks.startup import GOLDFISH, wall
from benchmarks.table import Row, markdown
from goldfish.api import Goldfish

TOP = f"""
    SELECT metrics.run, last FROM metrics JOIN params USING (key)
    WHERE metric = '{bulk.METRIC}' AND params.name = '{bulk.PARAMETER}' AND params.number = {bulk.VALUE}
    ORDER BY last DESC LIMIT 20
"""


def took(work: Callable[[], object]) -> float:
    """Seconds that it took once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def middle(work: Callable[[], object], times: int = 15) -> float:
    """The median of several times, in milliseconds, after a first one."""
    work()
    return statistics.median(took(work) for _ in range(times)) * 1e3


def held(what: str, value: float, limit: float, unit: str = "ms") -> Row:
    """A figure that must not be larger than its limit."""
    return Row(what, f"{value:,.1f} {unit}", f"≤ {limit:g} {unit}", value <= limit)


def questions(goldfish: Goldfish, runs: int, limit: float) -> list[Row]:
    """What is asked all the time, in a warm process."""
    view = goldfish.services.projector.at
    last = f"run-{runs}"
    return [
        held(f"{name}, {runs:,} runs", middle(work), limit)
        for name, work in (
            ("status", lambda: goldfish.status(since=view().position)),
            ("history", goldfish.history),
            ("show", lambda: goldfish.show(last)),
            ("compare", lambda: goldfish.compare(["run-1", last], numbers=False)),
        )
    ]


def one_size(root: Path, runs: int) -> list[Row]:
    """Rebuilding, the next answer, the past, a cold command and a server, with runs of three stages."""
    goldfish = bulk.project(root, runs)
    ledger = goldfish.services.layout.ledger
    projector = goldfish.services.projector
    head = goldfish.services.journal.head()
    speed = head / min(took(projector.rebuild) for _ in range(3))
    what = f"all read models from {head:,} events, per second"
    rows = [Row(what, f"{speed:,.0f}", "≥ 200,000", speed >= 200_000)]
    projector.at().rows("SELECT count(*) FROM runs")

    def visible(run: int) -> float:
        bulk.add_runs(ledger, range(run, run + 1))
        return took(lambda: projector.at().rows("SELECT state FROM runs ORDER BY position DESC LIMIT 1"))

    times = [visible(runs + 1 + number) for number in range(16)]
    rows.append(held("26 new events visible in the next answer", statistics.median(times[1:]) * 1e3, 25))
    rows += questions(goldfish, runs, 20)
    past = [took(partial(goldfish.history, as_of=head - distance)) * 1e3 for distance in (1_000, head // 2)]
    rows.append(
        Row("history as of 1,000 events ago · half the log ago, asked first", " · ".join(f"{t:.0f} ms" for t in past))
    )
    goldfish.services.journal.close()
    projector.close()
    subprocess.run([*GOLDFISH, "status"], cwd=root, check=True, capture_output=True)
    rows.append(held("goldfish status, a cold command", wall([*GOLDFISH, "status"], root, 5) * 1e3, 600))
    asked = wall([*GOLDFISH, "status", "--since", str(head)], root, 5) * 1e3
    rows.append(held("goldfish status --since, always computed, a cold command", asked, 600))
    rows.append(held("memory of a server that answered and is idle", resident(root), 200, "MB"))
    return rows


def resident(root: Path) -> float:
    """Megabytes that a server holds after status, history and one run were asked of it."""
    with server(root) as (process, call):
        call("tools/call", {"name": "status", "arguments": {}})
        call("tools/call", {"name": "history", "arguments": {}})
        call("tools/call", {"name": "show", "arguments": {"ref": "run-7"}})
        time.sleep(1)
        said = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in said.splitlines() if line.startswith("VmRSS")).split()[1]) / 1e3


@contextmanager
def server(root: Path) -> Iterator[tuple[subprocess.Popen[str], Callable[[str, object], object]]]:
    """A server of a project, and how to call it."""
    process = subprocess.Popen([*GOLDFISH, "serve"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout

    def send(message: dict[str, object]) -> None:
        assert process.stdin
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()

    def call(method: str, params: object) -> object:
        assert process.stdout
        send({"id": 1, "method": method, "params": params})
        for line in process.stdout:
            if "id" in (answer := json.loads(line)) and "method" not in answer:
                return answer
        raise EOFError(method)

    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    try:
        call("initialize", hello)
        send({"method": "notifications/initialized"})
        yield process, call
    finally:
        process.stdin.close()
        process.wait(30)


def many(root: Path, runs: int) -> list[Row]:
    """The same questions of far more runs, of one stage each."""
    goldfish = bulk.project(root, runs, stages=1)
    goldfish.services.projector.rebuild()
    return questions(goldfish, runs, 60)


def top(root: Path, runs: int, peer: Path | None) -> list[Row]:
    """The best 20 by a metric of the runs with one value of a parameter."""
    goldfish = bulk.project(root, runs, stages=1)
    projector = goldfish.services.projector
    projector.rebuild()
    words = f"{bulk.PARAMETER}={bulk.VALUE} sort:{bulk.METRIC}"
    sql = held(
        f"top 20 by metric where parameter = x, {runs:,} runs, in SQL", middle(lambda: projector.at().rows(TOP)), 15
    )
    rows = [sql, held("the same by goldfish search", middle(lambda: goldfish.search(words)), 15)]
    if peer is not None:
        script = Path(__file__).with_name("memory_peer.py")
        done = subprocess.run([peer, script, root / "mlflow", str(runs)], capture_output=True, text=True, check=True)
        for name, figure in json.loads(done.stdout.splitlines()[-1]).items():
            rows.append(Row(f"MLflow: {name}", f"{figure:,.1f} ms"))
    return rows


def main(peer: Path | None = None, *, runs: int = 40_000, more: int = 400_000, tops: int = 100_000) -> str:
    """The table."""
    rows: list[Row] = []
    parts: list[Callable[[Path], list[Row]]] = [
        lambda root: one_size(root, runs),
        lambda root: top(root, tops, peer),
        lambda root: many(root, more),
    ]
    for measure in parts:
        directory = Path(tempfile.mkdtemp())
        try:
            rows += measure(directory / "project")
        finally:
            shutil.rmtree(directory)
    return markdown(f"Memory: {runs:,} runs of 26 events, {tops:,} and {more:,} of 8", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--runs", type=int, default=40_000)
    parser.add_argument("--many", type=int, default=400_000)
    parser.add_argument("--top", type=int, default=100_000)
    given = parser.parse_args()
    sys.stdout.write(main(given.peer, runs=given.runs, more=given.many, tops=given.top))
