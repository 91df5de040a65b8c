"""What a stage is told: order.json, config.json, and its environment variables. docs/reference/stage-protocol.md."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue

from goldfish.adapters.process_runner import environment
from goldfish.domain.values import SUFFIX, InputPlan
from goldfish.ports import LaunchOrder
from goldfish.stage.order import PROTOCOL

_OTHERS = re.compile(r"[^A-Za-z0-9]")
_MOST = 1_000  # variables of one kind
_LARGEST = 256 << 10  # characters of one kind; the kernel starts no program with too many


def content(order: LaunchOrder, directory: Path) -> dict[str, JsonValue]:
    """The content of order.json: paths relative to the directory where they can be."""
    stage = order.stage
    plans = {signal.name: signal for signal in stage.inputs}
    told: dict[str, JsonValue] = {
        "protocol": PROTOCOL,
        "execution": order.execution,
        "attempt": order.attempt,
        "module": stage.module,
        "code": _relative(order.code, directory),
        "inputs": {name: _input(plans[name], _relative(path, directory)) for name, path in order.inputs.items()},
        "outputs": {o.name: {"path": f"outputs/{o.name}{SUFFIX[o.type]}", "type": o.type} for o in stage.outputs},
        "config": stage.config,
        "seed": order.seed,
    }
    return {**told, "command": [*stage.command]} if stage.command else told


def variables(order: LaunchOrder, directory: Path, python: str) -> dict[str, str]:
    """The whole environment of the stage's process."""
    own = {
        "TMPDIR": str(directory / "tmp"),
        "GOLDFISH_DIRECTORY": str(directory),
        "GOLDFISH_EXECUTION": order.execution,
    }
    if order.seed is not None:
        own |= {"GOLDFISH_SEED": str(order.seed), "PYTHONHASHSEED": str(order.seed % (1 << 32))}
    outputs = {o.name: str(directory / "outputs" / f"{o.name}{SUFFIX[o.type]}") for o in order.stage.outputs}
    own |= _variables("INPUT", [((name,), str(path.absolute())) for name, path in order.inputs.items()])
    own |= _variables("OUTPUT", [((name,), path) for name, path in outputs.items()])
    own |= _variables("CONFIG", list(_leaves(order.stage.config, ())))
    given = {**environment.allowed(os.environ)}
    if order.stage.command:
        given |= _for_commands(given.get("PATH", os.defpath), python)
    return {**given, **order.stage.environment, **own}


def _for_commands(path: str, python: str) -> dict[str, str]:
    """What programs need to work as Python stages do: the same interpreter, its words at once, and no caches."""
    more = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    here = str(Path(python).absolute().parent)
    if here not in path.split(os.pathsep):
        more["PATH"] = f"{here}{os.pathsep}{path}"
    if not environment.knows_goldfish(python):
        more["PYTHONPATH"] = environment.PACKAGES
    return more


def _input(plan: InputPlan, path: str) -> JsonValue:
    told: dict[str, JsonValue] = {"path": path, "type": plan.type}
    if plan.loader is not None:
        told["loader"] = {"script": plan.loader.script, "function": plan.loader.function}
    return told


def _relative(path: Path, directory: Path) -> str:
    path = path.absolute()
    return str(path.relative_to(directory) if path.is_relative_to(directory) else path)


def _leaves(value: Mapping[str, JsonValue], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every value of a configuration that is no mapping, as text for a variable."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, (*above, key))
        else:
            yield (*above, key), inner if isinstance(inner, str) else "" if inner is None else json.dumps(inner)


def _variables(kind: str, named: list[tuple[tuple[str, ...], str]]) -> dict[str, str]:
    """GOLDFISH_<kind>_<NAME> for each; none for names that look the same, and none at all when they are too many."""
    clean = ["__".join(_OTHERS.sub("_", part) for part in path) for path, _ in named]
    names = [f"GOLDFISH_{kind}_{name}".upper() for name in clean]
    often = Counter(names)
    found = {name: text for name, (_, text) in zip(names, named, strict=True) if often[name] == 1 and "\0" not in text}
    fits = len(found) <= _MOST and sum(len(name) + len(text) for name, text in found.items()) <= _LARGEST
    return found if fits else {}
