"""How fast the read models are: loading, a new event, and the questions, at 1,000 and 40,000 runs.

    python -m benchmarks.read_models [--runs 1000 40000]

The log is a plain SQLite table of synthetic events: 26 for each run of three stages, with 20 parameters and 10 metrics.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import JsonValue

from benchmarks import table
from goldfish.adapters.sqlite_ledger import blocks
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, LogFile, MetricSummary, OutputPlan, Reason, ResolvedInput, StagePlan
from goldfish.domain.workspaces import Workspace
from goldfish.ports import EventBlock
from goldfish.projections._bases import Bases
from goldfish.projections._duck import connect
from goldfish.projections._mirror import Mirror
from goldfish.projections.projector import Projector
from goldfish.queries.compare import compare
from goldfish.queries.history import history
from goldfish.queries.lineage import lineage
from goldfish.queries.show import show
from goldfish.queries.state_document import state_document
from goldfish.queries.status import status

Row = tuple[int, str, int, str, str]
STAGES = ("prepare", "train", "evaluate")


class TableLog:
    """The port `EventLog` over a plain SQLite table."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, check_same_thread=False)  # DuckDB's threads read it in turn
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS log (position INTEGER PRIMARY KEY, stream, version, name, record)"
        )

    def add(self, rows: Iterator[Row]) -> None:
        with self.connection:
            self.connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)

    def head(self) -> int:
        return int(self.connection.execute("SELECT coalesce(max(position), 0) FROM log").fetchone()[0])

    def token(self) -> object:
        return self.head()

    def block(self, after: int, upto: int) -> EventBlock | None:
        asked = blocks.SELECT.replace("FROM events", "FROM log").replace(
            "length(record)", "length(CAST(record AS BLOB))"
        )
        return blocks.block_of(self.connection.execute(asked, (after, upto)).fetchone(), upto - after)

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[Row]:
        asked = "SELECT * FROM log WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        return self.connection.execute(asked, (after, upto or 1 << 60, limit)).fetchall()


def events(runs: range, position: int) -> Iterator[Row]:
    """The events of some runs, as rows; texts are made from one run's by putting in numbers."""
    template = [(stream, version, event.NAME, record(event)) for stream, version, event in one_run()]
    for run in runs:
        for stream, version, name, text in template:
            position += 1
            filled = text.replace("run-0", f"run-{run}").replace('"fingerprint":"f"', f'"fingerprint":"f{run // 2}"')
            filled = filled.replace("0.123456", f"{(run * 7919 % 10007) / 10007:.6f}")
            yield position, stream.replace("run-0", f"run-{run}"), version, name, filled


def beginning() -> Iterator[Row]:
    """A project with one workspace."""
    tree = "a" * 40
    founded = Project.Founded(name="bench", goal="be fast")
    created = Workspace.Created(name="baseline", goal=None, tree=tree)
    saved = Workspace.VersionSaved(number=1, tree=tree, message="created", by="creation")
    yield 1, "project", 1, founded.NAME, record(founded)
    yield 2, "workspace:baseline", 1, created.NAME, record(created)
    yield 3, "workspace:baseline", 2, saved.NAME, record(saved)


def one_run() -> Iterator[tuple[str, int, Event]]:
    """The events of run-0."""
    yield "run-0", 1, requested()
    for number, stage in enumerate(STAGES):
        ref = f"run-0/{STAGES[number - 1]}.data" if number else "digits@r1"
        given = [ResolvedInput(name="data", type="npy", digest="sha256:" + "0" * 64, ref=ref)]
        metrics = [f"{stage}_{name}" for name in ("loss", "accuracy", "rate")] + ["extra"] * (number == 2)
        facts = [
            Execution.LaunchIntended(attempt=1, backend="process", inputs=given),
            Execution.Launched(handle="pid 1"),
            exited(),
            Execution.OutputCaptured(name="data", type="npy", digest="sha256:" + "1" * 64, size=9, described={}),
            Execution.MetricsSealed(
                digest="sha256:" + "2" * 64, points=90, summary={metric: summary() for metric in metrics}
            ),
            Execution.LogKept(log=LogFile(digest="sha256:" + "3" * 64, kept=9, written=9)),
            check(),
            Execution.Concluded(outcome="succeeded", cause="it ended by itself"),
        ]
        yield from ((f"run-0/{stage}", version, fact) for version, fact in enumerate(facts, 1))
    yield "run-0", 2, Run.Finished(outcome="succeeded", cause="every stage succeeded", stages={})


