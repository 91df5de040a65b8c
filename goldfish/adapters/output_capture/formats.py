"""Whether bytes are what they are declared to be, told from header and shape; nothing in them is ever executed.

Each function takes a stored file and returns what its header says, or raises `NotThisFormat` with a sentence.
"""

from __future__ import annotations

import csv
import io
import json
import struct
from typing import TYPE_CHECKING, NoReturn

from goldfish.adapters.output_capture.dtypes import Columns, of_arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pydantic import JsonValue

    from goldfish.domain.values import SignalType

_LARGEST_JSON = 64 << 20  # bytes
_LARGEST_LINE = 16 << 20  # characters of one line of CSV
_LARGEST_FOOTER = 64 << 20  # bytes of Parquet metadata
_ROWS = 1_024  # of CSV that are held at once
_MOST_COLUMNS = 1_000  # names that are described


class NotThisFormat(ValueError):
    """The file is not of its declared type."""


def describe(path: Path, kind: SignalType) -> dict[str, JsonValue]:
    """What a stored file of this type says of itself. Raises `NotThisFormat`."""
    return _FORMATS[kind](path) if kind in _FORMATS else {}


def _npy(path: Path) -> dict[str, JsonValue]:
    from numpy.lib import format as npy

    with path.open("rb") as file:
        try:
            version = npy.read_magic(file)
            read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, _, dtype = read_header(file)
        except KeyError:
            raise NotThisFormat("it is npy of a version that goldfish does not read") from None
        except (ValueError, TypeError, SyntaxError, EOFError, RecursionError, MemoryError) as error:
            raise NotThisFormat(f"it is declared as npy, but {_looks_like(path)}: {_first_line(error)}") from error
        if dtype.hasobject:
            raise NotThisFormat("its npy header says that it holds pickled Python objects")
        expected = dtype.itemsize
        for length in shape:
            expected *= length
        held = path.stat().st_size - file.tell()
    if any(length < 0 for length in shape) or expected != held:
        raise NotThisFormat(f"its npy header promises {expected} bytes of data {shape} {dtype}, the file holds {held}")
    return {"shape": list(shape), "dtype": str(dtype)}


def _npz(path: Path) -> dict[str, JsonValue]:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise NotThisFormat(f"it is declared as npz, but {_looks_like(path)}")
    from goldfish.adapters.output_capture.archives import NotArrays, describe_npz

    try:
        return describe_npz(path)
    except NotArrays as error:
        raise NotThisFormat(str(error)) from error


def _csv(path: Path) -> dict[str, JsonValue]:
    with path.open(encoding="utf-8-sig", errors="strict", newline="") as file:
        try:
            lines = _Lines(file)
            rows = csv.reader(lines, strict=True)
            columns = next(rows, [])
            if not any(columns):
                raise NotThisFormat("it is declared as csv, but has no header row")
            guessed = Columns(columns, _MOST_COLUMNS)
            count = 0
            for batch in lines.batches(rows):
                guessed.look(batch)
                count += len(batch)
        except UnicodeDecodeError as error:
            why = f"it is declared as csv, but {_looks_like(path)}: it is not UTF-8 at byte {error.start}"
            raise NotThisFormat(why) from error
        except csv.Error as error:
            raise NotThisFormat(f"it is declared as csv, but cannot be read: {error}") from error
    return _table(columns, guessed.dtypes, count)


class _Lines:
    """The lines of a CSV file, none longer than the limit; and its rows in batches that fit into memory."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._held = 0  # characters since the last batch

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(_LARGEST_LINE):
            if len(line) == _LARGEST_LINE:
                raise NotThisFormat(
                    f"it is declared as csv, but has a line longer than {_LARGEST_LINE >> 20} Mi characters"
                )
            if "\0" in line:
                raise NotThisFormat("it is declared as csv, but holds NUL characters")
            self._held += len(line)
            yield line

    def batches(self, rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
        """The rows that are not empty."""
        batch: list[list[str]] = []
        for row in rows:
            if row:
                batch.append(row)
            if len(batch) == _ROWS or self._held > _LARGEST_LINE:
                yield batch
                batch, self._held = [], 0
        yield batch


def _parquet(path: Path) -> dict[str, JsonValue]:
    import pyarrow
    import pyarrow.parquet

    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = file.read(4)
        file.seek(max(0, size - 8))
        end = file.read(8)
    if size < 12 or start != b"PAR1" or end[4:] != b"PAR1":
        raise NotThisFormat(f"it is declared as parquet, but {_looks_like(path)}")
    if struct.unpack("<I", end[:4])[0] > min(_LARGEST_FOOTER, size - 12):
        raise NotThisFormat("it is declared as parquet, but its footer is longer than the file or than 64 MiB")
    try:
        metadata = pyarrow.parquet.read_metadata(path)
        fields = list(metadata.schema.to_arrow_schema())
    except (pyarrow.ArrowException, OSError) as error:
        raise NotThisFormat(f"it is declared as parquet, but cannot be read: {_first_line(error)}") from error
    dtypes = {field.name: of_arrow(str(field.type))[:200] for field in fields[:_MOST_COLUMNS]}
    return _table([field.name for field in fields], dtypes, metadata.num_rows)


def _json(path: Path) -> dict[str, JsonValue]:
    size = path.stat().st_size
    if size > _LARGEST_JSON:
        raise NotThisFormat(f"it holds {size} bytes of json, more than {_LARGEST_JSON >> 20} MiB; declare it as file")
    try:
        value = json.loads(path.read_bytes().decode("utf-8"), parse_constant=_no_number)
    except RecursionError as error:
        raise NotThisFormat("it is declared as json, but is nested too deeply") from error
    except NotThisFormat:
        raise
    except ValueError as error:
        raise NotThisFormat(f"it is declared as json, but {_looks_like(path)}: {_first_line(error)}") from error
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return {"kind": kinds.get(type(value), "null")}


def _no_number(word: str) -> NoReturn:
    raise NotThisFormat(f"it is declared as json, but holds {word}, which JSON does not have; write null")


_FORMATS: dict[SignalType, Callable[[Path], dict[str, JsonValue]]] = {
    "npy": _npy,
    "npz": _npz,
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
}


def _table(columns: list[str], dtypes: dict[str, str], rows: int) -> dict[str, JsonValue]:
    described: dict[str, JsonValue] = {"columns": [*columns[:_MOST_COLUMNS]], "dtypes": {**dtypes}, "rows": rows}
    if len(columns) > _MOST_COLUMNS:
        described["columns_left_out"] = len(columns) - _MOST_COLUMNS
    return described


_BEGINNINGS = {
    b"": "is empty",
    b"\x93NUMPY": "looks like npy",
    b"PAR1": "looks like parquet",
    b"PK\x03\x04": "looks like a zip archive (npz, or a torch checkpoint)",
    b"\x80\x04": "looks like a pickle",
    b"\x80\x05": "looks like a pickle",
    b"\x1f\x8b": "looks like gzip",
    b"\x89HDF": "looks like HDF5",
    b"ARROW1": "looks like Arrow",
}


def _looks_like(path: Path) -> str:
    """What the file seems to be, for a sentence that names both types."""
    with path.open("rb") as file:
        start = file.read(4096)
    for beginning, what in _BEGINNINGS.items():
        if start.startswith(beginning) if beginning else not start:
            return what
    return f"begins with {start[:16]!r}"


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
