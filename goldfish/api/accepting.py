"""The door of every use case: what it is given must have the types of its signature, and be text where it is text."""

from __future__ import annotations

import functools
import inspect
import math
import re
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from goldfish.domain.names import nearest
from goldfish.errors import UnusableArgument, UnusableText

P = ParamSpec("P")
R = TypeVar("R")

# Types that the modules of use cases import for type checkers only, so that `goldfish status` starts fast.
_ELSEWHERE = {
    "Format": "goldfish.domain.imported",
    "Actor": "goldfish.ledger.envelope",
    "Direction": "goldfish.queries.lineage",
    "NoteKind": "goldfish.domain.notes",
    "NoteState": "goldfish.domain.notes",
    "SearchKind": "goldfish.domain.search_grammar",
    "SignalType": "goldfish.domain.values",
    "When": "goldfish.domain.moments",
}
_BITS = 62  # databases count to 63, and some questions ask for one more
_WORDS: dict[Any, str] = {
    str: "text",
    int: "a whole number of at most 62 bits",
    float: "a number",
    bool: "true or false",
    datetime: "a time",
    type(None): "nothing",
}


def checked(use_case: Callable[P, R]) -> Callable[P, R]:
    """The use case, refusing arguments of other types than it says by `UnusableArgument` or `UnusableText`."""
    signature = inspect.signature(use_case)

    @functools.cache
    def expected() -> dict[str, Any]:
        written = {name: p.annotation for name, p in signature.parameters.items() if name not in ("self", "cls")}
        words = set(re.findall(r"\w+", " ".join(written.values())))
        elsewhere = {name: getattr(import_module(where), name) for name, where in _ELSEWHERE.items() if name in words}
        only = types.SimpleNamespace(__annotations__=written)
        return typing.get_type_hints(only, getattr(use_case, "__globals__", {}), elsewhere)

    @functools.wraps(use_case)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        types_of = expected()
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in types_of and not _fits(value, types_of[name], name):
                raise _refused(use_case.__name__, name, value, types_of[name])
        return use_case(*args, **kwargs)

    return guarded


def _fits(value: object, kind: Any, name: str) -> bool:
    """Whether a value has a type. Raises `UnusableText` for text and JSON that cannot be written down."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(_fits(value, one, name) for one in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if kind is str:
        return isinstance(value, str) and _is_text(value, name)
    if kind in (int, float):
        return _is_number(value, whole=kind is int)
    if origin in (Sequence, Collection):
        if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
            return False
        return isinstance(value, origin) and all(_fits(one, inner[0], name) for one in value)
    if origin in (Mapping, dict):
        if not isinstance(value, Mapping):
            return False
        return all(_fits(key, inner[0], name) and _fits(one, inner[1], name) for key, one in value.items())
    return isinstance(value, origin or kind) if isinstance(origin or kind, type) else _is_json(value, name)


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) and value.bit_length() <= _BITS if whole else not math.isnan(value)


def _is_text(value: str, name: str) -> bool:
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise UnusableText(what=name, why="it holds characters that are not text")
    return True


def _is_json(value: object, name: str) -> bool:
    """Whether this is what JSON can say, down to the last key."""
    left = [(value, 0)]
    while left:
        one, depth = left.pop()
        if depth > 100:
            raise UnusableText(what=name, why="it is nested more than 100 levels deep")
        match one:
            case str():
                _is_text(one, name)
            case float() if not math.isfinite(one):
                raise UnusableText(what=name, why="it holds a number that is not finite")
            case None | bool() | int() | float():
                pass
            case Mapping():
                if not all(isinstance(key, str) and _is_text(key, name) for key in one):
                    return False
                left += [(item, depth + 1) for item in one.values()]
            case list() | tuple():
                left += [(item, depth + 1) for item in one]
            case _:
                return False
    return True


def _refused(call: str, name: str, value: object, kind: Any) -> UnusableArgument:
    shown = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    choices = [choice for one in (kind, *get_args(kind)) if get_origin(one) is Literal for choice in get_args(one)]
    near = nearest(value, choices) if isinstance(value, str) else ()
    return UnusableArgument(argument=name, call=call, given=shown, needed=_said(kind), near=near)


def _said(kind: Any) -> str:
    """A type in words."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(_said(one) for one in inner)
    if origin is Literal:
        return f"one of {', '.join(inner)}"
    if origin in (Sequence, Collection):
        return f"a list, each of {_said(inner[0])}"
    if origin in (Mapping, dict):
        return f"a mapping from text to {_said(inner[1])}"
    if origin is Callable:
        return "something to call"
    return _WORDS.get(kind, kind.__name__ if isinstance(kind, type) else "a value as in JSON")
