"""A few values out of a file, read from its beginning only: enough to recognize it by.

Called in the process that looks into a file, after its header was found sound. What cannot be had is left out.
"""

from __future__ import annotations

import csv
import json
import math
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any

from goldfish.ledger.redaction import names_a_secret

if TYPE_CHECKING:
    from pathlib import Path

ROWS, COLUMNS, VALUES, ARRAYS = 5, 20, 8, 20
TEXT = 80  # characters of a value
HIDDEN = "⟨secret⟩"  # what stands under a name like `password`, whatever it looks like
_HEAD = 1 << 20  # bytes that are read for lines or values


def sample(path: Path, kind: str, described: dict[str, Any]) -> dict[str, Any]:
    """`{"sample": …}`, or nothing when there is nothing to show or the file cannot be read so far."""
    if "problem" in described or kind not in _SAMPLES:
        kind = "file"
    try:
        found = _SAMPLES[kind](path)
    except (OSError, ValueError, TypeError, KeyError, EOFError, ArithmeticError, RuntimeError, MemoryError, csv.Error):
        return {}  # pyarrow's errors and those of zip files are among these, too
    except zipfile.BadZipFile:
        return {}
    return {"sample": found} if found else {}


def _csv(path: Path) -> Any:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(iter(lambda: file.readline(_HEAD), ""), strict=True)
        hidden = [names_a_secret(name.strip()) for name in next(rows, [])[:COLUMNS]]
        hidden += [False] * (COLUMNS - len(hidden))
        return [
            [HIDDEN if secret and cell else _cut(cell) for cell, secret in zip(row, hidden, strict=False)]
            for row, _ in zip(rows, range(ROWS), strict=False)
        ]


def _parquet(path: Path) -> Any:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names[:COLUMNS]
        for batch in file.iter_batches(batch_size=ROWS, columns=names):
            return [[_under(name, row[name]) for name in batch.schema.names] for row in batch.to_pylist()[:ROWS]]
    return []


def _npy(path: Path) -> Any:
    with path.open("rb") as file:
        return _values(file)


def _npz(path: Path) -> Any:
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist()[:ARRAYS]:
            if name.endswith(".npy"):
                with archive.open(name) as file:
                    called = name.removesuffix(".npy")
                    found[_cut(called)] = [_under(called, value) for value in _values(file)]
    return found


def _values(file: IO[bytes]) -> list[Any]:
    """The first values of an array in the order of the file; of objects none, they are never unpickled."""
    import numpy as np
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    read_header: Callable[..., Any] = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    shape, _, dtype = read_header(file)
    if dtype.hasobject or not dtype.itemsize:
        return []
    wanted = min(VALUES, math.prod(shape), _HEAD // dtype.itemsize)
    data = file.read(wanted * dtype.itemsize)
    return [_plain(value) for value in np.frombuffer(data, dtype, count=len(data) // dtype.itemsize).tolist()]


def _json(path: Path) -> Any:
    value = json.loads(path.read_bytes())
    if isinstance(value, dict):
        return {_cut(str(key)): _under(key, item) for key, item in list(value.items())[:COLUMNS]}
    return [_plain(item) for item in value[:ROWS]] if isinstance(value, list) else _plain(value)


def _lines(path: Path) -> Any:
    """The first lines of what reads as text."""
    with path.open("rb") as file:
        head = file.read(4096)
    text = head.decode("utf-8", "strict" if len(head) < 4096 else "ignore")
    if any(ord(c) < 32 and c not in "\t\r\n" for c in text):
        return []
    return [_cut(line) for line in text.splitlines()[:ROWS]]


_SAMPLES: dict[str, Callable[[Path], Any]] = {
    "csv": _csv,
    "parquet": _parquet,
    "npy": _npy,
    "npz": _npz,
    "json": _json,
    "file": _lines,
}


def _plain(value: Any) -> Any:
    """Any value as short JSON."""
    match value:
        case None | bool():
            return value
        case int():
            return value if abs(value) < 1 << 53 else _cut(str(value)[:TEXT])
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return _cut(value)
        case dict():
            return _cut(_brief(f"{key}: {_under(str(key), item)}" for key, item in list(value.items())[:VALUES]))
        case list() | tuple():
            return _cut(_brief(str(_plain(item)) for item in value[:VALUES]))
        case _:
            return _cut(str(value))


def _under(name: str, value: Any) -> Any:
    """A value as short JSON, unless its name says that it is a secret."""
    return HIDDEN if value not in (None, "") and names_a_secret(name.strip()) else _plain(value)


def _brief(parts: Iterable[str]) -> str:
    return "[" + ", ".join(parts) + "]"


def _cut(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return clean if len(clean) <= TEXT else clean[: TEXT - 1] + "…"
