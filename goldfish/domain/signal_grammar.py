"""The grammar of `inputs:` and `outputs:`, as mappings by name or as lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

from pydantic import JsonValue

from goldfish.domain.contract_grammar import check_contract
from goldfish.domain.problems import Problems, brief, kind
from goldfish.domain.stages import StageInput, StageOutput, WrittenContract
from goldfish.domain.values import SUFFIX, Loader, SignalType

TYPES: tuple[SignalType, ...] = get_args(SignalType)
INPUT_KEYS = ("type", "from_stage", "signal", "source", "loader", "contract")
OUTPUT_KEYS = ("type", "optional", "contract")
LOADER_KEYS = ("script", "function")

_NameOf = Callable[[str], tuple[str, JsonValue]]
_BY_SUFFIX: dict[str, SignalType] = {suffix: signal for signal, suffix in SUFFIX.items() if suffix}
_OTHER_WORDS = {
    "schema": "write contract",
    "storage": "leave it out; goldfish keeps outputs itself",
    "format": "leave it out; the type says the format",
    "artifact": "leave it out; `goldfish source` makes a source of an output",
    "metadata": "leave it out; what a source is, is said when it is registered",
}
_INPUT_WORDS = {
    **_OTHER_WORDS,
    "dataset": "write source",
    "from": "write from_stage",
    "optional": "only an output can be optional",
}
_OUTPUT_WORDS = {
    **_OTHER_WORDS,
    "dataset": "an output is not a dataset; give its type",
    "loader": "only an input has a loader",
    "from_stage": "an output comes from its own stage",
    "enforcement": "write it into the contract",
}


def read_inputs(where: str, given: JsonValue, problems: Problems) -> tuple[StageInput, ...]:
    """The inputs of a stage; references to other stages are not looked up."""
    named = _named(f"{where}, inputs", given, _name_of_input, problems)
    found = (_input(f"{where}, input {name!r}", name, value, problems) for name, value in named)
    return tuple(item for item in found if item)


def read_outputs(where: str, given: JsonValue, problems: Problems) -> tuple[StageOutput, ...]:
    """The outputs of a stage."""
    named = _named(f"{where}, outputs", given, _name_of_output, problems)
    found = (_output(f"{where}, output {name!r}", name, value, problems) for name, value in named)
    return tuple(item for item in found if item)


def _named(where: str, given: JsonValue, name_of: _NameOf, problems: Problems) -> Iterator[tuple[str, JsonValue]]:
    """The signals with their names: of a mapping its keys; of a list what each item says."""
    if not isinstance(given, list):
        for name, value in problems.mapping(where, given).items():
            if problems.key(where, name):
                yield name, value
        return
    for number, item in enumerate(given, 1):
        place = f"{where}, item {number}"
        if isinstance(item, dict):
            if "name" not in item:
                problems.add(place, "it has no name")
            elif key := problems.key(f"{place}, name", item["name"]):
                yield key, {word: value for word, value in item.items() if word != "name"}
        elif isinstance(item, str):
            found, value = name_of(item)
            if key := problems.key(place, found):
                yield key, value
        else:
            problems.add(place, f"an item is a short text or a mapping with a name, not {kind(item)}")


def _name_of_input(given: str) -> tuple[str, JsonValue]:
    """`prepare.features` is called features, `source:digits` digits."""
    source = given.removeprefix("source:")
    return (source if source != given else given.partition(".")[2] or given), given


def _name_of_output(given: str) -> tuple[str, JsonValue]:
    """`features.npy` is called features and is npy."""
    name, dot, suffix = given.rpartition(".")
    return (name, _BY_SUFFIX.get(f".{suffix}")) if dot else (given, None)


def _type(where: str, given: JsonValue, problems: Problems, dataset: str) -> SignalType | None:
    for known in TYPES:
        if given == known:
            return known
    hint = f"; {dataset}" if given == "dataset" else ""
    found = f"not {brief(given)}{hint}" if given is not None else "and none is given"
    problems.add(where, f"the type is one of {', '.join(TYPES)}, {found}")
    return None


def _input(where: str, name: str, given: JsonValue, problems: Problems) -> StageInput | None:
    if isinstance(given, str):
        return _short_input(where, name, given, problems)
    if not isinstance(given, dict):
        problems.add(where, f'write "stage.signal", "source:NAME", or a mapping, not {kind(given)}')
        return None
    problems.unknown_keys(where, given, INPUT_KEYS, _INPUT_WORDS)
    dataset = "write source: NAME and leave the type to it"
    declared = _type(where, given["type"], problems, dataset) if "type" in given else None
    contract = _contract(where, given.get("contract"), problems)
    loader = _loader(f"{where}, loader", given.get("loader"), problems)
    if ("source" in given) == ("from_stage" in given):
        problems.add(where, "say where it comes from: either from_stage or source")
        return None
    if "source" in given:
        if "signal" in given:
            problems.add(where, "signal belongs to from_stage; a source is read whole")
        source = problems.safe(f"{where}, source", given["source"])
        return StageInput(name, declared, source=source, contract=contract, loader=loader) if source else None
    stage = problems.key(f"{where}, from_stage", given["from_stage"])
    signal = problems.key(f"{where}, signal", given.get("signal", name))
    if stage is None or signal is None:
        return None
    return StageInput(name, declared, stage=stage, signal=signal, contract=contract, loader=loader)


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


def _output(where: str, name: str, given: JsonValue, problems: Problems) -> StageOutput | None:
    fields: dict[str, JsonValue] = given if isinstance(given, dict) else {"type": given}
    problems.unknown_keys(where, fields, OUTPUT_KEYS, _OUTPUT_WORDS)
    declared = _type(where, fields.get("type"), problems, "data from outside is a source, and is read as an input")
    contract = _contract(where, fields.get("contract"), problems)
    optional = problems.flag(f"{where}, optional", fields["optional"]) if "optional" in fields else False
    if contract is not None:
        check_contract(f"{where}, contract", declared, contract, problems)
    return StageOutput(name, declared, contract, optional) if declared else None


def _contract(where: str, given: JsonValue, problems: Problems) -> WrittenContract | None:
    """The contract as written; what it says is judged when the type is known."""
    return problems.mapping(f"{where}, contract", given) if given is not None else None


def _loader(where: str, given: JsonValue, problems: Problems) -> Loader | None:
    if given is None:
        return None
    if isinstance(given, str):
        script, _, function = given.partition(":")
        fields: dict[str, JsonValue] = {"script": script, **({"function": function} if ":" in given else {})}
    else:
        fields = problems.mapping(where, given)
        problems.unknown_keys(where, fields, LOADER_KEYS)
    script_path = problems.code_path(where, fields.get("script"), "loaders/table.py")
    function_name = fields.get("function", "load")
    if not isinstance(function_name, str) or not function_name.isidentifier() or len(function_name) > 255:
        problems.add(where, f"{brief(function_name)} is no name of a function")
        return None
    return Loader(script=script_path, function=function_name) if script_path else None
