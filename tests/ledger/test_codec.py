"""Events become canonical bytes and come back; everything else is refused by name (F30, F31)."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from goldfish.domain.projects import Project
from goldfish.errors import LedgerCorrupt, UnknownEvent, UnusableText
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Actor, Envelope, from_utc_text, utc_text
from goldfish.ledger.redaction import Redactor
from tests.domain.test_canonical import json_values

MAPPER = LedgerMapper(Redactor(b"a key for tests"))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def envelope(event: Project.GoalSet | Execution.OutputCaptured) -> Envelope:
    return Envelope(Stream("project"), 1, event, NOW, Actor(kind="human", name="me"))


def stored(event: Project.GoalSet | Execution.OutputCaptured) -> StoredEvent:
    return MAPPER.to_stored_event(cast("DomainEventProtocol[str]", envelope(event)))


GOAL = stored(Project.GoalSet(goal="read digits"))


def captured(described: dict[str, Any]) -> Execution.OutputCaptured:
    return Execution.OutputCaptured(name="x", type="json", digest="sha256:aa", size=1, described=described)


def read(state: bytes, name: str = "project.goal-set") -> Envelope:
    return MAPPER.read(StoredEvent("project", 1, name, state), position=7)


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(GOAL.state), **fields}).encode()


# ── what is recorded ──────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), json_values, max_size=4))
def test_any_json_a_header_may_hold_comes_back_the_same(described: dict[str, Any]) -> None:
    event = captured(described)
    assert MAPPER.read(stored(event), position=0).event == event


def test_words_of_the_librarys_own_format_are_plain_data() -> None:
    event = captured({"_type_": "uuid_hex", "_data_": "x"})
    assert MAPPER.to_domain_event(stored(event)) == envelope(event)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_becomes_an_event(number: float) -> None:
    with pytest.raises((ValidationError, UnusableText)):
        stored(captured({"score": number}))
    with pytest.raises(ValidationError):
        Execution.Exited(ended_by="exited", exit_code=0, signal=None, seconds=number, peak_memory=None, failure=None)


def test_text_that_is_no_text_never_becomes_a_record() -> None:
    with pytest.raises((ValidationError, UnusableText)):
        stored(Project.GoalSet(goal="\ud800 ghp_" + "a1B2" * 9))


def test_bottomless_nesting_never_becomes_a_record() -> None:
    value: Any = 1
    for _ in range(sys.getrecursionlimit() * 3):
        value = [value]
    with pytest.raises((ValidationError, UnusableText)):
        stored(Execution.OutputCaptured.model_construct(
            name="x", type="json", digest="", size=1, described={"deep": value}
        ))  # fmt: skip


def test_a_secret_in_an_event_or_in_the_name_of_its_actor_is_not_recorded() -> None:
    secret = "ghp_" + "a1B2" * 9
    event = replace(envelope(Project.GoalSet(goal=f"use {secret}")), actor=Actor(kind="agent", name=secret))
    assert secret.encode() not in MAPPER.to_stored_event(cast("DomainEventProtocol[str]", event)).state


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda d: 1970 < d.year < 3000), st.integers(-14, 14))
def test_times_come_back_the_same_and_sort_as_text(moment: datetime, hours: int) -> None:
    there = moment.astimezone(timezone(timedelta(hours=hours)))
    assert from_utc_text(utc_text(there)) == there
    assert (utc_text(there) < utc_text(NOW)) == (there < NOW)


# ── what is found in a ledger ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "state",
    [
        b"", b"{", b"null", b"[]", b"7", b'"text"', b"\xff\xfe", b"\x00", b"{}", GOAL.state[:-1], GOAL.state + b"x",
        GOAL.state.decode().encode("utf-16"), b"[" * 100_000, b'{"v":' * 100_000, b"1" * 5_000,
        changed(v="1"), changed(v=1.0), changed(v=True), changed(v=None), changed(v=0), changed(v=-3), changed(v=[]),
        GOAL.state.replace(b'"v":1', b'"v":1e400'), GOAL.state.replace(b'"v":1', b'"v":NaN'),
        GOAL.state.replace(b'"v":1', b'"v":' + b"9" * 5_000),
        changed(data=None), changed(data=[]), changed(data="x"), changed(data={}), changed(data={"goal": 7}),
        changed(data={"goal": "x", "more": 1}), changed(data={"goal": "\ud800"}),
        changed(at=None), changed(at=7), changed(at=""), changed(at="yesterday"), changed(at="2026-01-02"),
        changed(at="2026-01-02T03:04:05.000000+"), changed(at="2026-13-02T03:04:05.000000Z"),
        changed(actor=None), changed(actor={}), changed(actor={"kind": "god", "name": "x"}),
        changed(command=7), changed(command=["x"]), changed(body=7), changed(because="1"), changed(because=1.5),
        changed(more=1),
    ],
    ids=lambda state: repr(state[:40]),
)  # fmt: skip
def test_bytes_that_are_no_event_are_damage_with_a_position(state: bytes) -> None:
    with pytest.raises(LedgerCorrupt) as caught:
        read(state)
    assert caught.value.facts["position"] == 7


@pytest.mark.parametrize("state", [None, 7, "text", 1.5])
def test_a_record_of_another_type_is_damage(state: object) -> None:
    with pytest.raises(LedgerCorrupt):
        read(cast("bytes", state))


@given(st.integers(0, len(GOAL.state) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_damage_or_another_event_but_never_a_crash(index: int, mask: int) -> None:
    flipped = bytearray(GOAL.state)
    flipped[index] ^= mask
    try:
        found = read(bytes(flipped))
    except LedgerCorrupt:
        return
    assert isinstance(found.event, Project.GoalSet)  # such a change is found by the chain


@given(st.binary(max_size=200))
def test_random_bytes_are_damage(state: bytes) -> None:
    with pytest.raises(LedgerCorrupt):
        read(state)


@pytest.mark.parametrize(
    "name", ["", "os:system", "evilmod:X", "goldfish.domain.projects:Project.Founded", "project.Founded"]
)
def test_an_unknown_name_is_named_and_nothing_is_imported(name: str) -> None:
    before = set(sys.modules)
    with pytest.raises(UnknownEvent) as caught:
        read(GOAL.state, name)
    assert set(sys.modules) == before
    assert caught.value.facts["event"] == name
    assert caught.value.facts["position"] == 7


def test_an_event_of_a_newer_goldfish_is_not_guessed_at() -> None:
    with pytest.raises(UnknownEvent) as caught:
        read(changed(v=2))
    assert "version 2" in caught.value.message


@pytest.mark.parametrize("touch", [lambda r: r.pop("body"), lambda r: r.pop("at"), lambda r: r.pop("v")])
def test_a_missing_part_of_the_envelope_is_damage(touch: Callable[[dict[str, object]], object]) -> None:
    record = json.loads(GOAL.state)
    touch(record)
    with pytest.raises(LedgerCorrupt):
        read(json.dumps(record).encode())
