"""MLflow's search_runs on the runs of `benchmarks.bulk`, its SQLite store filled at once. Run by MLflow's own Python."""

import json
import os
import sqlite3
import statistics
import sys
import time
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from mlflow.tracking import MlflowClient

FILTER, ORDER = "params.p0 = '0.123456'", ["metrics.extra DESC"]


def fill(database: sqlite3.Connection, experiment: str, like: str, runs: int) -> None:
    """Copies of one run that MLflow wrote itself, each with 20 parameters and 10 metrics of its own."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
    known = dict(
        zip(columns, database.execute("SELECT * FROM runs WHERE run_uuid = ?", (like,)).fetchone(), strict=True)
    )
    names = ["extra", *(f"metric_{n}" for n in range(9))]

    def reached(run: int) -> float:
        return run * 7919 % 10007 / 10007

    asked = f"INSERT INTO runs ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for run in range(1, runs + 1):
        known.update(run_uuid=f"{run:032x}", name=f"run-{run}", start_time=run, experiment_id=experiment)
        database.execute(asked, list(known.values()))
    database.executemany(
        "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
        (
            (f"p{n}", f"{0.123456 + (run % 10 if n == 0 else n)}", f"{run:032x}")
            for run in range(1, runs + 1)
            for n in range(20)
        ),
    )
    database.executemany(
        "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
        ((name, reached(run), run, 1, f"{run:032x}") for run in range(1, runs + 1) for name in names),
    )
    database.executemany(
        "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
        ((name, reached(run), run, 1, f"{run:032x}") for run in range(1, runs + 1) for name in names),
    )
    database.commit()


def main(directory: Path, runs: int) -> dict[str, float]:
    """Milliseconds without and with the statistics of ANALYZE."""
    directory.mkdir(parents=True)
    client = MlflowClient(f"sqlite:///{directory / 'mlflow.db'}")
    experiment = client.create_experiment("bench", artifact_location=str(directory / "artifacts"))
    like = client.create_run(experiment).info.run_id
    database = sqlite3.connect(directory / "mlflow.db")
    fill(database, experiment, like, runs)

    def search() -> float:
        began = time.perf_counter()
        found = client.search_runs([experiment], FILTER, order_by=ORDER, max_results=20)
        assert len(found) == 20
        return (time.perf_counter() - began) * 1e3

    without = search()
    database.execute("ANALYZE")
    database.commit()
    database.close()
    client = MlflowClient(f"sqlite:///{directory / 'mlflow.db'}")
    search()
    return {"search_runs": without, "search_runs after ANALYZE": statistics.median(search() for _ in range(5))}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
