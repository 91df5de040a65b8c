"""Loaders: a function of the workspace makes an input into an object."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldfish import io
from tests.stage.conftest import ExecutionDirectory, forget


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test imports is forgotten after it."""
    before = dict(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in sys.modules.keys() - before.keys():
        del sys.modules[name]


def load(
    execution: ExecutionDirectory, code: str | None, script: str = "loaders/own.py", function: str = "load"
) -> Any:
    """The input `model`, loaded by this code."""
    execution.order["inputs"]["model"]["loader"] = {"script": script, "function": function}
    execution.write_order()
    forget()
    (execution.path / "inputs/model").write_text("weights")
    path = execution.path / "code" / script
    path.parent.mkdir(exist_ok=True)
    if code is not None:
        path.write_text(code)
    return io.load_input("model")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def load(path):\n    return path.read_text()\n", "weights"),
        ("def load(path, config):\n    return path.read_text(), config['lr']\n", ("weights", 0.1)),
        ("def load(path, config=None):\n    return config['lr']\n", 0.1),
        ("def load(path, *, mode='r'):\n    return mode\n", "r"),
        ("def load(*given):\n    return len(given)\n", 2),
        ("class load:\n    def __init__(self, path):\n        self.name = path.name\n", None),
    ],
)
def test_a_loader_gets_the_path_and_the_configuration_if_it_takes_it(
    execution: ExecutionDirectory, code: str, found: object
) -> None:
    loaded = load(execution, code)
    assert (loaded.name if found is None else loaded) == (found or "model")


def test_a_loader_gets_a_copy_of_the_configuration(execution: ExecutionDirectory) -> None:
    load(execution, "def load(path, config):\n    config['layers'].append(3)\n")
    assert io.get_config()["layers"] == [1, 2]


def test_a_loader_imports_what_lies_beside_it_and_in_the_workspace(execution: ExecutionDirectory) -> None:
    execution.write_code("WORD = 'near'\n", "near_by.py")
    assert load(execution, "from near_by import WORD\ndef load(path):\n    return WORD\n") == "near"


def test_a_file_of_loaders_is_imported_once(execution: ExecutionDirectory) -> None:
    code = "def load(path):\n    load.times = getattr(load, 'times', 0) + 1\n    return load.times\n"
    assert [load(execution, code), load(execution, code)] == [1, 2]


def test_a_loader_in_a_file_named_as_a_library_hides_nothing(execution: ExecutionDirectory) -> None:
    import json

    assert load(execution, "def load(path):\n    return 'mine'\n", script="json.py") == "mine"
    assert sys.modules["json"] is json


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (None, ValueError, "'model' is loaded by loaders/own.py, which is no Python file of the version"),
        ("", ValueError, "'model' is loaded by 'load' of loaders/own.py, which has no such function"),
        ("load = 3\n", TypeError, "'load' of loaders/own.py, which is no function"),
        ("def load():\n    pass\n", TypeError, r"loaded by load\(\) of loaders/own.py. A loader takes the path"),
        ("def load(a, b, c):\n    pass\n", TypeError, r"load\(a, b, c\)"),
        ("def load(path):\n    raise KeyError('mine')\n", KeyError, "mine"),
        ("import no_such_module\n", ImportError, "no_such_module"),
    ],
)
def test_what_is_wrong_with_a_loader_is_said(
    execution: ExecutionDirectory, code: str | None, error: type[Exception], says: str
) -> None:
    for _ in range(2):  # the second time says the same
        with pytest.raises(error, match=says):
            load(execution, code)


def test_a_stage_that_runs_as_a_process_loads_by_a_function_of_its_own_module(directory: ExecutionDirectory) -> None:
    directory.order["inputs"]["model"]["loader"] = {"script": "modules/train.py", "function": "read"}
    directory.write_order()
    (directory.path / "inputs/model").write_text("weights")
    directory.write_code(
        "from goldfish.io import load_input\ncount = []\ncount.append(1)\n"
        "def read(path):\n    return path.read_text(), len(count)\ndef main():\n    print(load_input('model'))\n"
    )
    done = directory.run()
    assert done.stdout == "('weights', 1)\n", done.stderr
    assert Path(directory.path / "failure.json").exists() is False
