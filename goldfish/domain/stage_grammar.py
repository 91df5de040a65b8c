"""The grammar of one stage in pipeline.yaml."""

from __future__ import annotations

import json
import re

from pydantic import JsonValue

from goldfish.domain.config_schema import read_config_schema
from goldfish.domain.json_values import json_problem
from goldfish.domain.problems import Problems, brief, clashes, kind
from goldfish.domain.signal_grammar import read_inputs, read_outputs
from goldfish.domain.spec_grammar import read_results_spec
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.stages import Stage, StageOutput
from goldfish.domain.templates import template_problem
from goldfish.domain.units import seconds, size
from goldfish.domain.values import Limits

STAGE_KEYS = (
    "name",
    "description",
    "module",
    "command",
    "inputs",
    "outputs",
    "defaults",
    "config_schema",
    "environment",
    "limits",
    "results",
    "printed",
    "gather",
    "reuse",
)
LIMIT_KEYS = ("time", "memory", "log", "outputs")
MOST_ARGUMENTS = 1_000
GATHERED = StageOutput("files", "directory", optional=True)

_OTHER_WORDS = {
    "runtime": "leave it out; what is not a Python module is a command, a list like [bin/train, --lr, '{lr}']",
    "entrypoint": "write command, a list like [bin/train, --lr, '{lr}']",
    "config": "write defaults, or configs/<stage>.yaml",
    "compute": "leave it out; where a stage runs is not part of the pipeline",
    "schema": "write config_schema for the configuration, contract under an input or output",
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_stage(
    where: str, name: str, given: dict[str, JsonValue], problems: Problems, results: ResultsSpec | None = None
) -> Stage:
    """A stage as written; what is wrong with it goes to `problems`. References to other stages are not looked up.

    `results` is what a stage is judged by that says `results: true`.
    """
    problems.unknown_keys(where, given, STAGE_KEYS, _OTHER_WORDS)
    stage = Stage(
        name=name,
        module=_module(where, name, given, problems),
        command=_command(f"{where}, command", given["command"], problems) if "command" in given else (),
        description=problems.text(f"{where}, description", given.get("description")),
        inputs=read_inputs(where, given.get("inputs"), problems),
        outputs=_outputs(where, given, problems),
        defaults=problems.mapping(f"{where}, defaults", given.get("defaults")),
        config_schema=read_config_schema(f"{where}, config_schema", given.get("config_schema"), problems),
        environment=_environment(f"{where}, environment", given.get("environment"), problems),
        limits=_limits(f"{where}, limits", given.get("limits"), problems),
        results=_results(f"{where}, results", given.get("results"), results, problems),
        printed=problems.flag(f"{where}, printed", given["printed"]) if "printed" in given else False,
        gather=given.get("gather") is True,
        reuse=problems.flag(f"{where}, reuse", given["reuse"]) if "reuse" in given else True,
    )
    for first, second in clashes([*(i.name for i in stage.inputs), *(o.name for o in stage.outputs)]):
        problems.add(where, f"two signals are named {first!r}" + (f" and {second!r}" if first != second else ""))
    if wrong := json_problem(stage.defaults):
        problems.add(f"{where}, defaults", wrong)
    return stage


def _outputs(where: str, given: dict[str, JsonValue], problems: Problems) -> tuple[StageOutput, ...]:
    """The outputs, with the one that a stage has which gathers."""
    outputs = read_outputs(where, given.get("outputs"), problems)
    if "gather" not in given or not problems.flag(f"{where}, gather", given["gather"]):
        return outputs
    if any(output.name == GATHERED.name for output in outputs):
        problems.add(where, f"with gather, the output {GATHERED.name!r} is the files that the stage added or changed")
        return outputs
    return (*outputs, GATHERED)


def _module(where: str, name: str, given: dict[str, JsonValue], problems: Problems) -> str:
    if "command" not in given:
        return problems.code_path(f"{where}, module", given.get("module", f"modules/{name}.py"), "modules/train.py")
    if "module" in given:
        problems.add(where, "say either module or command")
    return ""


def _command(where: str, given: JsonValue, problems: Problems) -> tuple[str, ...]:
    if isinstance(given, str):
        example = json.dumps(given.split()[:20], ensure_ascii=False)
        problems.add(where, f"this is a program and its arguments as a list, not a line for a shell: {example}")
        return ()
    if not isinstance(given, list) or not given:
        problems.add(where, f"this is a list of texts like [python, train.py], not {kind(given) if given else 'empty'}")
        return ()
    if len(given) > MOST_ARGUMENTS:
        problems.add(where, f"it has {len(given)} items, more than {MOST_ARGUMENTS}")
        return ()
    items: list[str] = []
    for number, item in enumerate(given, 1):
        inner = f"{where}, item {number}"
        if not isinstance(item, str):
            problems.add(inner, f"an item is text, not {kind(item)}; quote it")
        elif text := problems.text(inner, item):
            if (why := template_problem(text)) is not None:
                problems.add(inner, why)
            items.append(text)
        elif number == 1:
            problems.add(inner, "the name of the program is empty")
        else:
            items.append("")
    if items and ".." in items[0].split("/"):
        problems.add(
            f"{where}, item 1", f"{brief(items[0])} leads out of the workspace; name a program, or a file of it"
        )
    return tuple(items)


def _results(where: str, given: JsonValue, default: ResultsSpec | None, problems: Problems) -> ResultsSpec | None:
    """A spec, or `true` for the one at the root of the file."""
    if given is True:
        if default is None:
            problems.add(where, "true stands for the results at the root of the file, where there are none")
        return default
    return read_results_spec(where, given, problems) if given is not False else None


def _environment(where: str, given: JsonValue, problems: Problems) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in problems.mapping(where, given).items():
        if not _VARIABLE.fullmatch(name) or len(name) > 128:
            problems.add(where, f"{brief(name)} is no name of a variable: letters, digits and underscores")
        elif name.upper().startswith("GOLDFISH_"):
            problems.add(where, f"{brief(name)}: names that begin with GOLDFISH_ are goldfish's own")
        elif not isinstance(value, str):
            problems.add(where, f"the value of {name} is text, not {kind(value)}; quote it")
        elif len(value) > 10_000 or json_problem(value) or any(c in value for c in "\r\n\t\0"):
            problems.add(where, f"the value of {name} is not text of one line and at most 10000 characters")
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
