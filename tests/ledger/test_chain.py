"""The chain: no byte of any row can change unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.ledger.chain import GENESIS, Damage, StoredRow, follow, link


def chained(*rows: tuple[str, int, str, bytes]) -> list[StoredRow]:
    found, previous = [], GENESIS
    for position, (stream, version, name, record) in enumerate(rows, 1):
        previous = link(previous, position, stream, version, name, record)
        found.append(StoredRow(position, stream, version, name, record, previous))
    return found


ROWS = chained(("a", 1, "x.y", b"{}"), ("b", 1, "x.y", b"{1}"), ("a", 2, "x.z", b"{2}"), ("b", 2, "x.y", b"{3}"))


def found(rows: list[StoredRow]) -> list[tuple[int, str]]:
    return [(damage.position, damage.what) for damage in follow(rows)]


def test_an_unbroken_chain_has_no_damage() -> None:
    assert found(ROWS) == []
    assert found([]) == []


@pytest.mark.parametrize("change", [{"stream": "c"}, {"name": "x.x"}, {"record": b"{9}"}])
@pytest.mark.parametrize("index", range(4))
def test_a_changed_field_is_named_by_its_position(index: int, change: dict[str, object]) -> None:
    rows = [*ROWS]
    rows[index] = replace(rows[index], **change)  # type: ignore[arg-type]  # one table for fields of several types
    assert (index + 1, "changed") in found(rows)


def test_only_what_was_changed_is_named() -> None:
    rows = [ROWS[0], replace(ROWS[1], record=b"{9}"), *ROWS[2:]]
    assert found(rows) == [(2, "changed")]


def test_a_missing_row_is_named_with_all_that_are_gone() -> None:
    assert next(iter(follow([ROWS[0], ROWS[3]]))) == Damage(2, "missing", "positions 2 to 3 are gone")


def test_a_forged_row_with_a_hash_of_its_own_breaks_the_row_behind_it() -> None:
    forged = replace(ROWS[1], record=b"{9}")
    forged = replace(forged, hash=link(ROWS[0].hash, 2, forged.stream, forged.version, forged.name, forged.record))
    assert found([ROWS[0], forged, *ROWS[2:]]) == [(3, "changed")]


def test_two_swapped_rows_are_found() -> None:
    swapped = [ROWS[0], replace(ROWS[2], position=2), replace(ROWS[1], position=3), ROWS[3]]
    assert {position for position, _ in found(swapped)} >= {2, 3}


def test_a_version_left_out_or_given_twice_is_found() -> None:
    assert (2, "version") in found(chained(("a", 1, "x", b""), ("a", 3, "x", b"")))
    assert (2, "version") in found(chained(("a", 1, "x", b""), ("a", 1, "x", b"")))


fields = st.tuples(st.text(max_size=3), st.integers(0, 99), st.text(max_size=3), st.binary(max_size=3))


@given(fields, fields)
def test_no_two_events_share_a_hash(one: tuple[str, int, str, bytes], other: tuple[str, int, str, bytes]) -> None:
    """Each field is preceded by its length, so that bytes cannot move from one field to the next."""
    assert (link(GENESIS, 1, *one) == link(GENESIS, 1, *other)) == (one == other)
