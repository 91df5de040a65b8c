"""goldfish.io: what a stage reads and writes."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldfish import io
from tests.stage.conftest import ExecutionDirectory, forget

TABLE = pa.table({"x": [1, 2], "y": ["a", "b"]})


def test_each_type_comes_back_as_what_it_stands_for(execution: ExecutionDirectory) -> None:
    np.save(execution.path / "inputs/array.npy", np.arange(3))
    (execution.path / "inputs/table.csv").write_text("x,y\n1,a\n2,b\n")
    pq.write_table(TABLE, execution.path / "inputs/frame.parquet")
    (execution.path / "inputs/report.json").write_text('{"a": [1]}')
    (execution.path / "inputs/model").write_bytes(b"weights")

    assert io.load_input("array").tolist() == [0, 1, 2]
    assert io.load_input("table").to_pydict() == TABLE.to_pydict()
    assert io.load_input("frame").equals(TABLE)
    assert io.load_input("report") == {"a": [1]}
    assert io.load_input("model").read_bytes() == b"weights"
    assert io.input_path("folder") == execution.path / "inputs/folder"


def test_arrays_by_name_survive_the_way_through_a_file(execution: ExecutionDirectory) -> None:
    given = {"x": np.eye(2), "file": np.array(["a"]), "layer.0/weight": np.float32(0.5)}
    path = io.save_output("arrays", given)
    (execution.path / "inputs/arrays.npz").write_bytes(path.read_bytes())
    found = io.load_input("arrays")
    assert {name: found[name].tolist() for name in found} == {name: array.tolist() for name, array in given.items()}
    assert io.save_output("arrays", given).read_bytes() == (execution.path / "inputs/arrays.npz").read_bytes()


def test_a_pickled_array_among_others_is_not_loaded(execution: ExecutionDirectory) -> None:
    np.savez(execution.path / "inputs/arrays.npz", x=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        io.load_input("arrays")["x"]


def test_a_pickled_array_is_not_loaded(execution: ExecutionDirectory) -> None:
    np.save(execution.path / "inputs/array.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        io.load_input("array")


def test_an_unknown_name_is_answered_with_near_ones(execution: ExecutionDirectory) -> None:
    with pytest.raises(
        ValueError, match=r"no input 'aray'.*Did you mean array or arrays\?.*declares: array, arrays, folder"
    ):
        io.load_input("aray")
    with pytest.raises(ValueError, match=r"no output '../x'"):
        io.save_output("../x", b"")


@pytest.mark.parametrize(
    ("name", "data", "file", "content"),
    [
        ("model", b"\x00\xff", "model", b"\x00\xff"),
        ("model", "text é", "model", "text é".encode()),
        ("report", {"a": np.float32(0.5), "b": np.arange(2)}, "report.json", b'{"a": 0.5, "b": [0, 1]}'),
        ("table", [{"x": 1}, {"x": 2, "y": "b"}], "table.csv", b"x,y\n1,\n2,b\n"),
        ("table", TABLE, "table.csv", b'"x","y"\n1,"a"\n2,"b"\n'),
    ],
)
def test_an_output_is_written_as_its_declared_type(
    execution: ExecutionDirectory, name: str, data: object, file: str, content: bytes
) -> None:
    assert io.save_output(name, data) == execution.path / "outputs" / file
    assert (execution.path / "outputs" / file).read_bytes() == content


def test_arrays_and_tables_survive_the_way_through_a_file(execution: ExecutionDirectory) -> None:
    assert np.load(io.save_output("array", np.eye(2)), allow_pickle=False).tolist() == [[1, 0], [0, 1]]
    assert pq.read_table(io.save_output("frame", TABLE)).equals(TABLE)
    assert pq.read_table(io.save_output("frame", TABLE.to_pylist())).equals(TABLE)


@pytest.mark.parametrize(
    ("name", "data", "error", "says"),
    [
        ("array", [1, 2], TypeError, "'array' is declared as npy, but was given list.*numpy.asarray"),
        ("array", np.array([{}]), TypeError, "'array' holds Python objects"),
        ("arrays", np.eye(2), TypeError, "'arrays' is declared as npz, but was given ndarray.*dict of arrays"),
        ("arrays", {"x": [1]}, TypeError, "'arrays' is declared as npz, but was given dict"),
        ("arrays", {1: np.eye(2)}, TypeError, "has an array under 1. Name each by text"),
        ("arrays", {"x": np.array([{}])}, TypeError, "the array 'x' of the output 'arrays' holds Python objects"),
        ("table", {"x": 1}, TypeError, "'table' is declared as csv, but was given dict"),
        ("frame", b"PAR1", TypeError, "'frame' is declared as parquet, but was given bytes"),
        ("report", {"loss": float("nan")}, ValueError, "'report' is no JSON.*None"),
        ("report", {"x": Decimal(1)}, TypeError, "'report' is no JSON: Decimal has no JSON form"),
        ("model", {"w": 1}, TypeError, "'model' is declared as file, but was given dict.*pickles nothing"),
        ("folder", b"", TypeError, "'folder' is declared as directory.*output_path"),
        ("model", Path("/no/such"), ValueError, "'model' cannot be copied"),
        ("model", Path("/"), TypeError, "'model' is declared as file, but / is a directory"),
    ],
)
def test_the_wrong_data_is_refused_by_name_and_leaves_nothing(
    execution: ExecutionDirectory, name: str, data: object, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        io.save_output(name, data)
    assert os.listdir(execution.path / "outputs") == []


def test_a_refused_save_leaves_the_output_of_the_one_before(execution: ExecutionDirectory) -> None:
    io.save_output("report", {"round": 1})
    with pytest.raises(ValueError, match="no JSON"):
        io.save_output("report", {"round": float("inf")})
    assert os.listdir(execution.path / "outputs") == ["report.json"]
    assert json.loads((execution.path / "outputs/report.json").read_text()) == {"round": 1}


def test_a_path_is_copied_into_place(execution: ExecutionDirectory, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made/a.txt").write_text("a")
    io.save_output("folder", tmp_path / "made")
    io.save_output("folder", tmp_path / "made")
    io.save_output("model", tmp_path / "made/a.txt")
    assert (execution.path / "outputs/folder/a.txt").read_text() == "a"
    assert (execution.path / "outputs/model").read_text() == "a"
    assert sorted(os.listdir(execution.path / "outputs")) == ["folder", "model"]


def test_what_was_written_in_place_may_be_named_as_the_output(execution: ExecutionDirectory) -> None:
    io.output_path("model").write_text("mine")
    io.save_output("model", io.output_path("model"))
    (io.output_path("folder") / "x").write_text("x")
    io.save_output("folder", io.output_path("folder"))
    assert (execution.path / "outputs/model").read_text() == "mine"
    assert (execution.path / "outputs/folder/x").read_text() == "x"


def test_the_configuration_is_a_copy(execution: ExecutionDirectory) -> None:
    io.get_config()["layers"].append(3)
    assert io.get_config() == {"lr": 0.1, "layers": [1, 2]}
    assert io.get_seed() == 7


def test_outside_a_run_the_error_says_how_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOLDFISH_DIRECTORY", raising=False)
    forget()
    with pytest.raises(io.OutsideRun, match="goldfish run WORKSPACE"):
        io.get_config()


def test_an_order_of_another_protocol_is_not_guessed_at(execution: ExecutionDirectory) -> None:
    execution.order["protocol"] = 2
    execution.write_order()
    with pytest.raises(io.OutsideRun, match="protocol 2"):
        io.get_config()
