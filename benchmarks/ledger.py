"""The whole life of a run with 20 parameters and 10 metrics, every event durable, beside a bare recorder and MLflow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from benchmarks.table import Row, markdown
from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.application import Application, Session
from goldfish.bootstrap import SystemClock
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, MetricSummary, Reason, StagePlan
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Actor
from goldfish.ledger.redaction import Redactor

PARAMETERS: dict[str, float] = {f"parameter_{n}": n * 0.1 for n in range(20)}
METRIC = MetricSummary(
    count=100,
    non_finite=0,
    first=1.0,
    last=0.5,
    last_is_finite=True,
    min=0.5,
    max=1.0,
    min_step=99,
    max_step=0,
    last_step=99,
)
SEALED = Execution.MetricsSealed(
    digest="sha256:" + "a" * 64, points=1000, summary={f"metric_{n}": METRIC for n in range(10)}
)
EXITED = Execution.Exited(ended_by="exited", exit_code=0, signal=None, seconds=1.0, peak_memory=1 << 20, failure=None)


def requested(number: int) -> Run.Requested:
    """A request as `goldfish run` makes it."""
    stage = StagePlan(name="train", module="modules/train.py", config={**PARAMETERS, "number": number})
    return Run.Requested(
        workspace="baseline", number=1, tree="0" * 40, pipeline="p", stages=[stage], seed=1, fingerprint=f"f{number}",
        reason=Reason(description="to see how fast it is"), environment=Environment(python="3.11", platform="linux"),
    )  # fmt: skip


def live(application: Application, number: int) -> None:
    """One run, step by step, as the conductor takes it: six durable commits."""
    run, execution = f"run-{number}", f"run-{number}/train"

    def on_execution(decide: Callable[[Execution], list[Event]]) -> None:
        def record(session: Session) -> None:
            state = session.execution(execution)
            session.record(state, decide(state))

        application.execute(record, request=execution)

    application.execute(lambda s: s.record(s.run(run), [requested(number)]), request=run)
    on_execution(lambda e: e.intend("process", []))
    on_execution(lambda e: e.record_launch("1"))
    on_execution(lambda e: e.record_exit(EXITED))
    on_execution(lambda e: e.conclude([SEALED]))

    def finish(session: Session) -> None:
        state = session.run(run)
        session.record(state, state.finish({"train": session.execution(execution)}))

    application.execute(finish, request=run)


def import_batch(application: Application, numbers: range, request: Callable[[int], Run.Requested] = requested) -> None:
    """Many finished runs in one commit, as an import does."""

    def record(session: Session) -> None:
        for number in numbers:
            run = session.record(session.run(f"run-{number}"), [request(number)])
            state = session.execution(f"run-{number}/train")
            for step in (
                lambda e: e.intend("process", []),
                lambda e: e.record_launch("1"),
                lambda e: e.record_exit(EXITED),
                lambda e: e.conclude([SEALED]),
            ):
                state = session.record(state, step(state))
            session.record(run, run.finish({"train": state}))

    application.execute(record, request=[numbers.start, numbers.stop])


def per_second(work: Callable[[int], object], count: int) -> float:
    """How many of `count` are done in a second."""
    began = time.perf_counter()
    for number in range(1, count + 1):
        work(number)
    return count / (time.perf_counter() - began)


def bare_recorder(directory: Path) -> SQLiteApplicationRecorder:
    """The library's own recorder on a file, as it comes."""
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(directory / "bare.db")))
    recorder.create_table()
    return recorder


def bare_run(recorder: SQLiteApplicationRecorder, _: int) -> None:
    """As many commits and events of about the same size as `live`, and nothing else."""
    run, execution = uuid4(), uuid4()
    state = b"x" * 700
    for stream, version, events in (
        (run, 1, 1),
        (execution, 1, 1),
        (execution, 2, 1),
        (execution, 3, 1),
        (execution, 4, 2),
        (run, 2, 1),
    ):
        recorder.insert_events([StoredEvent(stream, version + n, "topic", state) for n in range(events)])


MLFLOW = """
import sys, time, mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
mlflow.set_tracking_uri(sys.argv[1]); client = MlflowClient(); e = client.create_experiment("b")
def life(n):
    run = client.create_run(e); at = int(time.time() * 1000)
    client.log_batch(run.info.run_id, metrics=[Metric(f"metric_{i}", .5, at, 0) for i in range(10)],
                     params=[Param(f"parameter_{i}", str(i * .1)) for i in range(20)])
    client.set_terminated(run.info.run_id)
for n in range(5): life(n)
began = time.perf_counter()
for n in range(60): life(n)
print(60 / (time.perf_counter() - began))
"""


def mlflow_runs_per_second(python: Path, directory: Path) -> float | None:
    """The same with MLflow's SQLite store, in its own environment; None where that could not be made."""
    if not python.exists():
        return None
    command = [str(python), "-c", MLFLOW, f"sqlite:///{directory}/mlflow.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def main(peers: Path) -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        journal = SqliteJournal(directory / "ledger.db", LedgerMapper(Redactor(b"benchmark")))
        application = Application(journal, SystemClock(), Actor(kind="human", name="benchmark"))
        per_second(lambda n: live(application, 1_000_000 + n), 30)
        ours = per_second(lambda n: live(application, n), 600)
        batches = 50 * per_second(lambda n: import_batch(application, range(2000 + n * 50, 2050 + n * 50)), 20)
        recorder = bare_recorder(directory)
        bare = per_second(lambda n: bare_run(recorder, n), 600)
        peer = mlflow_runs_per_second(peers / "bin" / "python", directory)
        sound = not list(journal.damages())
    beside = f", {ours / peer:.0f} × MLflow" if peer else ""
    rows = [
        Row("goldfish, a run's whole life, 6 commits", f"{ours:,.0f} runs/s ({bare / ours:.1f} × slower than bare{beside})", "≥ 200 runs/s", ours >= 200),
        Row("goldfish, imported 50 runs to a commit", f"{batches:,.0f} runs/s", "≥ 1,000 runs/s", batches >= 1000),
        Row("eventsourcing's bare SQLite recorder, 6 commits of the same events", f"{bare:,.0f} runs/s"),
        Row("MLflow's SQLite store, create, log_batch, terminate", f"{peer:,.0f} runs/s" if peer else "not installed"),
        Row("the ledger afterwards", "sound" if sound else "DAMAGED", "sound", sound),
    ]  # fmt: skip
    return markdown("The ledger", rows)


if __name__ == "__main__":
    print(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".venv-peers")))
