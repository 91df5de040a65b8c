"""Event ↔ bytes. The bytes are canonical JSON that any SQLite or DuckDB can read."""

from __future__ import annotations

import json
from typing import Final, TypeVar, cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from pydantic import ValidationError

from goldfish.domain.canonical import canonical
from goldfish.domain.event import Event, JsonObject
from goldfish.domain.names import CommandId, Stream
from goldfish.errors import LedgerCorrupt, UnusableText
from goldfish.ledger.envelope import Actor, Envelope, from_utc_text, utc_text
from goldfish.ledger.redaction import Redactor

T = TypeVar("T")


class LedgerMapper(Mapper[str]):
    """The library's mapper with goldfish's own format in place of import paths and transcodings.

    A stored event's topic is the event's name; its state is
    `{"actor", "at", "because", "body", "command", "data", "v"}` in canonical JSON.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(JSONTranscoder())
        self._redactor = redactor

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The bytes of an event. Secrets in its text are gone from here on. Raises `UnusableText`."""
        envelope = cast("Envelope", domain_event)
        event = envelope.event
        record = {
            "v": event.VERSION,
            "at": utc_text(envelope.at),
            "actor": self._redactor.clean(envelope.actor.model_dump()),
            "command": envelope.command_id,
            "body": envelope.body,
            "because": envelope.because_of,
            "data": self._clean(event),
        }
        return StoredEvent(envelope.stream, envelope.version, event.NAME, canonical(record))

    def _clean(self, event: Event) -> JsonObject:
        try:
            return cast("JsonObject", self._redactor.clean(event.model_dump(mode="json")))
        except (RecursionError, ValueError) as error:  # what pydantic and Python say of bottomless nesting
            raise UnusableText(what=event.NAME, why=str(error)) from error

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The event of some bytes, without its position."""
        return cast("DomainEventProtocol[str]", self.read(stored_event, position=0))

    def read(self, stored: StoredEvent, *, position: int) -> Envelope:
        """The event at a position. Raises `LedgerCorrupt` for what is no event, `UnknownEvent` for a stranger."""
        from goldfish.ledger.registry import class_of, upcast  # 30 classes, which whoever asks in SQL never needs

        record = _parse(stored.state, position)
        try:
            version, data = _exactly(int, record["v"]), _exactly(dict, record["data"])
            cls = class_of(stored.topic, version, position)
            if version != cls.VERSION:
                data = upcast(cls, version, data, position)
            return Envelope(
                stream=Stream(str(stored.originator_id)),
                version=stored.originator_version,
                event=cls.model_validate(data),
                at=from_utc_text(record["at"]),
                actor=Actor.model_validate(record["actor"]),
                command_id=None if record["command"] is None else CommandId(_exactly(str, record["command"])),
                body=None if record["body"] is None else _exactly(str, record["body"]),
                because_of=None if record["because"] is None else _exactly(int, record["because"]),
                position=position,
            )
        except (ValidationError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            why = f"{stored.topic} cannot be read ({type(error).__name__}: {str(error)[:200]})"
            raise LedgerCorrupt(position=position, why=why) from error


def _parse(state: bytes, position: int) -> JsonObject:
    try:
        record = _DECODER.decode(_exactly(bytes, state).decode())
        if b"\\ud" in state or b"\\uD" in state:  # perhaps half a character, which JSON can say and text cannot
            json.dumps(record, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerCorrupt(position=position, why=f"its bytes are not JSON ({error})") from error
    if not isinstance(record, dict) or record.keys() != _KEYS:
        raise LedgerCorrupt(position=position, why=f"its bytes are not a JSON object with {', '.join(sorted(_KEYS))}")
    return record


def _exactly(kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, found {type(value).__name__}")
    return value


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)
_KEYS: Final = {"v", "at", "actor", "command", "body", "because", "data"}
