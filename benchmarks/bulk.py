"""Projects with very many runs, written into the ledger's own file at once: the same bytes, chain and all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from benchmarks.read_models import Row, check, exited, record, requested, summary
from benchmarks.read_models import events as events_of_three_stages
from goldfish.api import Actor, Goldfish
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.runs import Run
from goldfish.domain.values import StagePlan
from goldfish.domain.workspaces import Workspace
from goldfish.ledger.chain import GENESIS, link

ME = Actor(kind="human", name="bench")
PARAMETER, VALUE, METRIC = "p0", 0.123456, "extra"
"""One run in ten has this value of the parameter."""


def project(root: Path, runs: int, *, stages: int = 3) -> Goldfish:
    """A project with one workspace and so many runs of three stages (26 events) or of one (8 events)."""
    goldfish = Goldfish.found(root, ME, name="bench", goal="be fast")
    ledger = goldfish.services.layout.ledger
    head = goldfish.services.journal.head()
    goldfish.services.journal.close()
    append(ledger, beginning(head))
    add_runs(ledger, range(1, runs + 1), stages=stages)
    return goldfish


def add_runs(ledger: Path, runs: range, *, stages: int = 3) -> None:
    """More of them."""
    with sqlite3.connect(ledger) as database:
        head = int(database.execute("SELECT max(position) FROM events").fetchone()[0])
    append(ledger, events_of_three_stages(runs, head) if stages == 3 else events_of_one_stage(runs, head))


def append(ledger: Path, rows: Iterator[Row]) -> None:
    """Chain the events to the last one, and write them."""
    database = sqlite3.connect(ledger)
    found = database.execute("SELECT hash FROM events ORDER BY position DESC LIMIT 1").fetchone()
    previous = found[0] if found else GENESIS

    def chained() -> Iterator[tuple[int, str, int, str, bytes, bytes]]:
        nonlocal previous
        for position, stream, version, name, text in rows:
            previous = link(previous, position, stream, version, name, text.encode())
            yield position, stream, version, name, text.encode(), previous

    with database:
        database.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", chained())
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def beginning(head: int) -> Iterator[Row]:
    """A workspace with a version."""
    created = Workspace.Created(name="baseline", goal=None, tree="a" * 40)
    saved = Workspace.VersionSaved(number=1, tree="a" * 40, message="created", by="creation")
    yield head + 1, "workspace:baseline", 1, created.NAME, record(created)
    yield head + 2, "workspace:baseline", 2, saved.NAME, record(saved)


def events_of_one_stage(runs: range, position: int) -> Iterator[Row]:
    """Eight events for each run, with 20 parameters and 10 metrics; texts are made from one run's."""
    template = [(stream, version, event.NAME, record(event)) for stream, version, event in one_run()]
    for run in runs:
        for stream, version, name, text in template:
            position += 1
            filled = text.replace("run-0", f"run-{run}").replace('"fingerprint":"f"', f'"fingerprint":"f{run // 2}"')
            filled = filled.replace("0.654321", f"{(run * 7919 % 10007) / 10007:.6f}")
            filled = filled.replace(f'"{PARAMETER}":0.123456', f'"{PARAMETER}":{VALUE + run % 10}')
            yield position, stream.replace("run-0", f"run-{run}"), version, name, filled


def one_run() -> Iterator[tuple[str, int, Event]]:
    """The events of run-0."""
    config: dict[str, JsonValue] = {f"p{n}": VALUE + n for n in range(20)}
    plan = StagePlan(name="train", module="modules/train.py", config=config)
    reached = summary().model_copy(update={"last": 0.654321})
    metrics = dict.fromkeys([METRIC, *(f"metric_{n}" for n in range(9))], reached)
    facts = [
        Execution.LaunchIntended(attempt=1, backend="process", inputs=[]),
        Execution.Launched(handle="pid 1"),
        exited(),
        Execution.MetricsSealed(digest="sha256:" + "2" * 64, points=90, summary=metrics),
        check(),
        Execution.Concluded(outcome="succeeded", cause="it ended by itself"),
    ]
    yield "run-0", 1, requested().model_copy(update={"stages": [plan]})
    yield from (("run-0/train", version, fact) for version, fact in enumerate(facts, 1))
    yield "run-0", 2, Run.Finished(outcome="succeeded", cause="every stage succeeded", stages={})
