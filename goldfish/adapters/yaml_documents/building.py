"""Builds values from parse events: no tag constructs, no alias multiplies, and depth is bounded on the way down."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from goldfish.domain.json_values import DEPTH, json_problem
from goldfish.domain.scalars import core_scalar
from goldfish.errors import BadDocument


class Builder:
    """One document. Every refusal is a `BadDocument` with the line of the event that broke the rule."""

    def __init__(self, file: str, events: Iterator[Event]) -> None:
        self.file = file
        self.events = events

    def document(self) -> dict[str, JsonValue]:
        """The root mapping; {} when there is nothing, or only comments."""
        next(self.events)  # the start of the stream
        if not isinstance(next(self.events), DocumentStartEvent):
            return {}
        start = next(self.events)
        root = self.node(start, 1)
        next(self.events)  # the end of the document
        if isinstance(event := next(self.events), DocumentStartEvent):
            raise self.refusal(event, "a second document begins here; one file holds one document")
        if isinstance(root, dict):
            return root
        if root is None:
            return {}
        raise self.refusal(start, "the document is not a mapping of keys to values")

    def node(self, event: Event, depth: int) -> JsonValue:
        """The value that begins with this event."""
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if isinstance(event, AliasEvent):
            raise self.refusal(event, f"the alias *{event.anchor} is not allowed; write the value out")
        if depth > DEPTH:
            raise self.refusal(event, f"nested deeper than {DEPTH} levels")
        if isinstance(event, MappingStartEvent):
            return self.mapping(event, depth)
        return self.sequence(event, depth)

    def sequence(self, event: Event, depth: int) -> list[JsonValue]:
        """A list."""
        if isinstance(event, SequenceStartEvent):
            self.check(event)
        items: list[JsonValue] = []
        while not isinstance(at := next(self.events), SequenceEndEvent):
            items.append(self.node(at, depth + 1))
        return items

    def mapping(self, event: MappingStartEvent, depth: int) -> dict[str, JsonValue]:
        """A mapping with each key once."""
        self.check(event)
        result: dict[str, JsonValue] = {}
        while not isinstance(at := next(self.events), MappingEndEvent):
            if isinstance(at, ScalarEvent) and at.value == "<<" and not at.style:
                raise self.refusal(at, "merge keys (<<) are not allowed; write the keys out")
            key = self.node(at, depth + 1)
            if not isinstance(key, str):
                raise self.refusal(at, f"the key {str(key)[:40]!r} is not text; quote it")
            if key in result:
                raise self.refusal(at, f"the key {key[:80]!r} is written twice")
            result[key] = self.node(next(self.events), depth + 1)
        return result

    def scalar(self, event: ScalarEvent) -> JsonValue:
        """A single value: resolved when it is unquoted, text when it is quoted."""
        self.check(event)
        text: str = event.value
        if event.style:
            if problem := json_problem(text):  # escapes can say what the file itself cannot hold
                raise self.refusal(event, problem)
            return text
        try:
            return core_scalar(text)
        except ValueError as error:
            raise self.refusal(event, str(error)) from error

    def check(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> None:
        """Refuse what would make a value mean more than it says."""
        if event.anchor is not None:
            raise self.refusal(event, f"the anchor &{event.anchor} is not allowed; write the value out at each place")
        if event.tag is not None:
            raise self.refusal(event, f"the tag {event.tag} is not allowed; write plain text, numbers, lists, mappings")

    def refusal(self, event: Event, why: str) -> BadDocument:
        """The refusal at the line of an event."""
        mark = event.start_mark
        return BadDocument(file=self.file, line=mark.line + 1 if mark else 1, why=why)
