"""Arrays by name (npz): what the archive's directory and each array's header say. Nothing more is unpacked.

An archive is small, and may say that it becomes anything when it is unpacked; so its directory is read first, and
believed only where it fits the file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

_MOST_MEMBERS = 10_000
_LARGEST_DIRECTORY = 16 << 20  # bytes
_MOST_DESCRIBED = 1_000
_LONGEST_HEADER = 70_000  # bytes of an array's header, more than version 1 allows
_SMALL = 256 << 20  # bytes; what unpacks to no more than this is no bomb
_LARGEST_RATIO = 100  # unpacked : packed, beyond that size
_ENCRYPTED = 1
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(struct.error, UnicodeDecodeError, OverflowError),
)

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")


class NotArrays(ValueError):
    """The file is no archive of arrays, or one that had better not be unpacked; the text says why."""


def describe_npz(path: Path) -> dict[str, JsonValue]:
    """The shape and dtype of each array. Raises `NotArrays`."""
    size = path.stat().st_size
    _refuse_a_large_directory(path, size)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_what_numpy_would_not_write(members)
            _refuse_a_bomb(members, size)
            arrays = {member.filename.removesuffix(".npy"): _described(archive, member) for member in members}
    except _BROKEN as error:
        raise NotArrays(f"it is declared as npz, but cannot be read: {str(error)[:200]}") from error
    shown = dict(sorted(arrays.items())[:_MOST_DESCRIBED])
    described: dict[str, JsonValue] = {"arrays": {**shown}}
    return {**described, "arrays_left_out": len(arrays) - len(shown)} if len(arrays) > len(shown) else described


def _refuse_a_large_directory(path: Path, size: int) -> None:
    """Look at the end of the file, before anything is read that could be long."""
    with path.open("rb") as file:
        file.seek(max(0, size - _END.size - (1 << 16)))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0 or len(tail) - place < _END.size:
            raise NotArrays("it is declared as npz, but has no directory of a zip archive at its end")
        *_, members, length, _, _ = _END.unpack_from(tail, place)
        before = place - _LOCATOR.size
        if before >= 0 and tail[before : before + 4] == b"PK\x06\x07":
            _, _, start, _ = _LOCATOR.unpack_from(tail, before)
            file.seek(min(start, size))
            record = file.read(_END_64.size)
            if len(record) < _END_64.size:
                raise NotArrays("it is declared as npz, but its directory is not where it says")
            *_, members, length, _ = _END_64.unpack(record)
    if members > _MOST_MEMBERS or length > _LARGEST_DIRECTORY:
        raise NotArrays(f"its directory names {members} arrays in {length} bytes, more than goldfish reads")


def _refuse_what_numpy_would_not_write(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise NotArrays(f"it holds {ascii(twice)[:80]} twice")
    if len(names) > _MOST_MEMBERS:
        raise NotArrays(f"it holds {len(names)} arrays, more than {_MOST_MEMBERS}")
    for member in members:
        name = ascii(member.filename)[:80]
        if not member.filename.endswith(".npy") or "\0" in member.filename:
            raise NotArrays(f"it is declared as npz, but holds {name}, which is no array")
        if member.flag_bits & _ENCRYPTED:
            raise NotArrays(f"{name} in it is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotArrays(f"{name} in it is compressed in a way that numpy does not use")


def _refuse_a_bomb(members: list[zipfile.ZipInfo], size: int) -> None:
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if packed > size:
        raise NotArrays(f"its arrays take {packed} bytes, and the file has {size}: they lie upon each other")
    if unpacked > max(_SMALL, _LARGEST_RATIO * size):
        raise NotArrays(f"its {size} bytes would unpack to {unpacked}; write it uncompressed, with numpy.savez")


def _described(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> JsonValue:
    from numpy.lib import format as npy

    name = ascii(member.filename)[:80]
    with archive.open(member) as file:
        head = io.BytesIO(file.read(_LONGEST_HEADER))
    try:
        version = npy.read_magic(head)
        shape, _, dtype = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version](head)
    except KeyError:
        raise NotArrays(f"{name} in it is npy of a version that goldfish does not read") from None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise NotArrays(f"{name} in it is no array: {str(error).partition(chr(10))[0][:200]}") from error
    if dtype.hasobject:
        raise NotArrays(f"{name} in it holds pickled Python objects")
    expected = dtype.itemsize
    for length in shape:
        expected *= length
    held = member.file_size - head.tell()
    if any(length < 0 for length in shape) or expected != held:
        raise NotArrays(f"{name} in it promises {expected} bytes of data {shape} {dtype}, and holds {held}")
    return {"shape": list(shape), "dtype": str(dtype)}
