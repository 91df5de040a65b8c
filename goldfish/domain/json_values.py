"""What a configuration may hold: plain JSON that every reader of the ledger understands alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import JsonValue

DEPTH = 32  # levels of nesting


def json_problem(value: object, at: str = "", depth: int = 0) -> str | None:
    """Why a value cannot be recorded as JSON, with its dotted key; None when it can.

    Allowed are text, finite numbers (integers of at most 64 bits), true, false, null, and lists and mappings of these
    with text keys, at most 32 levels deep.
    """
    where = f"{at}: " if at else ""
    if depth > DEPTH:
        return f"{where}nested deeper than {DEPTH} levels"
    match value:
        case None | bool():
            return None
        case str():
            return _text_problem(value, where)
        case int():
            return None if -(2**63) <= value < 2**64 else f"{where}an integer that does not fit in 64 bits"
        case float():
            return None if math.isfinite(value) else f"{where}{value} is not a finite number"
        case list():
            found = (json_problem(item, f"{at}[{i}]", depth + 1) for i, item in enumerate(value))
        case dict():
            if problem := next(filter(None, (_key_problem(key, where) for key in value)), None):
                return problem
            found = (json_problem(item, dotted(at, key), depth + 1) for key, item in value.items())
        case _:
            return f"{where}{type(value).__name__} is no JSON value"
    return next(filter(None, found), None)


def dotted(prefix: str, key: str) -> str:
    """`optimizer.lr`."""
    return f"{prefix}.{key}" if prefix else key


def merged(base: Mapping[str, JsonValue], top: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Both mappings, the second winning; mappings under the same key are merged in turn. Neither argument changes."""
    result = dict(base)
    for key, value in top.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _key_problem(key: object, where: str) -> str | None:
    return _text_problem(key, where) if isinstance(key, str) else f"{where}the key {key!r} is not text; quote it"


def _text_problem(text: str, where: str) -> str | None:
    if "\x00" in text or (not text.isascii() and any(0xD800 <= ord(c) <= 0xDFFF for c in text)):
        return f"{where}characters that are not text"
    return None
