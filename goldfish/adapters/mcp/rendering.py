"""A JSON document as text for a reader: names once at the head of a table, nothing where nothing is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from goldfish.adapters.mcp.budget import Document, compact

_NOTHING: Final[tuple[JsonValue, ...]] = (None, "", [], {})
_INDENT: Final = "  "
_BETWEEN: Final = " | "
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}|[0-9a-f]{40}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")


def as_text(document: Document) -> str:
    """`key: value` lines; lists of alike objects as tables, other lists as items with a dash.

    Null and empty values are left out. Text that could be taken for something else stands in quotes. Numbers have six
    digits, digests and trees their first twelve characters, times whole seconds: the structured form is exact.
    """
    return "\n".join(_members(document, ""))


def _members(document: Document, indent: str) -> Iterator[str]:
    for key, value in document.items():
        if value in _NOTHING:
            continue
        match value:
            case str() if "\n" in value:
                yield f"{indent}{key}:"
                yield from (f"{indent}{_INDENT}{line}" for line in value.splitlines())
            case dict() if not _is_cell(value):
                yield f"{indent}{key}:"
                yield from _members(value, indent + _INDENT)
            case list() if not _is_cell(value):
                yield f"{indent}{key} ({len(value)}):"
                yield from _items(value, indent + _INDENT)
            case _:
                yield f"{indent}{key}: {_cell(value)}"


def _items(items: list[JsonValue], indent: str) -> Iterator[str]:
    rows = [item for item in items if isinstance(item, dict)]
    if len(rows) == len(items) and all(_is_cell(value) for row in rows for value in row.values()):
        names = dict.fromkeys(name for row in sorted(rows, key=len, reverse=True) for name in row)  # nulls have no key
        columns = [name for name in names if any(row.get(name) not in _NOTHING for row in rows)]
        yield indent + _BETWEEN.join(columns)
        yield from (indent + _BETWEEN.join(_cell(row.get(name)) for name in columns) for row in rows)
        return
    for item in items:
        if isinstance(item, dict):
            first, *rest = list(_members(item, indent + _INDENT)) or [indent]
            yield f"{indent}- {first.strip()}"
            yield from rest
        else:
            yield f"{indent}- {_cell(item)}"


def _is_cell(value: JsonValue) -> bool:
    """Whether it can stand in one cell: a scalar on one line, or a flat and short collection of them."""
    match value:
        case str():
            return "\n" not in value
        case list() | dict():
            inner = value.values() if isinstance(value, dict) else value
            return all(isinstance(v, int | float | None) or _is_word(v) for v in inner) and len(compact(value)) <= 160
        case _:
            return True


def _is_word(value: JsonValue) -> bool:
    return isinstance(value, str) and len(value) <= 40 and "\n" not in value


def _cell(value: JsonValue) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.6g}"
        case str():
            return _short(value) if not (_BETWEEN.strip() in value or value in ("", "-")) else compact(value)
        case list() if all(_is_plain(item) for item in value):
            return ", ".join(_cell(item) for item in value)
        case dict() if all(_is_plain(item) for pair in value.items() for item in pair):
            return ", ".join(f"{key}={_cell(item)}" for key, item in value.items())
        case _:
            return compact(value)


def _short(text: str) -> str:
    if _DIGEST.fullmatch(text):
        return f"{text[:-52] if text.startswith('sha256:') else text[:12]}…"
    return f"{text[:19]}Z" if _TIME.fullmatch(text) else text


def _is_plain(value: JsonValue) -> bool:
    if isinstance(value, str):
        return value.isprintable() and not set(value) & set(',="|')
    return isinstance(value, int | float)
