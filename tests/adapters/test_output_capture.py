"""Outputs are taken as what they are declared to be, or refused in a sentence; nothing is followed or executed."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import JsonValue

from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.output_capture import FileCapture
from goldfish.domain.names import ExecutionId
from goldfish.domain.values import SUFFIX, Limits, OutputPlan, SignalType, StagePlan
from goldfish.ports import Captured, LaunchOrder


class Bench:
    """One execution's directory, and what is captured from it."""

    def __init__(self, root: Path) -> None:
        self.directory = root / "execution"
        self.outputs = self.directory / "outputs"
        self.outputs.mkdir(parents=True)
        self.artifacts = FileArtifacts(root / "artifacts")
        self.capture = FileCapture(self.artifacts)

    def order(self, *outputs: OutputPlan, limit: int = 1 << 30) -> LaunchOrder:
        stage = StagePlan(name="train", module="m.py", outputs=list(outputs), limits=Limits(outputs=limit))
        return LaunchOrder(ExecutionId("run-1/train"), 1, stage, self.directory, self.directory / "code", {})

    def take(self, kind: SignalType, limit: int = 1 << 30) -> Captured:
        [captured] = self.capture.outputs(self.order(OutputPlan(name="out", type=kind), limit=limit))
        return captured

    def path(self, kind: SignalType) -> Path:
        return self.outputs / f"out{SUFFIX[kind]}"

    def refusal(self, kind: SignalType, data: bytes | None = None, limit: int = 1 << 30) -> str:
        if data is not None:
            self.path(kind).write_bytes(data)
        captured = self.take(kind, limit)
        assert captured.stored is None
        assert captured.refused is not None
        return captured.refused

    def described(self, kind: SignalType, data: bytes | None = None) -> Mapping[str, JsonValue]:
        if data is not None:
            self.path(kind).write_bytes(data)
        captured = self.take(kind)
        assert captured.refused is None
        assert captured.stored is not None
        return captured.described


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# ── what is missing ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_optional_output_that_was_not_written_is_passed_over(bench: Bench) -> None:
    plans = [OutputPlan(name="a", type="json"), OutputPlan(name="b", type="json", optional=True)]
    (bench.outputs / "a.json").write_text("1")
    assert [c.name for c in bench.capture.outputs(bench.order(*plans))] == ["a"]
    (bench.outputs / "b.json").write_text("no json")
    assert [c.stored is None for c in bench.capture.outputs(bench.order(*plans))] == [False, True]


def module(bench: Bench, source: str) -> None:
    (bench.directory / "code").mkdir()
    (bench.directory / "code/m.py").write_text(source)


@pytest.mark.parametrize("source", ["", "def train():\n    pass\n", "def run():\n    def main():\n        pass\n"])
def test_a_module_without_main_that_wrote_nothing_is_told_so(bench: Bench, source: str) -> None:
    module(bench, source)
    assert bench.refusal("json") == (
        "it was not written; the stage wrote: nothing. m.py defines no main(), which goldfish calls"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def main():\n    pass\n",
        "main = print\n",
        "if True:\n    main = 1\n",
        "from lib import main\n",
        "from lib import *\n",
    ],
)
def test_a_module_with_main_that_wrote_nothing_gets_no_such_hint(bench: Bench, source: str) -> None:
    module(bench, source)
    assert "main()" not in bench.refusal("json")


def test_a_module_that_wrote_something_gets_no_such_hint(bench: Bench) -> None:
    module(bench, "pass")
    (bench.outputs / "b.json").write_text("1")
    plans = [OutputPlan(name="a", type="json"), OutputPlan(name="b", type="json")]
    assert "main()" not in str([c.refused for c in bench.capture.outputs(bench.order(*plans))])


