"""Answers within a token budget: what does not fit is cut, and the answer says what, and how to ask for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from goldfish.domain.tokens import DEFAULT, MOST

__all__ = ["CHARACTERS", "DEFAULT", "LEAST", "MOST", "Cutting", "Document", "compact", "fitted"]

Document = dict[str, JsonValue]

CHARACTERS: Final = 4  # of English text in one token, about: a first guess of how much fits
LEAST: Final = 300  # tokens

_SHORTEST_TEXT = 60  # characters that are left of a text however small the budget is
_MARK = 28  # characters of the sentence that stands for what was cut out of a text
_ITEM = 300  # characters that an item of a list needs to be worth its place


@dataclass(frozen=True)
class Cutting:
    """How one kind of answer is cut.

    `how` says how to ask for what is missing, by the path of a list or text. `ends` are the paths of which the end
    matters more than the beginning. Paths leave out the numbers of items: "stages.metrics". `pages` is the list of
    which the answer is a page: where it is cut, the cursor in `more` moves to the last item that is shown; one always
    is.
    """

    how: Mapping[str, str] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    pages: str | None = None


def fitted(document: Document, characters: int, cutting: Cutting) -> tuple[Document, list[str]]:
    """The document in at most so many characters of JSON, and one sentence for each list or text that was cut.

    Room is shared as water fills a basin: what is small stays whole, what is large is cut to the same level. A list
    keeps its first items. Numbers, flags, short texts and pairs are never cut, so a very small budget can be missed.
    """
    if _size(document) <= characters:
        return document, []
    cut = _Cut(cutting)
    return {key: cut.to(value, room, key) for key, value, room in _shares(document, characters)}, cut.sentences()


class _Cut:
    """One attempt, and what it left out by path."""

    def __init__(self, cutting: Cutting) -> None:
        self._cutting = cutting
        self._items: dict[str, int] = {}
        self._characters: dict[str, int] = {}

    def to(self, value: JsonValue, room: int, path: str) -> JsonValue:
        if _size(value) <= room:
            return value
        match value:
            case str():
                return self._text(value, room, path)
            case list():
                return self._list(value, room, path)
            case dict():
                return {key: self.to(item, share, f"{path}.{key}") for key, item, share in _shares(value, room)}
            case _:
                return value

    def sentences(self) -> list[str]:
        said = [(path, f"{count} more") for path, count in self._items.items()]
        said += [(path, f"{count} characters") for path, count in self._characters.items()]
        return [f"{path}: {what}{self._how(path)}" for path, what in said]

    def _how(self, path: str) -> str:
        how = self._cutting.how.get(path)
        return f": {how}" if how else ""

    def _text(self, text: str, room: int, path: str) -> str:
        keep = max(_SHORTEST_TEXT, room - _MARK - 2)
        keep -= max(0, _size(text[-keep:] if path in self._cutting.ends else text[:keep]) - 2 - keep)  # escapes
        keep = max(_SHORTEST_TEXT, keep)
        gone = len(text) - keep
        if gone <= _MARK:
            return text
        self._characters[path] = self._characters.get(path, 0) + gone
        mark = f"… {gone} characters …"
        return mark + text[-keep:] if path in self._cutting.ends else text[:keep] + mark

    def _list(self, items: list[JsonValue], room: int, path: str) -> list[JsonValue]:
        if _is_pair(items):
            return items
        ordered = items[::-1] if path in self._cutting.ends else items
        kept, used = 0, 2
        for item in ordered:
            used += min(_size(item), max(_least(item), _ITEM)) + 1
            if used > room and (kept or path != self._cutting.pages):
                break
            kept += 1
        if kept < len(items):
            self._items[path] = self._items.get(path, 0) + len(items) - kept
        chosen = ordered[:kept]
        levels = _levels([(_size(item) + 1, _least(item) + 1) for item in chosen], room - 2)
        result = [self.to(item, level - 1, path) for item, level in zip(chosen, levels, strict=True)]
        return result[::-1] if path in self._cutting.ends else result


def _shares(document: Document, room: int) -> Iterable[tuple[str, JsonValue, int]]:
    keys = sum(_size(key) + 2 for key in document) + 1
    levels = _levels([(_size(value), _least(value)) for value in document.values()], room - keys)
    return ((key, value, level) for (key, value), level in zip(document.items(), levels, strict=True))


def _levels(sizes: list[tuple[int, int]], room: int) -> list[int]:
    """What each of (size, least) gets: all of it below some level, else that level, and never less than the least."""
    left, waiting = room, len(sizes)
    levels = [0] * len(sizes)
    for index in sorted(range(len(sizes)), key=lambda i: _cuttable(sizes[i])):
        size, least = sizes[index]
        levels[index] = size if size <= least else max(least, min(size, left // waiting))
        left -= levels[index]
        waiting -= 1
    return levels


def _cuttable(sizes: tuple[int, int]) -> tuple[bool, int]:
    size, least = sizes
    return size > least, size


def _least(value: JsonValue) -> int:
    """The characters that are left when everything that can be cut is cut."""
    match value:
        case str():
            return min(_size(value), _SHORTEST_TEXT + _MARK + 2)
        case list():
            return _size(value) if _is_pair(value) else 2
        case dict():
            return sum(_size(key) + 2 + _least(item) for key, item in value.items()) + 1
        case _:
            return _size(value)


def _is_pair(items: list[JsonValue]) -> bool:
    return len(items) <= 2 and not any(isinstance(item, str | list | dict) for item in items)


def _size(value: JsonValue) -> int:
    return len(compact(value))


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
