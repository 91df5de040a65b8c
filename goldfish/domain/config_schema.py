"""`config_schema`: what the configuration of a stage must hold."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from pydantic import JsonValue

from goldfish.domain.json_values import dotted
from goldfish.domain.problems import Problems, brief
from goldfish.domain.templates import NoSuchKey, looked_up

TYPES = ("int", "float", "number", "bool", "str", "list", "dict")
RULE_KEYS = ("type", "required", "choices", "min", "max")

_MOST_RULES = 1_000
_SLIP = 0.8  # likeness of two keys, by difflib, from which one is taken for a misspelling of the other
_MOST_LIKENESSES = 20_000  # that are computed: looking for slips in a hostile configuration takes long
_SLIP_LENGTH = 4  # characters; shorter keys are often alike and both meant: lr and lr2


@dataclass(frozen=True, slots=True)
class Rule:
    """What the value under one dotted key must be."""

    type: str
    required: bool = False
    choices: tuple[JsonValue, ...] = ()
    min: float | None = None
    max: float | None = None


ConfigSchema = Mapping[str, Rule]


def read_config_schema(where: str, given: JsonValue, problems: Problems) -> dict[str, Rule]:
    """The rules by dotted key; what is wrong with them goes to `problems`."""
    document = problems.mapping(where, given)
    if len(document) > _MOST_RULES:
        problems.add(where, f"there are {len(document)} keys, more than {_MOST_RULES}")
        return {}
    result: dict[str, Rule] = {}
    for key, value in document.items():
        inner = f"{where}, {brief(key)}"
        if not all(part and part == part.strip() for part in key.split(".")):
            problems.add(inner, "a part of the key is empty")
        elif (rule := _rule(inner, value, problems)) is not None:
            result[key] = rule
    for key in result:
        parents = [key.rsplit(".", n)[0] for n in range(1, key.count(".") + 1)]
        if under := next((p for p in parents if p in result and result[p].type != "dict"), None):
            problems.add(where, f"{key!r} stands below {under!r}, which is {result[under].type} and has no keys")
    return result


def _rule(where: str, given: JsonValue, problems: Problems) -> Rule | None:
    fields = {"type": given} if isinstance(given, str) else problems.mapping(where, given)
    problems.unknown_keys(where, fields, RULE_KEYS)
    wanted = fields.get("type")
    if not isinstance(wanted, str) or wanted not in TYPES:
        problems.add(where, f"the type is one of {', '.join(TYPES)}, not {brief(wanted)}")
        return None
    choices = fields.get("choices")
    if choices is not None and (not isinstance(choices, list) or not choices):
        problems.add(f"{where}, choices", f"this is a list of at least one value, not {brief(choices)}")
        choices = None
    for choice in choices or []:
        if (why := _mismatch(wanted, choice)) is not None:
            problems.add(f"{where}, choices", f"{brief(choice)} {why}")
    low, high = (_bound(f"{where}, {key}", wanted, fields.get(key), problems) for key in ("min", "max"))
    if low is not None and high is not None and low > high:
        problems.add(where, f"min {low} is above max {high}")
    required = problems.flag(f"{where}, required", fields["required"]) if "required" in fields else False
    return Rule(wanted, required, tuple(choices or ()), low, high)


def _bound(where: str, wanted: str, given: JsonValue, problems: Problems) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        problems.add(where, f"a bound is a number, not {brief(given)}")
    elif wanted not in ("int", "float", "number"):
        problems.add(where, f"only a number has bounds, not {wanted}")
    else:
        return given
    return None


def config_problems(schema: ConfigSchema, config: Mapping[str, JsonValue]) -> list[str]:
    """Everything in a configuration that its schema refuses, each with its dotted key."""
    found = [why for key, rule in schema.items() for why in _value_problems(key, rule, config)]
    return found + list(_slips(schema, config)) if schema else []


def _value_problems(key: str, rule: Rule, config: Mapping[str, JsonValue]) -> Iterator[str]:
    try:
        value = looked_up(key, config)
    except NoSuchKey:
        if rule.required:
            yield f"{key} is required: {_meaning(rule)}"
        return
    if (why := _mismatch(rule.type, value)) is not None:
        yield f"{key}: {brief(value)} {why}"
    elif rule.choices and not any(_same(value, choice) for choice in rule.choices):
        yield f"{key}: {brief(value)} is not one of {', '.join(brief(choice) for choice in rule.choices)}"
    elif isinstance(value, int | float):
        if rule.min is not None and value < rule.min:
            yield f"{key}: {value} is below {rule.min}"
        if rule.max is not None and value > rule.max:
            yield f"{key}: {value} is above {rule.max}"


def _slips(schema: ConfigSchema, config: Mapping[str, JsonValue]) -> Iterator[str]:
    """Keys that the schema does not have, but that look like one that it has."""
    known = set(schema)
    inside = {key.rsplit(".", n)[0] for key in known for n in range(1, key.count(".") + 1)}
    free = {key for key, rule in schema.items() if rule.type == "dict"} - inside
    names = sorted(known | inside)
    for key in islice(_keys(config, free), _MOST_LIKENESSES // len(names)):
        if key in known or key in inside or len(key.rsplit(".", 1)[-1]) < _SLIP_LENGTH:
            continue
        if near := difflib.get_close_matches(key[:200], names, n=1, cutoff=_SLIP):
            yield f"{key} is not in the schema; did you mean {near[0]}? (a key that is meant stands in config_schema)"


def _keys(config: Mapping[str, JsonValue], free: set[str], at: str = "") -> Iterator[str]:
    for key, value in config.items():
        here = dotted(at, key)
        yield here
        if isinstance(value, dict) and here not in free:
            yield from _keys(value, free, here)


def _mismatch(wanted: str, value: JsonValue) -> str | None:
    """Why a value is not of a type; true and false are never numbers."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "int": number and isinstance(value, int),
        "float": number,
        "number": number,
        "bool": isinstance(value, bool),
        "str": isinstance(value, str),
        "list": isinstance(value, list),
        "dict": isinstance(value, dict),
    }
    return None if fits[wanted] else f"is not {_ARTICLES[wanted]}"


_ARTICLES = {
    "int": "a whole number (int)",
    "float": "a number (float)",
    "number": "a number",
    "bool": "true or false (bool)",
    "str": "text (str)",
    "list": "a list",
    "dict": "a mapping (dict)",
}


def _meaning(rule: Rule) -> str:
    return f"one of {', '.join(brief(choice) for choice in rule.choices)}" if rule.choices else _ARTICLES[rule.type]


def _same(left: JsonValue, right: JsonValue) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)
