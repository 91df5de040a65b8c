"""JSON of other people: no NaN, no key twice, nothing too deep or too large."""

from __future__ import annotations

import json
import math
import re

from pydantic import JsonValue

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
DEEPEST = 20
MOST_VALUES = 200_000  # in one document


class Unusable(Exception):
    """It cannot be understood, and why."""


def read_json(data: bytes, *, most: int = MOST_VALUES) -> JsonValue:
    """What the bytes say. Raises `Unusable`."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unusable(f"byte {error.start + 1} is not UTF-8") from error
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)
    except RecursionError as error:
        raise Unusable(f"it is nested more than {DEEPEST} levels deep") from error
    except json.JSONDecodeError as error:
        raise Unusable(f"it is not JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise Unusable("it holds a number that is too long") from error
    _check(value, most)
    return value


def _check(value: JsonValue, most: int) -> None:
    left: list[tuple[JsonValue, int]] = [(value, 0)]
    seen = 0
    while left:
        one, depth = left.pop()
        seen += 1
        if depth > DEEPEST:
            raise Unusable(f"it is nested more than {DEEPEST} levels deep")
        if seen + len(left) > most:
            raise Unusable(f"it holds more than {most} values")
        if isinstance(one, str):
            check_text(one)
        elif isinstance(one, int) and not isinstance(one, bool) and one.bit_length() > 127:
            raise Unusable("it holds a number that is too long")
        elif isinstance(one, dict):
            for name in one:
                check_text(name)
            left += [(item, depth + 1) for item in one.values()]
        elif isinstance(one, list):
            left += [(item, depth + 1) for item in one]


def check_text(text: str) -> str:
    """The text, when it can be written down. Raises `Unusable`."""
    if _NO_TEXT.search(text):
        raise Unusable("it holds characters that are not text")
    return text


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise Unusable(f"it says {name[:60]!r} twice")
        found[name] = value
    return found


def _constant(word: str) -> JsonValue:
    raise Unusable(f"{word} is no number in JSON")


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unusable(f"{digits[:30]} is too large for a number")
    return number
