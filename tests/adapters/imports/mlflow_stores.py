"""Small stores of MLflow, in both of its formats, written without it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), lifecycle_stage VARCHAR(32));
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), source_name VARCHAR(500), user_id VARCHAR(256),
  status VARCHAR(9), start_time BIGINT, end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20),
  experiment_id INTEGER);
CREATE TABLE params ("key" VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
CREATE TABLE tags ("key" VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
CREATE TABLE metrics ("key" VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), step BIGINT,
  is_nan BOOLEAN);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE TABLE inputs (source_type VARCHAR(36), source_id VARCHAR(36), destination_type VARCHAR(36),
  destination_id VARCHAR(36));
CREATE TABLE datasets (dataset_uuid VARCHAR(36), name VARCHAR(500), digest VARCHAR(36));
INSERT INTO experiments VALUES (1, 'digits', 'active'), (2, 'gone', 'deleted'), (3, 'cats', 'active');
"""
BEGIN = 1_770_000_000_000  # milliseconds


def database(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> Path:
    """A SQLite store with these changes made to it."""
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    for statement, values in statements:
        connection.execute(statement, values)
    connection.commit()
    connection.close()
    return path


def run(id_: str, status: str = "FINISHED", *, minute: int = 1, experiment: int = 1, stage: str = "active") -> Any:
    """A run that began with the store, and ended so many minutes later."""
    ended = None if status == "RUNNING" else BEGIN + minute * 60_000
    values = (id_, f"name of {id_}", "train.py", "ann", status, BEGIN, ended, "", stage, experiment)
    return ("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def param(id_: str, key: str, value: Any) -> Any:
    return ("INSERT INTO params VALUES (?, ?, ?)", (key, value, id_))


def tag(id_: str, key: str, value: Any) -> Any:
    return ("INSERT INTO tags VALUES (?, ?, ?)", (key, value, id_))


def point(id_: str, key: Any, value: Any, step: Any = 0, *, nan: bool = False) -> Any:
    return ("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", (key, value, BEGIN + 1_000, id_, step, nan))


def files(path: Path, **runs: dict[str, str]) -> Path:
    """A directory with one experiment; runs by id, each with its files by their paths. `status` is in meta.yaml."""
    (path / "7").mkdir(parents=True)
    (path / "7" / "meta.yaml").write_text("experiment_id: '7'\nlifecycle_stage: active\nname: digits\n")
    for number, (id_, given) in enumerate(runs.items(), 1):
        place = path / "7" / id_
        for below in ("metrics", "params", "tags"):
            (place / below).mkdir(parents=True)
        status, stage = given.pop("status", "3"), given.pop("stage", "active")
        ended = "null" if status == "1" else BEGIN + number * 60_000
        (place / "meta.yaml").write_text(
            f"end_time: {ended}\nlifecycle_stage: {stage}\nrun_id: {id_}\nrun_name: name of {id_}\n"
            f"start_time: {BEGIN}\nstatus: {status}\ntags: []\nuser_id: ann\n"
        )
        for name, text in given.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    return path
