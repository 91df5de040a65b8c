"""What a stage hands over under the names that the pipeline declares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from goldfish.stage import encoders, files
from goldfish.stage.order import current, unknown


def output_path(name: str) -> Path:
    """Where an output is expected, for code that writes it itself. A directory is created.

    Raises `ValueError` for an undeclared name. A stage that is killed while it writes here leaves a half output;
    `save_output` does not.
    """
    path, kind = _declared(name)
    os.makedirs(path if kind == "directory" else os.path.dirname(path), exist_ok=True)
    return Path(path)


def save_output(name: str, data: Any) -> Path:
    """Write an output as its declared type, whole or not at all, and return its path. The last save counts.

    npy: an array. npz: a dict of arrays. csv, parquet: a pyarrow Table, a pandas DataFrame or a list of dicts. json:
    dicts, lists, text, numbers, and numpy's. file: bytes or text. Every type also takes a Path, which is copied, unless
    it is the output's own. Raises `TypeError` or `ValueError` naming the output and the fix.
    """
    path, kind = _declared(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, Path):
        _copy(name, data, path, kind)
    else:
        encode = encoders.for_type(name, kind)
        with files.whole(path) as temporary:
            encode(data, temporary)
    return Path(path)


def _copy(name: str, source: Path, path: str, kind: str) -> None:
    if not source.exists():
        raise ValueError(f"the output {name!r} cannot be copied: {source} does not exist.")
    if source.is_dir() != (kind == "directory"):
        found = "a directory" if source.is_dir() else "a file"
        raise TypeError(
            f"the output {name!r} is declared as {kind}, but {source} is {found}. Pass the other, or declare it so."
        )
    files.copy(str(source), path)


def _declared(name: str) -> tuple[str, str]:
    order = current()
    if name not in order.outputs:
        raise unknown("output", name, order.outputs)
    return order.outputs[name]