def requested() -> Run.Requested:
    """A request with 20 parameters."""
    config: dict[str, JsonValue] = {f"p{n}": 0.123456 + n for n in range(6)} | {"nested": {"a": 1}}
    stages = [
        StagePlan(name=stage, module="modules/x.py", outputs=[OutputPlan(name="data", type="npy")], config=config)
        for stage in STAGES
    ]
    return Run.Requested(
        workspace="baseline",
        number=1,
        tree="a" * 40,
        pipeline="main",
        stages=stages,
        reason=Reason(description="try something else for once", hypothesis="it might work"),
        environment=Environment(python="3.11", platform="linux", packages="sha256:" + "4" * 64),
        seed=1,
        fingerprint="f",
    )


def exited() -> Execution.Exited:
    return Execution.Exited(ended_by="exited", exit_code=0, signal=None, seconds=1.5, peak_memory=9, failure=None)


def check() -> Execution.CheckEvaluated:
    return Execution.CheckEvaluated(
        check="finite-metrics", subject="loss", verdict="passed", severity="block", sentence="all finite", evidence={}
    )


def summary() -> MetricSummary:
    return MetricSummary(
        count=30,
        non_finite=0,
        first=1.0,
        last=0.123456,
        last_is_finite=True,
        min=0.1,
        max=1.0,
        min_step=29,
        max_step=0,
        last_step=29,
    )


def record(event: Event) -> str:
    envelope = {
        "v": 1,
        "at": "2026-11-22T10:00:00.000000Z",
        "actor": {"kind": "agent", "name": "bench", "session": None},
        "command": "01JD0000000000000000000000",
        "body": "sha256:" + "5" * 64,
        "because": 1,
        "data": event.model_dump(mode="json"),
    }
    return json.dumps(envelope, sort_keys=True, separators=(",", ":"))


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def median_ms(work: Callable[[], object], times: int = 15) -> float:
    work()
    return statistics.median(seconds(work) for _ in range(times)) * 1e3


def measure(runs: int, directory: Path) -> dict[str, float]:
    """All figures at one size."""
    log = TableLog(directory / "log.db")
    log.add(beginning())
    log.add(events(range(1, runs + 1), log.head()))
    head = log.head()
    found: dict[str, float] = {"runs": runs, "events": head}

    connection = connect(spill=directory / "spill")
    found["load events/s"] = head / seconds(lambda: Mirror(connection, "bench", None).advance(log, head))
    connection.close()

    cache = directory / "cache"
    found["first base s"] = seconds(lambda: Bases(log, cache, 0).advance(None, head, None))
    found["base MB"] = sum(path.stat().st_size for path in cache.iterdir()) / 1e6

    cold = Projector(log, cache)
    found["cold: connect + status, base ms"] = seconds(lambda: status(cold.at())) * 1e3
    cold.close()
    log.add(events(range(runs + 1, runs + 41), log.head()))
    found["cold: the same, 1,040 events after the base ms"] = seconds(lambda: status(cold.at())) * 1e3

    warm = cold
    numbers = iter(range(runs + 41, runs + 1_000))

    def another() -> None:
        run = next(numbers)
        log.add(events(range(run, run + 1), log.head()))

    def visible() -> float:
        another()
        return seconds(lambda: warm.at().rows("SELECT state FROM runs ORDER BY position DESC LIMIT 1"))

    visible()
    found["26 new events visible ms"] = statistics.median(visible() for _ in range(15)) * 1e3

    def status_after_change() -> float:
        another()
        return seconds(lambda: status(warm.at()))

    found["status after a change ms"] = statistics.median(status_after_change() for _ in range(10)) * 1e3
    last = f"run-{runs}"
    found["status ms"] = median_ms(lambda: status(warm.at()))
    found["history ms"] = median_ms(lambda: history(warm.at()))
    found["show ms"] = median_ms(lambda: show(warm.at(), last))
    found["compare ms"] = median_ms(lambda: compare(warm.at(), ["run-1", last]))
    found["lineage ms"] = median_ms(lambda: lineage(warm.at(), last))
    found["STATE.md ms"] = median_ms(lambda: state_document(warm.at()))
    half = head // 2
    found["status as of half the log, first ms"] = seconds(lambda: status(warm.at(half))) * 1e3
    return found


def main(sizes: tuple[int, ...] = (1_000, 40_000)) -> str:
    """The table, one column of figures for each size."""
    results = []
    for runs in sizes:
        with tempfile.TemporaryDirectory() as directory:
            results.append(measure(runs, Path(directory)))
    rows = [table.Row(name, " · ".join(f"{result[name]:,.1f}" for result in results)) for name in results[0]]
    return table.markdown(f"Read models, at {' · '.join(f'{runs:,}' for runs in sizes)} runs", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 40_000])
    print(main(tuple(parser.parse_args().runs)))
