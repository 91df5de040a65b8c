"""Whatever is changed in the ledger file is found and named by position (F12, F22, F27, F28)."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.domain.names import CommandId, Stream
from goldfish.errors import LedgerCorrupt, LedgerUnavailable
from goldfish.ledger.chain import GENESIS, link
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor
from tests.adapters.test_sqlite_journal import named, tamper
from tests.contracts.journal import envelope, fill
from tests.replay.samples import SAMPLES

MAPPER = LedgerMapper(Redactor(b"a key for tests"))
RNG = random.Random(27)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with one event of every class, all of it in the one file, as after a clean end."""
    path = tmp_path_factory.mktemp("original") / "ledger.db"
    journal = SqliteJournal(path, MAPPER)
    for number, sample in enumerate(SAMPLES, 1):
        journal.append([envelope(f"stream-{number % 5}", (number + 4) // 5, sample, f"command-{number}")], {})
    assert list(journal.damages()) == []
    journal.close()
    assert not path.with_name("ledger.db-wal").exists()
    return path


@pytest.fixture
def ledger(original: Path, tmp_path: Path) -> Iterator[SqliteJournal]:
    """A copy of it, to be damaged."""
    for name in ("ledger.db", "ledger.head"):
        shutil.copy(original.with_name(name), tmp_path / name)
    journal = SqliteJournal(tmp_path / "ledger.db", MAPPER)
    yield journal
    journal.close()


def flip(path: Path, offset: int, mask: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ mask]))


def rows(path: Path) -> list[tuple[int, bytes]]:
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT position, record FROM events ORDER BY position").fetchall()
    database.close()
    return found


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flipped_byte_of_any_event_is_named_by_its_position(original: Path, tmp_path: Path) -> None:
    content = original.read_bytes()
    path = tmp_path / "ledger.db"
    for position, record in rows(original):
        at = content.find(record)
        if at < 0:  # it continues on another page
            at, record = content.find(record[:30]), record[:30]
        assert at > 0
        shutil.copy(original, path)
        flip(path, at + RNG.randrange(len(record)), 1 << RNG.randrange(8))
        assert position in {damage.position for damage in SqliteJournal(path, MAPPER).damages()}


@pytest.mark.parametrize("count", [60, pytest.param(400, marks=pytest.mark.slow)])
def test_a_byte_flipped_anywhere_in_the_file_is_found_or_means_nothing(
    original: Path, tmp_path: Path, count: int
) -> None:
    journal = SqliteJournal(original, MAPPER)
    events, commands = journal.page(0), [journal.command(CommandId(f"command-{n}")) for n in range(1, len(SAMPLES) + 1)]
    journal.close()
    path = tmp_path / "ledger.db"
    size = original.stat().st_size
    offsets = [*range(16, 100), *RNG.sample(range(100, size), count)]
    meaningless = 0
    for offset in offsets:
        for suffix in ("-wal", "-shm"):
            path.with_name(f"ledger.db{suffix}").unlink(missing_ok=True)
        shutil.copy(original, path)
        flip(path, offset, 1 << RNG.randrange(8))
        damaged = SqliteJournal(path, MAPPER)
        if list(damaged.damages()):
            continue
        assert damaged.page(0) == events, f"byte {offset}"
        assert [damaged.command(CommandId(f"command-{n}")) for n in range(1, len(SAMPLES) + 1)] == commands
        damaged.close()
        meaningless += 1
    assert 0 < meaningless < len(offsets)


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 8192, 20_000])
def test_a_truncated_file_is_damage(ledger: SqliteJournal, tmp_path: Path, size: int) -> None:
    with (tmp_path / "ledger.db").open("r+b") as file:
        file.truncate(size)
    assert list(ledger.damages())


def test_a_page_of_zeros_is_named_and_what_lies_behind_it_is_still_examined(
    ledger: SqliteJournal, tmp_path: Path
) -> None:
    content = (tmp_path / "ledger.db").read_bytes()
    page = content.find(rows(tmp_path / "ledger.db")[9][1][:30]) // 4096
    with (tmp_path / "ledger.db").open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\x00" * 4096)
    found = {damage.position for damage in ledger.damages()}
    assert 10 in found or 0 in found


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

LAST = len(SAMPLES)


@pytest.mark.parametrize("count", [1, 3, LAST])
def test_events_cut_off_the_end_are_missed(ledger: SqliteJournal, tmp_path: Path, count: int) -> None:
    tamper(tmp_path / "ledger.db", f"DELETE FROM events WHERE position > {LAST - count}")
    assert (LAST - count + 1, "cut off") in named(ledger)


