"""Values in a search: what is written, and what it means beside JSON. 3e-4 is 0.0003, True is true."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic import JsonValue

Operator = Literal["=", "!=", "<", "<=", ">", ">="]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:_[0-9]+)*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DIGITS = 400  # of a number; longer ones are text
_CONSTANTS: dict[str, JsonValue] = {"true": True, "false": False, "null": None, "none": None}


@dataclass(frozen=True, slots=True)
class Typed:
    """A value: its text, and what that means unless it stood in quotes. Lists and objects are JSON text."""

    text: str
    quoted: bool = False

    @property
    def meant(self) -> JsonValue:
        """A number, true, false, null, a list or an object; else the text itself."""
        return self.text if self.quoted else meaning(self.text)

    def written(self) -> str:
        """As it is typed."""
        if not self.quoted:
            return self.text
        return '"' + self.text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Read(NamedTuple):
    """A value, and where it ended."""

    value: Typed
    end: int


def read_value(text: str) -> Typed:
    """A value that stands without quotes."""
    return Typed(text)


def read_json(text: str, at: int) -> Read | None:
    """The JSON list or object that begins here, which may hold spaces; None where there is none."""
    if text[at : at + 1] not in ("[", "{"):
        return None
    try:
        _, end = json.JSONDecoder(parse_constant=_refuse).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    if end < len(text) and not text[end].isspace():
        return None
    return Read(Typed(text[at:end]), end)


def meaning(text: str) -> JsonValue:
    """What text means as a value."""
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if text[:1] in ("[", "{") and read_json(text, 0) is not None:
        return json.loads(text)  # type: ignore[no-any-return]  # JSON
    if len(text) > _DIGITS or not _NUMBER.fullmatch(text):
        return text
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if math.isfinite(number) else text


def is_number(value: JsonValue) -> bool:
    """Whether something can be larger or smaller than it."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(constant: str) -> JsonValue:
    raise ValueError(constant)
