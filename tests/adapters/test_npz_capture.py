"""Arrays by name are taken as what they are, or refused in a sentence; no bomb is unpacked, no pickle read."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.adapters.output_capture.formats import NotThisFormat, describe


def described(path: Path) -> dict[str, JsonValue]:
    return describe(path, "npz")


def npy(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_are_described_by_their_headers(tmp_path: Path, save: Callable[..., None]) -> None:
    save(tmp_path / "a.npz", x=np.zeros((2, 3), "f4"), y=np.array(["ab"]), empty=np.zeros((0, 4)), n=np.array(5))
    assert described(tmp_path / "a.npz") == {
        "arrays": {
            "empty": {"shape": [0, 4], "dtype": "float64"},
            "n": {"shape": [], "dtype": "int64"},
            "x": {"shape": [2, 3], "dtype": "float32"},
            "y": {"shape": [1], "dtype": "<U2"},
        }
    }


def test_an_archive_without_arrays_is_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz")
    assert described(tmp_path / "a.npz") == {"arrays": {}}


def test_many_arrays_are_described_within_bounds(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{f"a{n:04}": np.zeros(1) for n in range(1005)})
    found = described(tmp_path / "a.npz")
    assert (len(found["arrays"]), found["arrays_left_out"]) == (1000, 5)  # type: ignore[arg-type]  # a dict, as above


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"readme.txt": b"hello"}, "holds 'readme.txt', which is no array"),
        ({"../../etc/x": b""}, "which is no array"),
        ({"x.npy": b"hello"}, "'x.npy' in it is no array: "),
        ({"x.npy": b""}, "'x.npy' in it is no array: "),
        ({"x.npy": npy(np.zeros(4))[:-8]}, "'x.npy' in it promises 32 bytes of data (4,) float64, and holds 24"),
        ({"x.npy": npy(np.zeros(4)) + b"more"}, "and holds 36"),
        ({"x.npy": npy(np.array([{}], dtype=object))}, "'x.npy' in it holds pickled Python objects"),
        ({"x.npy": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b" " * 200}, "'x.npy' in it is no array"),
        ({"x.npy": b"\x93NUMPY\x09\x00" + b" " * 200}, "npy of a version"),
    ],
)
def test_what_is_no_archive_of_arrays_is_refused(tmp_path: Path, members: dict[str, bytes], says: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        described(archive(tmp_path / "a.npz", **members))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\x93NUMPY", "looks like npy"),
        (b"\x80\x04pickle", "looks like a pickle"),
        (b"PK\x03\x04" + b"\0" * 100, "no directory of a zip archive"),
        (b"PK" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 100, 0, 0), "names 60000 arrays"),
        (b"PK" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 1 << 30, 0, 0), "in 1073741824 bytes"),
        (b"PK" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 100, 0, 0), "cannot be read"),
    ],
)
def test_other_bytes_are_refused_by_what_they_look_like(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(NotThisFormat, match=says):
        described(tmp_path / "a.npz")


def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    head = npy(np.zeros(0))[:128].replace(b"(0,), }", b"(67108864,), }")[:128]  # 512 MiB of float64
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("x.npy", "w") as member:
        member.write(head)
        for _ in range(512):
            member.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    with pytest.raises(NotThisFormat, match="would unpack to 536871040; write it uncompressed"):
        described(path)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_members_that_lie_upon_each_other_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", **{"x.npy": npy(np.random.default_rng(1).normal(size=1000))})
    data = path.read_bytes()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    entries = b"".join(entry.replace(b"x.npy", b"%c.npy" % letter) for letter in b"abcdefgh")
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 8, 8, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + last)
    with pytest.raises(NotThisFormat, match="they lie upon each other"):
        described(path)


def test_an_encrypted_member_and_a_double_one_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.npz", **{"x.npy": npy(np.zeros(1))})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(NotThisFormat, match=r"'x\.npy' in it is encrypted"):
        described(path)
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as file:
        file.writestr("x.npy", npy(np.zeros(1)))
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("x.npy", npy(np.zeros(2)))
    with pytest.raises(NotThisFormat, match=r"it holds 'x\.npy' twice"):
        described(tmp_path / "b.npz")


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_archive_is_described_or_refused_and_never_worse(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    path = tmp_path_factory.mktemp("damage") / "a.npz"
    np.savez_compressed(path, x=np.arange(20), y=np.eye(3))
    data = bytearray(path.read_bytes())
    data[place % len(data)] = value
    path.write_bytes(data)
    with suppress(NotThisFormat):
        assert "arrays" in described(path)
