"""Values of an answer as JSON can say them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import JsonValue

_DEEPEST = 100  # levels of JSON that are unfolded


def plain(value: object, kind: str = "") -> JsonValue:
    """A value of DuckDB's as JSON: times in UTC, bytes in hexadecimal, numbers that JSON lacks as text.

    `kind` is the type of its column: what is JSON there is unfolded.
    """
    match value:
        case str() if kind == "JSON":
            return _unfolded(value)
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return _number(float(value))
        case datetime():
            return f"{(value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()}Z"
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return str(value)


def _number(value: float) -> JsonValue:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _unfolded(text: str) -> JsonValue:
    if _depth(text) > _DEEPEST:
        return text
    try:
        found: JsonValue = json.loads(text, parse_constant=lambda name: name)
    except ValueError:
        return text
    return found


def _depth(text: str) -> int:
    """How deep brackets may be nested in it, at most: those within strings count too."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest
