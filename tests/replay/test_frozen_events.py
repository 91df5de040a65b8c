"""The bytes of every event class are frozen: what was written can be read for ever.

After adding an event class: `python -m tests.replay.test_frozen_events` adds its record to events.tsv. It never
changes one that is there: bytes change only with a new VERSION, whose record is added beside the old one.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import StoredEvent

from goldfish.domain.event import Event
from goldfish.domain.names import CommandId, Stream
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Actor, Envelope
from goldfish.ledger.redaction import Redactor
from goldfish.ledger.registry import EVENTS
from tests.replay.samples import SAMPLES

FROZEN = Path(__file__).with_name("events.tsv")
MAPPER = LedgerMapper(Redactor(b"a key for tests"))


def envelope(event: Event) -> Envelope:
    """The sample in fixed circumstances."""
    return Envelope(
        stream=Stream("a-stream"),
        version=1,
        event=event,
        at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        actor=Actor(kind="agent", name="claude-code", session="s-1"),
        command_id=CommandId("id-00000001"),
        body="sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        because_of=41,
    )


def frozen() -> dict[tuple[str, int], bytes]:
    """(name, version) → the exact bytes that were recorded."""
    pairs = (line.split(b"\t") for line in FROZEN.read_bytes().splitlines())
    return {(name.decode(), json.loads(record)["v"]): record for name, record in pairs}


def record(event: Event) -> bytes:
    return MAPPER.to_stored_event(cast("DomainEventProtocol[str]", envelope(event))).state


def test_every_event_class_has_one_sample() -> None:
    assert [type(sample) for sample in SAMPLES] == list(EVENTS)


def test_every_event_name_is_used_once_and_follows_the_rule() -> None:
    names = [cls.NAME for cls in EVENTS]
    assert len(set(names)) == len(names)
    for cls in EVENTS:
        aggregate, _, fact = cls.__qualname__.partition(".")
        kebab = "".join(f"-{c.lower()}" if c.isupper() else c for c in fact).lstrip("-")
        assert f"{aggregate.lower()}.{kebab}" == cls.NAME


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.NAME)
def test_the_bytes_of_an_event_class_never_change_without_a_new_version(sample: Event) -> None:
    kept = frozen().get((sample.NAME, sample.VERSION))
    assert kept is not None, f"{sample.NAME} v{sample.VERSION} has no frozen bytes; see the module's first lines"
    assert record(sample) == kept, f"the bytes of {sample.NAME} changed: give it a new VERSION and an upcaster"


@pytest.mark.parametrize("key", sorted(frozen()), ids=lambda key: f"{key[0]}-v{key[1]}")
def test_every_record_that_was_ever_frozen_can_be_read(key: tuple[str, int]) -> None:
    found = MAPPER.read(StoredEvent("a-stream", 1, key[0], frozen()[key]), position=7)
    assert key[0] == found.event.NAME
    assert (found.stream, found.version, found.position, found.because_of) == ("a-stream", 1, 7, 41)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.NAME)
def test_what_is_read_is_what_was_written(sample: Event) -> None:
    assert MAPPER.read(StoredEvent("a-stream", 1, sample.NAME, record(sample)), position=0) == envelope(sample)


def freeze() -> None:
    """Add the records that are not there yet."""
    kept = frozen() if FROZEN.exists() else {}
    with FROZEN.open("ab") as file:
        for sample in SAMPLES:
            if (sample.NAME, sample.VERSION) not in kept:
                file.write(sample.NAME.encode() + b"\t" + record(sample) + b"\n")


if __name__ == "__main__":
    freeze()
