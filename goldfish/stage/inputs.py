"""What a stage is given: inputs, configuration, seed."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

from goldfish.stage.order import current, unknown


def input_path(name: str) -> Path:
    """Where the bytes of an input are, to be read only. Raises `ValueError` for an undeclared name."""
    return Path(_declared(name)[0])


def load_input(name: str) -> Any:
    """An input as the object its type stands for. Raises `ValueError` for an undeclared name.

    npy: numpy array, never unpickled. npz: a mapping of such arrays. parquet: pyarrow.Table. csv: pandas DataFrame when
    pandas is installed, else pyarrow.Table. json: what JSON says. file and directory: their Path. An input with a
    loader is what that function makes of its path.
    """
    path, kind = _declared(name)
    order = current()
    if name in order.loaders:
        from goldfish.stage.loaders import load

        return load(order, name, Path(path))
    match kind:
        case "npy" | "npz":
            return importlib.import_module("numpy").load(path, allow_pickle=False)
        case "parquet":
            return importlib.import_module("pyarrow.parquet").read_table(path)
        case "csv" if importlib.util.find_spec("pandas"):
            return importlib.import_module("pandas").read_csv(path)
        case "csv":
            return importlib.import_module("pyarrow.csv").read_csv(path)
        case "json":
            return json.loads(Path(path).read_bytes())
        case _:
            return Path(path)


def get_config() -> dict[str, Any]:
    """The resolved configuration of this stage; a copy, to be changed at will."""
    return copy.deepcopy(current().config)


def get_seed() -> int | None:
    """The seed of this run, or None.

    goldfish seeds `random` and sets PYTHONHASHSEED with it. Seed numpy, torch and others yourself:
    `numpy.random.default_rng(get_seed())`.
    """
    return current().seed


def _declared(name: str) -> tuple[str, str]:
    order = current()
    if name not in order.inputs:
        raise unknown("input", name, order.inputs)
    return order.inputs[name]
