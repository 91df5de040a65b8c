"""Placeholders: `{optimizer.lr}` in a text is a value of the stage's configuration; `{{` and `}}` are braces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_KEY = re.compile(r"[^\s.{}]+(?:\.[^\s.{}]+)*")


class NoSuchKey(ValueError):
    """A placeholder names a key that the configuration does not have."""


def template_problem(text: str) -> str | None:
    """Why a text with placeholders cannot be understood; None when it can."""
    for piece in _PIECE.finditer(text):
        if piece[0] in ("{", "}"):
            return (
                f"a single {piece[0]} at character {piece.start() + 1}; write {piece[0] * 2} for the character itself"
            )
        if piece[1] is not None and not _KEY.fullmatch(piece[1]):
            return f"{piece[0]} is no placeholder; write {{key}} or {{some.key}}, and {{{{ for a brace"
    return None


def filled(text: str, config: Mapping[str, JsonValue]) -> str:
    """The text with the values in their places: text as it is, anything else as JSON. Raises `NoSuchKey`."""
    return "".join(_filled(piece, config) for piece in _PIECE.finditer(text))


def _filled(piece: re.Match[str], config: Mapping[str, JsonValue]) -> str:
    if piece[1] is None:
        return {"{{": "{", "}}": "}"}.get(piece[0], piece[0])
    value = looked_up(piece[1], config)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def placeholder(given: JsonValue) -> str | None:
    """The key when a value is one placeholder and nothing else."""
    if isinstance(given, str) and given[:1] == "{" and given[-1:] == "}" and _KEY.fullmatch(given[1:-1]):
        return given[1:-1]
    return None


def looked_up(key: str, config: Mapping[str, JsonValue]) -> JsonValue:
    """The value of a dotted key. Raises `NoSuchKey`."""
    value: JsonValue = dict(config)
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            raise NoSuchKey(key)
        value = value[part]
    return value
