"""YAML of other people: no aliases, no tags that construct, nothing too deep or too large."""

from __future__ import annotations

import math
from datetime import date

import yaml
from pydantic import JsonValue

from goldfish.adapters.imports.json_values import DEEPEST, MOST_VALUES, Unusable, check_text

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(data: bytes) -> JsonValue:
    """What the bytes say. Raises `Unusable`."""
    try:
        _check(data)
        return _plain(yaml.load(data, Loader=_Loader))  # noqa: S506  # a safe loader, one of two
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark is not None else ""
        raise Unusable(f"it is not YAML{line}: {getattr(error, 'problem', None) or 'unusable characters'}") from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise Unusable(f"it is not YAML: {str(error)[:100]}") from error


def _check(data: bytes) -> None:
    """Before anything is built: events cost no depth."""
    depth = 0
    for number, event in enumerate(yaml.parse(data, Loader=_Loader)):
        if isinstance(event, yaml.AliasEvent):
            raise Unusable("it uses aliases")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unusable(f"it is nested more than {DEEPEST} levels deep")
        if number > MOST_VALUES:
            raise Unusable(f"it holds more than {MOST_VALUES} values")


def _plain(value: object) -> JsonValue:
    match value:
        case None | bool():
            return value
        case str():
            return check_text(value)
        case int():
            if value.bit_length() > 127:
                raise Unusable("it holds a number that is too long")
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case date():  # a time, too
            return value.isoformat()
        case list() | tuple() | set():
            return [_plain(one) for one in value]
        case dict():
            return {check_text(str(name)): _plain(one) for name, one in value.items()}
        case _:
            raise Unusable(f"it holds a {type(value).__name__}")
