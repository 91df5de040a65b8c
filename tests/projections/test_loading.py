"""Loading gives the same events in every way of reading them, and stops at the first that is missing or damaged."""

from __future__ import annotations

import dataclasses

import pytest

from goldfish.errors import LedgerBusy, LedgerCorrupt
from goldfish.ports import EventBlock
from goldfish.projections import _load, _pages
from goldfish.projections.projector import Projector
from tests.fakes.event_log import InMemoryEventLog, Row, StutteringEventLog
from tests.projections.test_projector import thoughts

EVENTS = "SELECT * FROM events ORDER BY position"


@pytest.fixture(params=["rows", "blocks"])
def in_bulk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Pages of three, read as rows and as blocks."""
    bulk = bool(request.param == "blocks")
    monkeypatch.setattr(_load, "MANY", 1 if bulk else 1_000_000)
    monkeypatch.setattr(_pages, "PAGE", 3)
    monkeypatch.setattr(_pages, "LARGE_PAGE", 3)
    return bulk


class DamagedEventLog(InMemoryEventLog):
    """Hands out blocks with a byte that belongs to no text."""

    def block(self, after: int, upto: int) -> EventBlock | None:
        block = super().block(after, upto)
        return block and dataclasses.replace(block, records=block.records.replace(b"thought 7", b"thought \xff"))


class BusyEventLog(InMemoryEventLog):
    """Cannot be read from the seventh event on."""

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[Row]:
        if after >= 6:
            raise LedgerBusy(seconds=30, why="locked")
        return super().rows(after, upto, limit)


def test_both_ways_of_reading_give_the_same_events() -> None:
    log = thoughts(InMemoryEventLog(), 30)
    few = Projector(log).at().rows(EVENTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_load, "MANY", 1)
        many = Projector(log).at().rows(EVENTS)
    assert [row["position"] for row in few] == list(range(1, 31))
    assert many == few


def test_what_is_delivered_twice_is_taken_once(in_bulk: bool) -> None:
    stored = thoughts(InMemoryEventLog(), 10).stored
    assert Projector(StutteringEventLog(stored)).at().rows(EVENTS) == Projector(InMemoryEventLog(stored)).at().rows(
        EVENTS
    )


@pytest.mark.parametrize("missing", [1, 5, 9])
def test_a_gap_is_named_by_its_first_position(in_bulk: bool, missing: int) -> None:
    log = thoughts(InMemoryEventLog(), 10)
    del log.stored[missing - 1]
    with pytest.raises(LedgerCorrupt, match=f"position {missing}: the event is missing"):
        Projector(log).at()


def test_a_record_that_is_no_json_is_named(in_bulk: bool) -> None:
    log = thoughts(InMemoryEventLog(), 10)
    log.stored[4] = (*log.stored[4][:4], '{"at":')
    with pytest.raises(LedgerCorrupt, match="position 5: the record is not JSON"):
        Projector(log).at()


def test_a_record_that_is_no_text_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_load, "MANY", 1)
    with pytest.raises(LedgerCorrupt, match="is no text"):
        Projector(DamagedEventLog(thoughts(InMemoryEventLog(), 10).stored)).at()


def test_why_the_log_could_not_be_read_is_not_lost_on_the_way(in_bulk: bool) -> None:
    with pytest.raises(LedgerBusy):
        Projector(BusyEventLog(thoughts(BusyEventLog(), 10).stored)).at()


def test_after_a_failed_load_nothing_was_taken_in(in_bulk: bool) -> None:
    log = thoughts(InMemoryEventLog(), 10)
    whole, log.stored = log.stored, [*log.stored[:6], *log.stored[7:]]
    projector = Projector(log)
    with pytest.raises(LedgerCorrupt):
        projector.at()
    log.stored = whole
    assert projector.at().rows("SELECT count(*) AS n FROM events") == [{"n": 10}]


def test_pages_shrink_when_events_are_large() -> None:
    log = thoughts(InMemoryEventLog(), 3_000)
    log.stored = [(*row[:4], row[4][:-1] + f',"x":"{"y" * 20_000}"}}') for row in log.stored]
    sizes = [batch.num_rows for batch in _pages.Batches(log, 0, 3_000, None).reader()]
    assert sizes[0] == _pages.PAGE
    assert sum(sizes) == 3_000
    assert all(size * 20_000 < _pages.ROOM * 1.1 for size in sizes[1:])