# ── what is taken ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3), "f4"), np.array(5), np.zeros((0, 4)), np.array(["a"]), np.zeros(2, "i4,f8")]
)
def test_an_array_is_described_by_its_header(
    bench: Bench, array: np.ndarray[tuple[int, ...], np.dtype[np.void]]
) -> None:
    np.save(bench.path("npy"), array)
    assert bench.described("npy") == {"shape": list(array.shape), "dtype": str(array.dtype)}


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        (b"x,y\n1,2\n3,4\n", ["x", "y"], 2),
        (b"x,y\r\n1,2", ["x", "y"], 1),
        (b'x,"y\nz"\n1,"2\n3"\n\n', ["x", "y\nz"], 1),
        ("\ufeffé\n1\n".encode(), ["é"], 1),
    ],
)
def test_a_table_of_text_is_described_by_its_header_row(
    bench: Bench, data: bytes, columns: list[str], rows: int
) -> None:
    described = bench.described("csv", data)
    assert (described["columns"], described["rows"]) == (columns, rows)


def test_a_wide_table_is_described_within_bounds(bench: Bench) -> None:
    described = bench.described("csv", ",".join(f"c{n}" for n in range(1500)).encode())
    assert len(described["columns"]) == 1000  # type: ignore[arg-type]  # a list, as the test above shows
    assert described["columns_left_out"] == 500


def test_a_parquet_file_is_described_by_its_footer(bench: Bench) -> None:
    pq.write_table(pa.table({"x": [1, 2, 3], "s": [{"a": 1}] * 3}), bench.path("parquet"))
    dtypes = {"x": "int64", "s": "struct<a: int64>"}
    assert bench.described("parquet") == {"columns": ["x", "s"], "dtypes": dtypes, "rows": 3}


def test_the_columns_of_parquet_have_the_types_that_contracts_name(bench: Bench) -> None:
    table = {"f": pa.array([0.5], "float32"), "d": pa.array([0.5]), "s": pa.array(["a"]), "b": pa.array([True])}
    pq.write_table(pa.table(table), bench.path("parquet"))
    assert bench.described("parquet")["dtypes"] == {"f": "float32", "d": "float64", "s": "str", "b": "bool"}


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1", "-2", "", "9223372036854775807"], "int64"),
        (["9223372036854775808"], "float64"),
        (["1", "0.5", "1e-3", "nan", "inf"], "float64"),
        (["True", "false", ""], "bool"),
        (["1", "true"], "str"),
        (["1_000"], "str"),
        (["\N{ARABIC-INDIC DIGIT ONE}"], "str"),
        (["2026-01-01"], "str"),
        ([], "null"),
        (["", ""], "null"),
        (["1"] * 3000 + ["0.5"] + ["2"] * 3000, "float64"),
        (["0.5"] * 3000 + ["x"] + ["2"] * 3000, "str"),
    ],
)
def test_the_type_of_a_column_of_text_is_the_narrowest_that_takes_every_value(
    bench: Bench, values: list[str], dtype: str
) -> None:
    data = "n,x\n" + "".join(f"0,{value}\n" for value in values)
    assert bench.described("csv", data.encode())["dtypes"] == {"n": "int64" if values else "null", "x": dtype}


def test_rows_that_are_too_short_say_nothing_of_what_they_do_not_have(bench: Bench) -> None:
    assert bench.described("csv", b"a,b\n1\n2,3\n4,5,six\n")["dtypes"] == {"a": "int64", "b": "int64"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{}", "object"),
        (b"[1]", "array"),
        (b'"a"', "string"),
        (b"1.5", "number"),
        (b"true", "boolean"),
        (b"null", "null"),
    ],
)
def test_json_is_described_by_its_kind(bench: Bench, data: bytes, kind: str) -> None:
    assert bench.described("json", data) == {"kind": kind}


def test_files_are_taken_as_they_are_and_directories_with_all_their_files(bench: Bench) -> None:
    assert bench.described("file", b"\x80\x04pickle") == {}
    bench.path("file").unlink()
    (bench.path("directory") / "deep").mkdir(parents=True)
    (bench.path("directory") / "deep/a").write_text("a")
    (bench.path("directory") / "b").write_text("bb")
    captured = bench.take("directory")
    assert captured.stored is not None
    assert (captured.described, captured.stored.size) == ({"files": 2}, 3)


