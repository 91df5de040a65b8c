"""Old events are read in today's schema; their bytes stay as they are."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest
from eventsourcing.persistence import StoredEvent

from goldfish.domain.event import Event, JsonObject
from goldfish.errors import LedgerCorrupt, UnknownEvent
from goldfish.ledger import registry
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor
from goldfish.ledger.registry import EVENTS

MAPPER = LedgerMapper(Redactor(b"a key for tests"))


class Measured(Event):
    """Version 1 had `value` in per cent, version 2 named its `unit`, version 3 is a share."""

    NAME: ClassVar[str] = "test.measured"
    VERSION: ClassVar[int] = 3
    share: float

    @staticmethod
    def upcast_v1_v2(data: JsonObject) -> JsonObject:
        return {**data, "unit": "%"}

    @staticmethod
    def upcast_v2_v3(data: JsonObject) -> JsonObject:
        return {"share": data["value"] / (100 if data["unit"] == "%" else 1)}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, Measured.NAME, Measured)


def record(version: int, data: object) -> StoredEvent:
    circumstances = {"actor": {"kind": "human", "name": "me", "session": None}, "at": "2026-01-02T03:04:05.000000Z"}
    links = {"because": None, "body": None, "command": None}
    return StoredEvent(
        "s", 1, Measured.NAME, json.dumps({**circumstances, **links, "data": data, "v": version}).encode()
    )


@pytest.mark.parametrize(
    ("version", "data"),
    [(1, {"value": 25}), (2, {"value": 25, "unit": "%"}), (2, {"value": 0.25, "unit": ""}), (3, {"share": 0.25})],
)
def test_an_event_of_any_earlier_version_is_read_in_todays_schema(version: int, data: object) -> None:
    assert MAPPER.read(record(version, data), position=1).event == Measured(share=0.25)


def test_a_later_version_is_unknown() -> None:
    with pytest.raises(UnknownEvent):
        MAPPER.read(record(4, {"share": 0.25}), position=1)


@pytest.mark.parametrize("data", [{}, {"value": "x"}, {"value": None}, [], "x"])
def test_an_old_event_that_cannot_be_upcast_is_damage(data: object) -> None:
    with pytest.raises(LedgerCorrupt):
        MAPPER.read(record(1, data), position=1)


def test_a_version_without_a_way_to_today_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Measured, "upcast_v1_v2")
    with pytest.raises(LedgerCorrupt, match="cannot be read any more"):
        MAPPER.read(record(1, {"value": 25}), position=1)


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.NAME)
def test_every_class_can_read_all_its_earlier_versions(cls: type[Event]) -> None:
    for version in range(1, cls.VERSION):
        assert callable(getattr(cls, f"upcast_v{version}_v{version + 1}"))
