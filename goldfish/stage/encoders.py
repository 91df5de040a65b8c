"""From Python objects to the bytes of a declared type. Told by duck typing, so that nothing heavy is imported."""

from __future__ import annotations

import csv
import functools
import importlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def for_type(name: str, kind: str) -> Callable[[Any, str], None]:
    """The function that writes an object as `kind` to a path. `name` is for its error messages."""
    return functools.partial(_ENCODERS[kind], name)


def _npy(name: str, data: Any, path: str) -> None:
    if not hasattr(data, "__array__"):
        raise _wrong(name, "npy", data, "an array: wrap it in numpy.asarray(…)")
    numpy = importlib.import_module("numpy")
    array = numpy.asarray(data)
    if array.dtype.hasobject:
        raise TypeError(
            f"the output {name!r} holds Python objects (dtype {array.dtype}). Convert it: .astype(float), or str."
        )
    with open(path, "wb") as file:
        numpy.save(file, array, allow_pickle=False)


def _npz(name: str, data: Any, path: str) -> None:
    """Stored, not compressed, with the same bytes for the same arrays."""
    if not isinstance(data, Mapping) or not all(hasattr(array, "__array__") for array in data.values()):
        raise _wrong(name, "npz", data, "a dict of arrays by name: {'x': numpy.asarray(…)}")
    numpy, npy = importlib.import_module("numpy"), importlib.import_module("numpy.lib.format")
    with importlib.import_module("zipfile").ZipFile(path, "w", allowZip64=True) as archive:
        for key, given in data.items():
            array = numpy.asarray(given)
            if not isinstance(key, str) or not key or "\0" in key:
                raise TypeError(f"the output {name!r} has an array under {key!r}. Name each by text.")
            if array.dtype.hasobject:
                raise TypeError(
                    f"the array {key!r} of the output {name!r} holds Python objects (dtype {array.dtype}). "
                    "Convert it: .astype(float), or str."
                )
            with archive.open(f"{key}.npy", "w", force_zip64=True) as file:
                npy.write_array(file, array, allow_pickle=False)


def _csv(name: str, data: Any, path: str) -> None:
    if _is_frame(data):
        data.to_csv(path, index=False)
    elif _is_table(data):
        importlib.import_module("pyarrow.csv").write_csv(data, path)
    elif _is_rows(data):
        columns = list(dict.fromkeys(key for row in data for key in row))
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(data)
    else:
        raise _wrong(name, "csv", data, _TABULAR)


def _parquet(name: str, data: Any, path: str) -> None:
    pyarrow = importlib.import_module("pyarrow")
    if _is_frame(data):
        data = pyarrow.Table.from_pandas(data, preserve_index=False)
    elif _is_rows(data):
        data = pyarrow.Table.from_pylist(data)
    elif not _is_table(data):
        raise _wrong(name, "parquet", data, _TABULAR)
    importlib.import_module("pyarrow.parquet").write_table(data, path)


def _json(name: str, data: Any, path: str) -> None:
    try:
        text = json.dumps(data, allow_nan=False, ensure_ascii=False, default=_plain)
    except ValueError as error:
        raise ValueError(f"the output {name!r} is no JSON: {error}. Replace NaN and infinity by None.") from error
    except TypeError as error:
        raise TypeError(f"the output {name!r} is no JSON: {error}. Use dicts, lists, text and numbers.") from error
    with open(path, "wb") as file:
        file.write(text.encode("utf-8"))


def _file(name: str, data: Any, path: str) -> None:
    if not isinstance(data, str | bytes | bytearray | memoryview):
        raise _wrong(
            name, "file", data, "bytes, text or a Path: goldfish pickles nothing, write it with its own library"
        )
    with open(path, "wb") as file:
        file.write(data.encode("utf-8") if isinstance(data, str) else data)


def _directory(name: str, data: Any, _path: str) -> None:
    raise _wrong(name, "directory", data, "the Path of a directory, or write into output_path(…)")


_TABULAR = "a pyarrow.Table, a pandas DataFrame or a list of dicts"
_ENCODERS: dict[str, Callable[[str, Any, str], None]] = {
    "npy": _npy,
    "npz": _npz,
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
    "file": _file,
    "directory": _directory,
}


def _plain(value: Any) -> Any:
    """numpy's scalars and arrays as Python's; other objects are the caller's mistake."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _is_frame(data: Any) -> bool:
    return hasattr(data, "to_csv") and hasattr(data, "iloc")


def _is_table(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pyarrow" and hasattr(data, "schema")


def _is_rows(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(row, dict) for row in data)


def _wrong(name: str, kind: str, data: object, fix: str) -> TypeError:
    return TypeError(f"the output {name!r} is declared as {kind}, but was given {type(data).__name__}. Pass {fix}.")
