"""Text from users, logs and files, made safe to show: it cannot move a cursor, color a line or turn its direction."""

from __future__ import annotations

import re

from pydantic import JsonValue

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")  # colors, cursor, titles
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n|$)")  # what a progress bar printed over


def inert(text: str) -> str:
    """The text without what only a terminal needs; other control characters become visible escapes."""
    if text.isprintable():
        return text
    plain = _TERMINAL.sub("", text).replace("\r\n", "\n")
    plain = _OVERWRITTEN.sub("", plain)
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in plain)


def inert_document(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The same for every text in a JSON document, keys too."""
    return {inert(key): _inert(value) for key, value in document.items()}


def _inert(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return inert(value)
        case list():
            return [_inert(item) for item in value]
        case dict():
            return inert_document(value)
        case _:
            return value


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
