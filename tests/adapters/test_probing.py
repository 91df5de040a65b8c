"""Looking into data that nobody vouches for: what it says, and what it cannot do."""

from __future__ import annotations

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldfish.adapters.output_capture import ChildProber, formats, looking, probing

PROBER = ChildProber()


def probe(path: Path, kind: Any = None) -> dict[str, Any]:
    return PROBER.probe(path, kind or PROBER.guess(path))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.npy", "npy"), ("a.NPZ", "npz"), ("a.csv", "csv"), ("a.parquet", "parquet"), ("a.json", "json"), ("a", "file")],
)
def test_a_type_is_guessed_from_the_name(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert PROBER.guess(tmp_path / name) == kind
    assert PROBER.guess(tmp_path) == "directory"


def test_arrays_say_shape_dtype_and_first_values(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1.5, np.nan], [np.inf, 4.0]]))
    assert probe(tmp_path / "a.npy") == {"shape": [2, 2], "dtype": "float64", "sample": [1.5, "nan", "inf", 4.0]}
    np.savez_compressed(tmp_path / "z.npz", x=np.arange(100), y=np.array(["a", "b"]))
    found = probe(tmp_path / "z.npz")
    assert found["sample"] == {"x": [0, 1, 2, 3, 4, 5, 6, 7], "y": ["a", "b"]}


def test_tables_say_columns_types_rows_and_first_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None], "c": [[1], []]}), tmp_path / "t.parquet")
    found = probe(tmp_path / "t.parquet")
    assert (found["columns"], found["rows"]) == (["a", "b", "c"], 2)
    assert found["sample"] == [[1, "x", "[1]"], [2, None, "[]"]]
    (tmp_path / "t.csv").write_text('a,b\n1,"two\nlines"\n')
    assert probe(tmp_path / "t.csv")["sample"] == [["1", "two\nlines"]]


def test_texts_are_cut(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n" + "x" * 10_000 + "\n" + "1\n" * 100)
    sample = probe(tmp_path / "t.csv")["sample"]
    assert (len(sample), len(sample[0][0])) == (5, 80)
    (tmp_path / "t.json").write_text(json.dumps({"k" * 500: ["v" * 500] * 100}))
    assert len(json.dumps(probe(tmp_path / "t.json"))) < 400
    (tmp_path / "t.txt").write_text("one\ntwo\n")
    assert probe(tmp_path / "t.txt") == {"sample": ["one", "two"]}
    (tmp_path / "t.bin").write_bytes(bytes(range(256)))
    assert probe(tmp_path / "t.bin") == {}


def test_a_long_table_is_read_from_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LARGEST_WHOLE", 1000)
    monkeypatch.setattr(looking, "_HEADS", (1000,))
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 1000)
    found = looking._described(tmp_path / "t.csv", "csv", True)
    assert (found["columns"], found["rows_at_least"]) == (["a", "b"], 249)


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def test_nothing_is_ever_unpickled(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    np.save(tmp_path / "a.npy", np.array([Bomb(mark)], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "z.npz", x=np.array([Bomb(mark)], dtype=object))
    (tmp_path / "p.json").write_bytes(pickle.dumps(Bomb(mark)))
    for name in ("a.npy", "z.npz", "p.json"):
        found = probe(tmp_path / name)
        assert not found.get("sample") or found["sample"] == {"x": []}
    assert not mark.exists()


def test_a_lying_array_takes_no_memory(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"12345678")
    assert "promises" in probe(tmp_path / "a.npy")["problem"]


def test_an_archive_that_would_fill_the_memory_is_only_looked_into(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 27,)})
        for _ in range(64):
            file.write(bytes(1 << 20))
    found = probe(tmp_path / "z.npz")
    assert found.get("problem") or found["sample"] == {"x": [0.0] * 8}


@pytest.mark.parametrize("kind", ["npy", "npz", "csv", "parquet", "json", "file"])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\x93NUMPY\x09\x09", b"PK\x03\x04" + b"x" * 50, b"[" * 100_000])
def test_nonsense_is_a_problem_and_never_an_error(tmp_path: Path, kind: Any, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    found = probe(tmp_path / "x", kind)
    assert isinstance(found, dict)
    json.dumps(found, allow_nan=False)


def test_a_crash_or_endless_work_ends_with_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    monkeypatch.setattr(probing, "_PROGRAM", "import os; os.abort() #{!r}")
    assert "SIGABRT" in probe(tmp_path / "t.parquet")["problem"]
    with pytest.raises(formats.NotThisFormat, match="given up"):
        probing.describe(tmp_path / "t.parquet", "parquet")
    monkeypatch.setattr(probing, "_PROGRAM", "import time; time.sleep(60) #{!r}")
    monkeypatch.setattr(probing, "SECONDS", 0.2)
    assert "SIGKILL" in probe(tmp_path / "t.parquet")["problem"]


def test_the_child_takes_limits_upon_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    asked = """if True:
        import json, resource, sys
        sys.path.append({!r})
        from goldfish.adapters.output_capture import looking
        looking._say = lambda _: None
        looking.main()
        memory, core = resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CORE)
        print(json.dumps(dict(memory=memory[0], core=core[0])))
    """
    monkeypatch.setattr(probing, "_PROGRAM", asked)
    assert probe(tmp_path / "t.csv") == {"memory": looking.MEMORY, "core": 0}


def test_what_stands_under_the_name_of_a_secret_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("user,password, api_key\nada,pw,abc\nbob,,x,more\n")
    assert probe(tmp_path / "t.csv")["sample"] == [["ada", "⟨secret⟩", "⟨secret⟩"], ["bob", "", "⟨secret⟩", "more"]]
    pq.write_table(pa.table({"user": ["ada"], "password": ["pw"], "secret": [7]}), tmp_path / "t.parquet")
    found = probe(tmp_path / "t.parquet")
    assert found["sample"] == [["ada", "⟨secret⟩", "⟨secret⟩"]]
    assert found["dtypes"] == {"user": "str", "password": "str", "secret": "int64"}
    (tmp_path / "t.json").write_text(json.dumps({"db": {"host": "h", "password": "pw"}, "api_key": 7}))
    assert probe(tmp_path / "t.json")["sample"] == {"db": "[host: h, password: ⟨secret⟩]", "api_key": "⟨secret⟩"}
    np.savez(tmp_path / "t.npz", password=np.array(["pw"]), x=np.array([1]))
    assert probe(tmp_path / "t.npz")["sample"] == {"password": ["⟨secret⟩"], "x": [1]}
