"""The grammar of one stage in pipeline.yaml."""

from __future__ import annotations

import re
from typing import get_args

from pydantic import JsonValue

from goldfish.domain.json_values import json_problem
from goldfish.domain.problems import Problems, brief, clashes, kind
from goldfish.domain.stages import Stage, StageInput
from goldfish.domain.units import seconds, size
from goldfish.domain.values import Limits, OutputPlan, SignalType

TYPES: tuple[SignalType, ...] = get_args(SignalType)
STAGE_KEYS = ("name", "description", "module", "inputs", "outputs", "defaults", "environment", "limits")
INPUT_KEYS = ("type", "from_stage", "signal", "source")
OUTPUT_KEYS = ("type",)
LIMIT_KEYS = ("time", "memory", "log", "outputs")

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def read_stage(where: str, name: str, given: dict[str, JsonValue], problems: Problems) -> Stage:
    """A stage as written; what is wrong with it goes to `problems`. References to other stages are not looked up."""
    problems.unknown_keys(where, given, STAGE_KEYS)
    inputs = [
        _input(f"{where}, input {key!r}", key, value, problems)
        for key, value in problems.mapping(f"{where}, inputs", given.get("inputs")).items()
        if problems.key(f"{where}, inputs", key)
    ]
    outputs = [
        _output(f"{where}, output {key!r}", key, value, problems)
        for key, value in problems.mapping(f"{where}, outputs", given.get("outputs")).items()
        if problems.key(f"{where}, outputs", key)
    ]
    stage = Stage(
        name=name,
        module=_module(where, given.get("module", f"modules/{name}.py"), problems),
        description=problems.text(f"{where}, description", given.get("description")),
        inputs=tuple(i for i in inputs if i),
        outputs=tuple(o for o in outputs if o),
        defaults=problems.mapping(f"{where}, defaults", given.get("defaults")),
        environment=_environment(f"{where}, environment", given.get("environment"), problems),
        limits=_limits(f"{where}, limits", given.get("limits"), problems),
    )
    for first, second in clashes([*(i.name for i in stage.inputs), *(o.name for o in stage.outputs)]):
        problems.add(where, f"two signals are named {first!r}" + (f" and {second!r}" if first != second else ""))
    if wrong := json_problem(stage.defaults):
        problems.add(f"{where}, defaults", wrong)
    return stage


def _type(where: str, given: JsonValue, problems: Problems) -> SignalType | None:
    for known in TYPES:
        if given == known:
            return known
    problems.add(where, f"the type is one of {', '.join(TYPES)}, not {brief(given)}")
    return None


def _input(where: str, name: str, given: JsonValue, problems: Problems) -> StageInput | None:
    if isinstance(given, str):
        return _short_input(where, name, given, problems)
    if not isinstance(given, dict):
        problems.add(where, f'write "stage.signal", "source:NAME", or a mapping, not {kind(given)}')
        return None
    problems.unknown_keys(where, given, INPUT_KEYS)
    declared = _type(where, given["type"], problems) if "type" in given else None
    if ("source" in given) == ("from_stage" in given):
        problems.add(where, "say where it comes from: either from_stage or source")
        return None
    if "source" in given:
        if "signal" in given:
            problems.add(where, "signal belongs to from_stage; a source is read whole")
        source = problems.safe(f"{where}, source", given["source"])
        return StageInput(name, declared, source=source) if source else None
    stage = problems.key(f"{where}, from_stage", given["from_stage"])
    signal = problems.key(f"{where}, signal", given.get("signal", name))
    return StageInput(name, declared, stage=stage, signal=signal) if stage and signal else None


def _short_input(where: str, name: str, given: str, problems: Problems) -> StageInput | None:
    if given.startswith("source:"):
        source = problems.safe(where, given.removeprefix("source:"))
        return StageInput(name, None, source=source) if source else None
    stage, dot, signal = given.partition(".")
    if not dot:
        problems.add(where, f"{brief(given)} names no place: write STAGE.SIGNAL or source:NAME")
        return None
    wanted = problems.key(where, stage), problems.key(where, signal)
    return StageInput(name, None, stage=wanted[0], signal=wanted[1]) if wanted[0] and wanted[1] else None


def _output(where: str, name: str, given: JsonValue, problems: Problems) -> OutputPlan | None:
    if isinstance(given, dict):
        problems.unknown_keys(where, given, OUTPUT_KEYS)
        given = given.get("type")
    declared = _type(where, given, problems)
    return OutputPlan(name=name, type=declared) if declared else None


def _module(where: str, given: JsonValue, problems: Problems) -> str:
    parts = given.split("/") if isinstance(given, str) else []
    if (
        not parts
        or len(str(given)) > 255
        or not all(_PART.fullmatch(part) for part in parts)
        or parts[-1][-3:] != ".py"
    ):
        problems.add(f"{where}, module", f"{brief(given)} is not a path within the workspace like modules/train.py")
        return ""
    return "/".join(parts)


def _environment(where: str, given: JsonValue, problems: Problems) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in problems.mapping(where, given).items():
        if not _VARIABLE.fullmatch(name) or len(name) > 128:
            problems.add(where, f"{brief(name)} is no name of a variable: letters, digits and underscores")
        elif name.upper().startswith("GOLDFISH_"):
            problems.add(where, f"{brief(name)}: names that begin with GOLDFISH_ are goldfish's own")
        elif not isinstance(value, str):
            problems.add(where, f"the value of {name} is text, not {kind(value)}; quote it")
        elif len(value) > 10_000 or json_problem(value):
            problems.add(where, f"the value of {name} is not text of at most 10000 characters")
        else:
            result[name] = value
    return result


def _limits(where: str, given: JsonValue, problems: Problems) -> Limits:
    document = problems.mapping(where, given)
    problems.unknown_keys(where, document, LIMIT_KEYS)
    found: dict[str, float] = {}
    for key in LIMIT_KEYS:
        if key in document:
            try:
                found["seconds" if key == "time" else key] = (seconds if key == "time" else size)(document[key])
            except ValueError as error:
                problems.add(f"{where}, {key}", str(error))
    return Limits.model_validate(found)