def test_what_is_taken_is_what_was_written(bench: Bench) -> None:
    bench.path("json").write_bytes(b'{"a": 1}')
    captured = bench.take("json")
    assert captured.stored is not None
    assert bench.artifacts.read(captured.stored.digest) == b'{"a": 1}'


# ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_output_is_refused_with_what_was_written_instead(bench: Bench) -> None:
    assert bench.refusal("npy") == "it was not written; the stage wrote: nothing"
    (bench.outputs / "odd\n\u202ename").write_text("x")
    assert bench.refusal("npy") == r"it was not written; the stage wrote: odd\n\u202ename"
    (bench.outputs / "out.json").write_text("{}")
    assert bench.refusal("npy") == "it is declared as npy (out.npy), but the stage wrote 'out.json'"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "declared as npy, but is empty"),
        (b"PK\x03\x04....", r"declared as npy, but looks like a zip archive"),
        (b"\x80\x04\x95", "declared as npy, but looks like a pickle"),
        (b"x,y\n1,2\n", "declared as npy, but begins with b'x,y"),
        (b"\x93NUMPY\x01\x00", "declared as npy, but looks like npy: EOF"),
        (b"\x93NUMPY\x07\x00", "npy of a version"),
        (b"\x93NUMPY\x01\x00\x10\x00__import__('os')", "declared as npy"),
    ],
)
def test_what_is_no_array_is_refused(bench: Bench, data: bytes, says: str) -> None:
    assert says in bench.refusal("npy", data)


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}\n", "promises 8000000000000 bytes"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}\n", "promises -8 bytes"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", "pickled Python objects"),
        ("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}\n", "pickled Python objects"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': ()}\n", "promises 8 bytes"),
        ("{'descr': '<f8'}\n", "declared as npy"),
    ],
)
def test_a_header_that_lies_is_refused(bench: Bench, text: str, says: str) -> None:
    assert says in bench.refusal("npy", header(text) + b"1234")


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("csv", b"", "no header row"),
        ("csv", b"\n1,2\n", "no header row"),
        ("csv", b"x\n\xff\n", "not UTF-8"),
        ("csv", b"x\n\0\n", "NUL"),
        ("csv", b'x\n"open\n', "cannot be read"),
        ("parquet", b"PAR1", "declared as parquet, but looks like parquet"),
        ("parquet", b"x,y\n1,2\n1,2\n", "declared as parquet, but begins with b'x,y"),
        ("parquet", b"PAR1" + b"\0" * 8 + b"\xff\xff\xff\x7fPAR1", "footer is longer"),
        ("parquet", b"PAR1" + b"\0" * 8 + b"\x04\0\0\0PAR1", "cannot be read"),
        ("json", b"", "declared as json, but is empty"),
        ("json", b'{"loss": NaN}', "NaN, which JSON does not have"),
        ("json", b"[1,", "declared as json"),
        ("json", b"\xff", "declared as json"),
        ("json", b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_not_of_its_type_is_refused(bench: Bench, kind: SignalType, data: bytes, says: str) -> None:
    assert says in bench.refusal(kind, data)


def test_a_directory_for_a_file_and_a_file_for_a_directory_are_refused(bench: Bench) -> None:
    bench.path("file").mkdir()
    assert bench.refusal("file") == "it is declared as file, but 'out' is a directory"
    bench.path("file").rmdir()
    assert bench.refusal("directory", b"x") == "it is declared as directory, but 'out' is a file"


def test_a_link_is_refused_wherever_it_leads(bench: Bench) -> None:
    bench.path("file").symlink_to("/etc/shadow")
    assert bench.refusal("file") == "it is declared as file, but 'out' is a link"
    bench.path("file").unlink()
    bench.path("directory").mkdir()
    (bench.path("directory") / "deep").mkdir()
    (bench.path("directory") / "deep/shadow").symlink_to("/etc/shadow")
    assert bench.refusal("directory") == "'out/deep/shadow' in it is a link"


def test_a_link_in_place_of_the_outputs_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/out").write_text("secret")
    bench.outputs.rmdir()
    bench.outputs.symlink_to(tmp_path / "elsewhere")
    assert bench.refusal("file") == "it was not written; the stage wrote: nothing"


def test_a_FIFO_and_a_socket_are_refused_without_waiting(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: N802  # FIFO is its name
    os.mkfifo(bench.path("file"))
    assert bench.refusal("file") == "it is declared as file, but 'out' is a FIFO"
    os.unlink(bench.path("file"))
    monkeypatch.chdir(bench.outputs)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("out")
        assert bench.refusal("file") == "it is declared as file, but 'out' is a socket"


def test_a_sparse_terabyte_is_refused_before_it_is_read(bench: Bench) -> None:
    with bench.path("file").open("wb") as file:
        file.truncate(1 << 40)
    began = time.monotonic()
    assert bench.refusal("file").startswith("it holds 1099511627776 bytes, and only")
    assert time.monotonic() - began < 1


def test_the_limit_counts_all_outputs_together(bench: Bench) -> None:
    for name in ("a", "b"):
        (bench.outputs / name).write_bytes(bytes(6000))
    plans = [OutputPlan(name=name, type="file") for name in ("a", "b")]
    first, second = bench.capture.outputs(bench.order(*plans, limit=10_000))
    assert first.refused is None
    assert second.refused == "it holds 8192 bytes, and only 4000 are left of the limit"


# ── log and artifacts ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_is_kept_with_what_was_left_out_of_it(bench: Bench) -> None:
    order = bench.order()
    assert bench.capture.log(order) is None
    (bench.directory / "log.txt").write_text("hello")
    log = bench.capture.log(order)
    assert log is not None
    assert (log.kept, log.written) == (5, 5)
    (bench.directory / "log.json").write_text('{"kept": 5, "written": 700}')
    log = bench.capture.log(order)
    assert log is not None
    assert (log.kept, log.written) == (5, 700)


@pytest.mark.parametrize("content", ["", "[]", '{"written": "many"}', '{"written": -4}', "\0" * 9000])
def test_nonsense_about_the_log_is_not_believed(bench: Bench, content: str) -> None:
    (bench.directory / "log.txt").write_text("hello")
    (bench.directory / "log.json").write_text(content)
    log = bench.capture.log(bench.order())
    assert log is not None
    assert log.written == 5


def test_a_log_that_became_a_link_is_not_read(bench: Bench) -> None:
    (bench.directory / "log.txt").symlink_to("/etc/shadow")
    assert bench.capture.log(bench.order()) is None


def test_artifacts_are_taken_by_name_and_the_last_one_counts(bench: Bench) -> None:
    folder = bench.directory / "artifacts"
    folder.mkdir()
    lines = []
    for number, (name, text) in enumerate([("plot", "old"), ("a/b.txt", "b"), ("plot", "new")]):
        (folder / f"{number:016x}").write_text(text)
        lines.append(json.dumps({"name": name, "file": f"{number:016x}", "type": "file"}))
    (folder / ("f" * 16)).symlink_to("/etc/shadow")
    lines += [
        json.dumps({"name": "shadow", "file": "f" * 16}),
        json.dumps({"name": "passwd", "file": "../../../etc/passwd"}),
        json.dumps({"name": "a\nb", "file": "0" * 16}),
        json.dumps({"name": "gone", "file": "e" * 16}),
        '"text"',
        "{torn",
    ]
    (folder / "index.jsonl").write_text("\n".join(lines))
    taken = {name: bench.artifacts.read(stored.digest) for name, stored in bench.capture.artifacts(bench.order())}
    assert taken == {"plot": b"new", "a/b.txt": b"b"}


def test_without_artifacts_there_are_none(bench: Bench) -> None:
    assert list(bench.capture.artifacts(bench.order())) == []