def test_events_cut_off_with_every_trace_in_the_file_are_missed_by_the_head_file(
    ledger: SqliteJournal, tmp_path: Path
) -> None:
    tamper(
        tmp_path / "ledger.db",
        f"DELETE FROM events WHERE position > {LAST - 3}",
        f"DELETE FROM commands WHERE position > {LAST - 3}",
        f"UPDATE sqlite_sequence SET seq = {LAST - 3} WHERE name = 'events'",
    )
    assert named(ledger) == {(LAST - 2, "cut off")}


def test_an_event_taken_out_of_the_middle_is_a_gap(ledger: SqliteJournal, tmp_path: Path) -> None:
    tamper(tmp_path / "ledger.db", "DELETE FROM events WHERE position = 5")
    assert (5, "missing") in named(ledger)


def test_two_events_that_changed_places_are_named(ledger: SqliteJournal, tmp_path: Path) -> None:
    tamper(
        tmp_path / "ledger.db",
        "UPDATE events SET position = 900 WHERE position = 4",
        "UPDATE events SET position = 4 WHERE position = 5",
        "UPDATE events SET position = 5 WHERE position = 900",
    )
    assert {position for position, _ in named(ledger)} >= {4, 5}


def test_a_forged_event_at_the_end_is_named(ledger: SqliteJournal, tmp_path: Path) -> None:
    columns = f"{LAST + 1}, 'stream-9', 1, name, record, hash"
    tamper(tmp_path / "ledger.db", f"INSERT INTO events SELECT {columns} FROM events WHERE position = 3")
    assert (LAST + 1, "changed") in named(ledger)


def test_a_history_rewritten_with_a_new_chain_is_named_by_the_head_file(ledger: SqliteJournal, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    changed = "CAST(replace(CAST(record AS TEXT), 'smaller', 'greater') AS BLOB)"
    tamper(path, f"UPDATE events SET record = {changed}")
    with sqlite3.connect(path) as database:
        fields = database.execute("SELECT position, stream, version, name, record FROM events ORDER BY 1").fetchall()
    database.close()
    previous, updates = GENESIS, []
    for row in fields:
        previous = link(previous, *row)
        updates.append(f"UPDATE events SET hash = x'{previous.hex()}' WHERE position = {row[0]}")
    tamper(path, *updates)
    assert named(ledger) == {(LAST, "rewritten")}


def test_a_command_that_was_renamed_or_forgotten_is_named(ledger: SqliteJournal, tmp_path: Path) -> None:
    tamper(
        tmp_path / "ledger.db",
        "UPDATE commands SET id = 'another' WHERE position = 4",
        "DELETE FROM commands WHERE position = 6",
        "INSERT INTO commands VALUES ('never', 8, 1)",
    )
    assert named(ledger) == {(4, "command"), (6, "command"), (8, "command")}


def test_a_counter_set_back_is_named_and_no_position_is_given_twice(ledger: SqliteJournal, tmp_path: Path) -> None:
    tamper(tmp_path / "ledger.db", "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'events'")
    assert (0, "file") in named(ledger)
    assert ledger.append([envelope("new", 1, command="new")], {}) == [LAST + 1]


def test_after_a_cut_the_positions_go_on_and_the_gap_stays_visible(ledger: SqliteJournal, tmp_path: Path) -> None:
    tamper(tmp_path / "ledger.db", f"DELETE FROM events WHERE position = {LAST}")
    assert ledger.append([envelope("new", 1, command="new")], {}) == [LAST + 1]
    assert (LAST, "missing") in named(ledger)


# ── copies ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_without_its_write_ahead_log_is_missed_by_the_head_file(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a", "b", "c")
    copy = tmp_path / "copy" / "ledger.db"
    copy.parent.mkdir()
    shutil.copy(tmp_path / "ledger.db", copy)  # while it is open: what was written last is in the -wal beside it
    shutil.copy(tmp_path / "ledger.head", copy.with_name("ledger.head"))
    damages = list(SqliteJournal(copy, MAPPER).damages())
    assert damages
    assert journal.load(Stream("c"))


def test_no_ledger_file_at_all_is_damage(tmp_path: Path) -> None:
    assert named(SqliteJournal(tmp_path / "ledger.db", MAPPER)) == {(0, "missing")}
    assert not (tmp_path / "ledger.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_a_file_that_is_no_ledger_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    assert list(SqliteJournal(tmp_path / "ledger.db", MAPPER).damages())


def test_a_schema_that_is_no_text_any_more_is_damage_of_the_file(original: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    data = bytearray(path.read_bytes())
    at = data.index(b"CREATE TABLE events")
    data[at : at + 6] = b"CRE\xa0TE"
    path.write_bytes(bytes(data))
    found = list(SqliteJournal(path, MAPPER).damages())
    assert [(damage.position, damage.what) for damage in found] == [(0, "file")]
    with pytest.raises((LedgerUnavailable, LedgerCorrupt)):
        SqliteJournal(path, MAPPER).page(0)
