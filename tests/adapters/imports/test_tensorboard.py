"""Logs of TensorBoard, written by its own package."""

from __future__ import annotations

import builtins
import math
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

from goldfish.adapters.imports import open_history
from goldfish.errors import CannotImport, ExtraMissing
from goldfish.ports import ForeignPart
from tests.adapters.imports.given import experiments, parts, refused

BEGIN = 1_770_000_000
NAME = "events.out.tfevents.1770000000.host.1.0"


def framed(event: Event) -> bytes:
    """A record as event files hold it."""
    body = event.SerializeToString()
    length = struct.pack("<Q", len(body))
    return length + struct.pack("<I", masked_crc32c(length)) + body + struct.pack("<I", masked_crc32c(body))


def scalar(tag: str, value: float, step: int) -> Event:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    return Event(wall_time=BEGIN + step, step=step, summary=summary)


def plugin(name: str, content: bytes = b"", **value: Any) -> Event:
    found = Summary.Value(tag="t", **value)
    found.metadata.plugin_data.plugin_name = name
    found.metadata.plugin_data.content = content
    return Event(wall_time=BEGIN, step=5, summary=Summary(value=[found]))


def log(directory: Path, *events: Event, name: str = NAME) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(b"".join(map(framed, events)))
    return directory / name


def test_every_directory_with_event_files_is_a_run_with_its_curves(tmp_path: Path) -> None:
    log(tmp_path / "runs" / "a", *[scalar("loss", 1 / step, step) for step in (1, 2, 4)])
    log(tmp_path / "runs" / "a", scalar("loss", math.nan, 8), name=NAME + ".v2")
    log(tmp_path / "runs" / "a" / "validation", scalar("acc", 0.5, 3))
    found = parts("tensorboard", tmp_path / "runs")
    first, second = experiments(found)
    assert (first.id, first.metrics["acc"].last, first.metrics["acc"].last_step) == ("a/validation", 0.5, 3)
    assert (second.id, second.outcome, second.seconds) == ("a", "succeeded", 7.0)
    assert second.happened == datetime.fromtimestamp(BEGIN + 8, UTC)
    assert isinstance(found[1], ForeignPart)
    assert found[1].points is not None
    points = list(found[1].points())
    assert [(one.step, one.at) for one in points] == [(step, BEGIN + step) for step in (1, 2, 4, 8)]
    assert math.isnan(points[3].value)


def test_scalars_of_the_second_version_are_tensors(tmp_path: Path) -> None:
    log(tmp_path / "a", plugin("scalars", tensor=tensor_util.make_tensor_proto(0.25)))
    (said,) = experiments(parts("tensorboard", tmp_path))
    assert (said.metrics["t"].last, said.metrics["t"].last_step) == (0.25, 5)


def test_hyperparameters_are_the_configuration(tmp_path: Path) -> None:
    begun, ended = plugin_data_pb2.HParamsPluginData(), plugin_data_pb2.HParamsPluginData()
    begun.session_start_info.hparams["lr"].number_value = 0.1
    begun.session_start_info.hparams["seed"].number_value = 7
    begun.session_start_info.hparams["deep"].bool_value = True
    begun.session_start_info.hparams["opt"].string_value = "adam"
    begun.session_start_info.group_name = "sweep"
    ended.session_end_info.status = 2
    log(tmp_path / "a", *[plugin("hparams", one.SerializeToString()) for one in (begun, ended)])
    (said,) = experiments(parts("tensorboard", tmp_path))
    assert said.config == {"lr": 0.1, "seed": 7.0, "deep": True, "opt": "adam"}
    assert (said.seed, said.group, said.outcome) == (7, "sweep", "failed")


def test_what_is_no_scalar_is_counted(tmp_path: Path) -> None:
    large = tensor_util.make_tensor_proto(1.0)
    large.tensor_shape.dim.add(size=1 << 40)
    log(tmp_path / "a", scalar("x", 1.0, 1), plugin("images", b"x"), plugin("scalars", tensor=large))
    (said,) = experiments(parts("tensorboard", tmp_path))
    assert (list(said.metrics), said.labels["not taken over"]) == (["x"], {"images": 1, "points": 1})


def test_an_end_that_was_cut_off_loses_the_last_event_only(tmp_path: Path) -> None:
    path = log(tmp_path / "a", scalar("x", 1.0, 1), scalar("x", 2.0, 2))
    path.write_bytes(path.read_bytes()[:-3])
    (said,) = experiments(parts("tensorboard", tmp_path))
    assert (said.metrics["x"].last, said.labels["not taken over"]) == (1.0, {"ends cut off": 1})


@pytest.mark.parametrize("place", [3, 20])
def test_a_damaged_file_is_named_and_the_other_runs_are_read(tmp_path: Path, place: int) -> None:
    path = log(tmp_path / "a", scalar("x", 1.0, 1), scalar("x", 1.0, 2))
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    log(tmp_path / "b", scalar("x", 1.0, 1))
    found = parts("tensorboard", tmp_path)
    assert [said.id for said in experiments(found)] == ["b"]
    ((where, why),) = refused(found)
    assert where == "a"
    assert f"a/{NAME} is damaged before byte" in why


def test_a_record_of_any_length_is_not_read(tmp_path: Path) -> None:
    length = struct.pack("<Q", 1 << 50)
    (tmp_path / NAME).write_bytes(length + struct.pack("<I", masked_crc32c(length)) + b"x")
    ((_, why),) = refused(parts("tensorboard", tmp_path))
    assert "holds an event of 1125899906842624 bytes" in why


def test_links_are_not_followed_and_files_without_events_are_counted(tmp_path: Path) -> None:
    log(tmp_path / "elsewhere", scalar("x", 1.0, 1))
    (tmp_path / "runs" / "a").mkdir(parents=True)
    (tmp_path / "runs" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "runs" / "a" / f"{NAME}.1").symlink_to(tmp_path / "elsewhere" / NAME)
    with pytest.raises(CannotImport, match="it holds no event files"):
        open_history("tensorboard", tmp_path / "runs")
    log(tmp_path / "runs" / "a")
    history = open_history("tensorboard", tmp_path / "runs")
    assert (history.count(), history.left_out) == (0, {"without an event": 1})
    history.close()


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("tensorboard"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ExtraMissing, match="needs the package tensorboard"):
        open_history("tensorboard", tmp_path)
