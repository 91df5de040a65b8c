"""The order that this process carries out: `order.json` in the directory that GOLDFISH_DIRECTORY names."""

from __future__ import annotations

import functools
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

PROTOCOL = 1


class OutsideRun(RuntimeError):
    """goldfish.io or goldfish.metrics was used by a process that goldfish did not start."""


class Order:
    """One stage of one run. Paths are absolute; `inputs` and `outputs` map a name to its path and its type.

    `loaders` map the name of an input to a file of the code and a function in it.
    """

    __slots__ = ("code", "config", "directory", "execution", "inputs", "loaders", "module", "outputs", "seed")

    def __init__(self, directory: str, content: dict[str, Any]) -> None:
        self.directory = directory
        self.execution: str = content["execution"]
        self.module: str = content["module"]
        self.code = os.path.join(directory, content["code"])
        self.inputs = _signals(directory, content["inputs"])
        self.loaders = {
            name: (str(given["loader"]["script"]), str(given["loader"]["function"]))
            for name, given in content["inputs"].items()
            if "loader" in given
        }
        self.outputs = _signals(directory, content["outputs"])
        self.config: dict[str, Any] = content["config"]
        self.seed: int | None = content["seed"]

    def path(self, name: str) -> str:
        """A file of the protocol, by its name in the execution's directory."""
        return os.path.join(self.directory, name)


def _signals(directory: str, given: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {name: (os.path.join(directory, signal["path"]), signal["type"]) for name, signal in given.items()}


@functools.cache
def current() -> Order:
    """The order of this process. Raises `OutsideRun` when there is none."""
    directory = os.environ.get("GOLDFISH_DIRECTORY")
    if directory is None:
        raise OutsideRun(
            "this works only inside a run: goldfish gives the inputs, the configuration and the place for outputs. "
            "Run the workspace with `goldfish run WORKSPACE --reason TEXT`, or set GOLDFISH_DIRECTORY to the directory "
            "of an execution to repeat it by hand."
        )
    with open(os.path.join(directory, "order.json"), encoding="utf-8") as file:
        content = json.load(file)
    if content.get("protocol") != PROTOCOL:
        raise OutsideRun(f"order.json speaks protocol {content.get('protocol')!r}; this goldfish speaks {PROTOCOL}.")
    return Order(directory, content)


def unknown(what: str, given: object, known: Iterable[str]) -> ValueError:
    """The error for a signal that the pipeline does not declare, with near names."""
    import difflib

    names = sorted(known)
    near = difflib.get_close_matches(str(given), names, n=3, cutoff=0.6)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    declared = ", ".join(names) or "none"
    return ValueError(f"there is no {what} {given!r}. {hint}The pipeline declares: {declared}.")
