"""events.md: every event class with its fields, and the frozen record of one."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, JsonValue
from pydantic.fields import FieldInfo

from _pages import meanings
from _pages.markdown import anchor, code, document, prose, table
from goldfish.domain.event import Event
from goldfish.ledger.registry import EVENTS

INTRODUCTION = """
An event is a fact that nothing changes afterwards. What stands on this page is what is stored: the name, the version
and the fields outlive the Python classes. [format.md](../format.md) shows the record around the fields and the bytes.

Optional fields are written too, as null. Fields that a class got later are written only when they say something: for a
reader, a field that is not there has the value that the table names. Any other change of fields is a new version with a
function that lifts old records, and `tests/replay/` holds the exact bytes of every version.
"""

STREAMS: Final[Mapping[str, tuple[str, str]]] = {
    "project": ("The project", "`project`"),
    "slot": ("Slots", "`slot:NAME`"),
    "workspace": ("Workspaces", "`workspace:NAME`"),
    "note": (
        "Thoughts, hypotheses, claims and decisions",
        "`thought-N`, `hypothesis-N`, `claim-N`, `decision-N`",
    ),
    "finding": ("Findings", "`finding-N`"),
    "tag": ("Tags", "`tags`"),
    "source": ("Sources", "`source:NAME`"),
    "run": ("Runs", "`run-N`"),
    "execution": ("Stage executions", "`run-N/STAGE`"),
}
_PLAIN: Final[Mapping[Any, str]] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    type(None): "null",
    AwareDatetime: "time (UTC)",
}
_FROZEN = Path(__file__).resolve().parents[2] / "tests" / "replay" / "events.tsv"


def page() -> str:
    """The page."""
    frozen = _records()
    parts = []
    for prefix, (title, stream) in STREAMS.items():
        parts.append(f"## {title}\n\nStream: {stream}.")
        parts += [_event(cls, frozen) for cls in EVENTS if cls.NAME.partition(".")[0] == prefix]
    if sum(part.startswith("### ") for part in parts) != len(EVENTS):
        raise ValueError("an event belongs to no stream that this page knows")
    shared = "## Shared values\n\nObjects inside the fields above."
    return document("Events", INTRODUCTION, _index(), *parts, shared, *map(_value, _values()))


def _index() -> str:
    rows = []
    for prefix, (title, stream) in STREAMS.items():
        names = [cls.NAME for cls in EVENTS if cls.NAME.partition(".")[0] == prefix]
        rows.append((title, stream, ", ".join(f"[{name}](#{anchor(name)})" for name in names)))
    return table(["about", "stream", "events"], rows)


def _event(cls: type[Event], frozen: Mapping[tuple[str, int], str]) -> str:
    means = {**_anywhere(cls), **meanings.EVENTS.get(cls.NAME, {})}
    example = json.dumps(json.loads(frozen[cls.NAME, cls.VERSION])["data"], ensure_ascii=False, indent=2)
    return "\n\n".join(
        part
        for part in (
            f"### {cls.NAME}",
            f"Version {cls.VERSION}. {prose(cls)}",
            _fields(cls, means),
            f"```json\n{example}\n```",
        )
        if part
    )


def _value(cls: type[BaseModel]) -> str:
    means = {**_anywhere(cls), **meanings.VALUES.get(cls.__name__, {})}
    return f"### {cls.__name__}\n\n{prose(cls)}\n\n{_fields(cls, means)}"


def _anywhere(cls: type[BaseModel]) -> dict[str, str]:
    return {name: text for name, text in meanings.ANYWHERE.items() if name in cls.model_fields}


def _fields(cls: type[BaseModel], means: Mapping[str, str]) -> str:
    if set(means) != set(cls.model_fields):
        raise ValueError(
            f"{cls.__name__}: docs/_pages/meanings.py and its fields differ: {set(means) ^ set(cls.model_fields)}"
        )
    rows = [
        (code(name), kind(field.annotation), means[name] + _default(field)) for name, field in cls.model_fields.items()
    ]
    return table(["field", "type", "what it means"], rows)


def _default(field: FieldInfo) -> str:
    if field.exclude_if is not None:
        return f" Written only when it is not {_json(field.default)}."
    without = field.is_required() or field.default is None or field.default_factory
    return "" if without else f" By default {_json(field.default)}."


def _json(value: Any) -> str:
    """A default as the record would have it."""
    return code(json.dumps(value.model_dump(mode="json") if isinstance(value, BaseModel) else value))


def kind(annotation: Any) -> str:
    """A type in words."""
    arguments = get_args(annotation)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if annotation is JsonValue or annotation is Any:
        return "any JSON"
    origin = get_origin(annotation)
    if origin in (types.UnionType, Union):
        return " or ".join(kind(argument) for argument in arguments)
    if origin is Literal:
        return ", ".join(code(str(argument)) for argument in arguments)
    if origin is list:
        return f"list of {kind(arguments[0])}"
    if origin is dict:
        return f"object, {kind(arguments[0])} to {kind(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{anchor(annotation.__name__)})"
    raise TypeError(f"this page has no words for {annotation!r}")


def _values() -> list[type[BaseModel]]:
    """Every model inside the fields of events, each once, in the order in which a reader meets them."""
    found: dict[str, type[BaseModel]] = {}

    def visit(annotation: Any) -> None:
        for argument in get_args(annotation):
            visit(argument)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation.__name__ not in found:
            found[annotation.__name__] = annotation
            for field in annotation.model_fields.values():
                visit(field.annotation)

    for cls in EVENTS:
        for field in cls.model_fields.values():
            visit(field.annotation)
    return list(found.values())


def _records() -> dict[tuple[str, int], str]:
    """(name, version) → the record that the tests keep."""
    pairs = (line.split("\t", 1) for line in _FROZEN.read_text(encoding="utf-8").splitlines())
    return {(name, json.loads(record)["v"]): record for name, record in pairs}
