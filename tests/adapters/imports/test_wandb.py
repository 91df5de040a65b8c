"""Directories of W&B: logs framed here, of messages of its own package."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wandb.proto.wandb_internal_pb2 import Record

from goldfish.adapters.imports import open_history, wandb_directory
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart
from tests.adapters.imports.given import experiments, parts, refused

BEGIN = 1_770_000_000
BLOCK = 1 << 15


def framed(*records: Record) -> bytes:
    """A log: pieces that do not span blocks of 32 KiB."""
    log = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        data, first = record.SerializeToString(), True
        while True:
            room = BLOCK - len(log) % BLOCK
            if room < 7:
                log += b"\x00" * room
                continue
            piece, data = data[: room - 7], data[room - 7 :]
            kind = bytes([(1 if first else 4) if not data else 2 if first else 3])
            log += struct.pack("<IH", zlib.crc32(kind + piece), len(piece)) + kind + piece
            first = False
            if not data:
                break
    return bytes(log)


def started(**fields: Any) -> Record:
    record = Record()
    record.run.display_name, record.run.project, record.run.start_time.seconds = "first", "digits", BEGIN
    for name, value in fields.items():
        setattr(record.run, name, value)
    return record


def config(**values: Any) -> Record:
    record = Record()
    for name, value in values.items():
        record.config.update.add(key=name, value_json=json.dumps(value))
    return record


def step(number: int, **values: Any) -> Record:
    record = Record()
    record.history.step.num = number
    for name, value in {**values, "_timestamp": BEGIN + number}.items():
        record.history.item.add(nested_key=name.split("__"), value_json=json.dumps(value))
    return record


def results(**values: Any) -> Record:
    record = Record()
    for name, value in values.items():
        record.summary.update.add(key=name, value_json=json.dumps(value))
    return record


def ended(code: int = 0, runtime: int = 60) -> Record:
    record = Record()
    record.exit.SetInParent()
    record.exit.exit_code, record.exit.runtime = code, runtime
    return record


def goal(name: str, direction: int) -> Record:
    record = Record()
    record.metric.name, record.metric.goal = name, direction
    return record


def run(directory: Path, id_: str, *records: Record) -> Path:
    """A run, as it lies in a directory of W&B."""
    place = directory / f"offline-run-20260203_101500-{id_}"
    (place / "files").mkdir(parents=True)
    (place / f"run-{id_}.wandb").write_bytes(framed(*records))
    return place


def test_all_that_a_log_says_is_told(tmp_path: Path) -> None:
    git = Record()
    git.environment.username, git.environment.git.commit = "ann", "0123456789abcdef"
    run(
        tmp_path / "wandb",
        "a1",
        started(notes="A first look.", run_group="g", job_type="train"),
        git,
        config(lr=0.1, nested={"depth": 3}, seed=7, _wandb={"t": 1}),
        goal("loss", 1),
        *[step(number, loss=1 / number, val__acc=0.5) for number in (1, 2, 4)],
        step(5, loss=float("nan"), picture={"_type": "image-file"}),
        results(best=0.9, verdict="fine", _runtime=5),
        ended(),
    )
    (part,) = parts("wandb", tmp_path)
    (said,) = experiments([part])
    assert (said.id, said.group, said.by, said.note) == ("a1", "g", "ann", "A first look.")
    assert (said.config, said.seed) == ({"lr": 0.1, "nested": {"depth": 3}, "seed": 7}, 7)
    assert (said.metric, said.direction, said.outcome, said.seconds) == ("loss", "minimize", "succeeded", 60.0)
    assert said.happened == datetime.fromtimestamp(BEGIN + 60, UTC)
    assert said.code is not None
    assert said.code.hash == "0123456789abcdef"
    assert {name: one.last for name, one in said.metrics.items()} == {"best": 0.9}  # the others are in the curves
    assert said.labels["results"] == {"verdict": "fine"}
    assert said.labels["not taken over"] == {"values that are no numbers": 1}
    assert isinstance(part, ForeignPart)
    assert part.points is not None
    points = list(part.points())
    assert [one.step for one in points if one.metric == "loss"] == [1, 2, 4, 5]
    assert [one.metric for one in points].count("val.acc") == 3
    assert points[0].at == BEGIN + 1


def test_records_go_on_in_the_next_block(tmp_path: Path) -> None:
    long = started(notes="x" * 19_000)
    run(tmp_path, "a", long, config(text="y" * 19_000), *[step(number, x=number) for number in range(3_000)], ended())
    (part,) = parts("wandb", tmp_path)
    assert isinstance(part, ForeignPart)
    assert part.points is not None
    assert [one.value for one in part.points()] == [float(number) for number in range(3_000)]


def test_a_run_that_failed_says_its_exit_code(tmp_path: Path) -> None:
    run(tmp_path, "a", started(), step(1, x=1.0), ended(3))
    (said,) = experiments(parts("wandb", tmp_path))
    assert (said.outcome, said.cause, said.metrics["x"].last) == ("failed", "exit code 3", 1.0)


def test_a_log_without_an_end_is_left_out_and_counted(tmp_path: Path) -> None:
    place = run(tmp_path, "a", started(), step(1, x=1.0), ended())
    log = place / "run-a.wandb"
    log.write_bytes(log.read_bytes()[:-2])
    history = open_history("wandb", tmp_path)
    assert (history.count(), history.left_out) == (0, {"still going on, or killed": 1})
    history.close()
    (said,) = experiments(parts("wandb", tmp_path, unfinished=True))
    assert (said.outcome, said.labels["not taken over"]) == (None, {"ends cut off": 1})


def _flipped(data: bytes) -> bytes:
    return data[:20] + bytes([data[20] ^ 0xFF]) + data[21:]


@pytest.mark.parametrize(
    ("damage", "why"),
    [(_flipped, "is damaged before byte"), (lambda data: b"x" + data[1:], "is no log of W&B")],
)
def test_a_damaged_log_is_named_and_the_other_runs_are_read(
    tmp_path: Path, damage: Callable[[bytes], bytes], why: str
) -> None:
    log = run(tmp_path, "a", started(), ended()) / "run-a.wandb"
    log.write_bytes(damage(log.read_bytes()))
    run(tmp_path, "b", started(), ended())
    found = parts("wandb", tmp_path)
    assert [said.id for said in experiments(found)] == ["b"]
    ((where, said_why),) = refused(found)
    assert where.endswith("-a")
    assert why in said_why


def test_links_are_not_followed_and_a_directory_without_runs_is_refused(tmp_path: Path) -> None:
    place = run(tmp_path / "elsewhere", "a", started(), ended())
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / place.name).symlink_to(place)
    with pytest.raises(CannotImport, match="it holds no runs of W&B"):
        open_history("wandb", tmp_path / "wandb")


def test_without_the_package_summaries_are_read_and_logs_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wandb_directory, "record_type", lambda: None)
    files = run(tmp_path, "a", started(), ended()) / "files"
    (files / "config.yaml").write_text("_wandb:\n  value: {}\nlr:\n  value: 0.1\n")
    (files / "wandb-summary.json").write_text('{"loss": 0.5, "bad": NaN, "_runtime": 30}')
    (files / "wandb-metadata.json").write_text(
        '{"startedAt": "2026-02-03T10:15:00Z", "username": "ann", "git": {"commit": "0123456789abcdef"}}'
    )
    run(tmp_path, "b", started(), ended())
    found = parts("wandb", tmp_path)
    (said,) = experiments(found)
    assert (said.id, said.config, said.metrics["loss"].last, said.by) == ("a", {"lr": 0.1}, 0.5, "ann")
    assert said.metrics["bad"].non_finite == 1
    assert said.happened == datetime(2026, 2, 3, 10, 15, 30, tzinfo=UTC)
    assert "pip install 'goldfish-ledger[wandb]'" in str(said.labels["curves"])
    ((_, why),) = refused(found)
    assert "needs the package wandb" in why
