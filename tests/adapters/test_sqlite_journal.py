"""The journal in one SQLite file."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteCursor

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.adapters.sqlite_ledger.connections import LedgerDatastore
from goldfish.domain.names import CommandId, Stream
from goldfish.errors import LedgerBusy, LedgerCorrupt, LedgerReplaced, LedgerUnavailable
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.journal import StreamMoved
from tests.contracts.journal import JournalContract, envelope, fill


class TestSqliteJournal(JournalContract):
    """The contract, with the fixture of tests/conftest.py."""


def tamper(path: Path, *statements: str) -> None:
    """Change the file as an attacker with SQLite would: without the guards."""
    with sqlite3.connect(path) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, sql in guards:
            database.execute(sql)
    database.close()


def named(journal: SqliteJournal) -> set[tuple[int, str]]:
    return {(damage.position, damage.what) for damage in journal.damages()}


# ── reading what was damaged ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_event_is_refused_and_other_streams_are_readable(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a", "b", "c")
    changed = "CAST(replace(CAST(record AS TEXT), 'digits', 'letter') AS BLOB)"
    tamper(tmp_path / "ledger.db", f"UPDATE events SET record = {changed} WHERE position = 2")
    with pytest.raises(LedgerCorrupt) as caught:
        journal.load(Stream("b"))
    assert caught.value.facts["position"] == 2
    assert len(journal.load(Stream("a")) + journal.load(Stream("c"))) == 2
    assert named(journal) == {(2, "changed")}


def test_a_stream_with_a_gap_is_refused_instead_of_folded(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a", "a", "a")
    tamper(tmp_path / "ledger.db", "DELETE FROM events WHERE position = 2")
    with pytest.raises(LedgerCorrupt):
        journal.load(Stream("a"))


@pytest.mark.parametrize("read", [lambda j, after: j.page(after), lambda j, after: j.rows(after)])
def test_a_gap_stops_every_reader_where_it_begins(
    journal: SqliteJournal, tmp_path: Path, read: Callable[[SqliteJournal, int], list[object]]
) -> None:
    fill(journal, *"abcdef")
    tamper(tmp_path / "ledger.db", "DELETE FROM events WHERE position IN (3, 4)")
    assert len(read(journal, 0)) == 2
    with pytest.raises(LedgerCorrupt, match="positions 3 to 4 are gone") as caught:
        read(journal, 2)
    assert caught.value.facts["position"] == 3


# ── guards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["events", "commands"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET position = 9", "DELETE FROM {}"])
def test_the_past_cannot_be_changed_by_any_sqlite(
    journal: SqliteJournal, tmp_path: Path, table: str, statement: str
) -> None:
    fill(journal, "a")
    with (
        sqlite3.connect(tmp_path / "ledger.db") as database,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        database.execute(statement.format(table))
    database.close()


def test_lost_or_altered_guards_are_named(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a")
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("DROP TRIGGER events_refuse_delete")
        database.execute("DROP TRIGGER events_refuse_update")
        database.execute("CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events BEGIN SELECT 1; END")
    database.close()
    journal.close()
    assert journal.head() == 1  # opening it again does not put them back unseen
    assert len([damage for damage in journal.damages() if damage.what == "guards"]) == 2


# ── the file under our feet (F11, F13, F14) ───────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_into_a_file_that_was_unlinked(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a")
    (tmp_path / "ledger.db").unlink()
    with pytest.raises(LedgerReplaced, match="gone"):
        journal.append([envelope("b", 1)], {})


def test_a_ledger_that_is_gone_is_not_begun_anew(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a")
    journal.close()
    (tmp_path / "ledger.db").unlink()
    with pytest.raises(LedgerReplaced):
        journal.head()
    assert not (tmp_path / "ledger.db").exists()
    assert named(journal) == {(0, "missing")}


def test_nothing_is_written_when_another_file_took_its_place(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a")
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")
    (tmp_path / "copy.db").rename(tmp_path / "ledger.db")
    with pytest.raises(LedgerReplaced, match="another file"):
        journal.append([envelope("b", 1)], {})


def test_a_file_with_two_names_is_refused_for_writing_and_for_opening(
    journal: SqliteJournal, tmp_path: Path, mapper: LedgerMapper
) -> None:
    fill(journal, "a")
    os.link(tmp_path / "ledger.db", tmp_path / "other.db")
    with pytest.raises(LedgerReplaced, match="2 names"):
        journal.append([envelope("b", 1)], {})
    with pytest.raises(LedgerReplaced, match="2 names"):
        SqliteJournal(tmp_path / "ledger.db", mapper).head()


def test_a_file_replaced_in_the_middle_of_an_append_gets_nothing(
    journal: SqliteJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between the first check and the write lock."""
    fill(journal, "a")
    begin = LedgerDatastore.transaction

    def unlink_first(self: LedgerDatastore, *, commit: bool) -> AbstractContextManager[SQLiteCursor]:
        (tmp_path / "ledger.db").unlink(missing_ok=True)
        return begin(self, commit=commit)

    monkeypatch.setattr(LedgerDatastore, "transaction", unlink_first)
    with pytest.raises(LedgerReplaced):
        journal.append([envelope("b", 1)], {})


def test_a_forked_child_is_refused_and_the_parent_goes_on(journal: SqliteJournal) -> None:
    fill(journal, "a")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = []
        for ask in (lambda: journal.append([envelope("b", 1)], {}), journal.head, lambda: journal.load(Stream("a"))):
            try:
                ask()
                said.append("answered")
            except LedgerUnavailable as error:
                said.append("forked" if "forked" in error.message else error.message)
        os.write(writer, ",".join(said).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1000) == b"forked,forked,forked"
    os.close(reader)
    os.close(writer)
    assert journal.append([envelope("b", 1)], {}) == [2]


# ── locks (F19) ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_foreign_lock_is_named_reading_goes_on_and_the_command_can_be_repeated(
    tmp_path: Path, mapper: LedgerMapper
) -> None:
    journal = SqliteJournal(tmp_path / "ledger.db", mapper, lock_timeout=1)
    fill(journal, "a")
    foreign = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy) as caught:
        journal.append([envelope("b", 1)], {})
    assert caught.value.facts["seconds"] == 1
    assert (journal.head(), SqliteJournal(tmp_path / "ledger.db", mapper).head()) == (1, 1)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert journal.append([envelope("b", 1)], {}) == [2]
    journal.close()


# ── the second file ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_head_file_never_goes_back(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a", "b", "c")
    kept = (tmp_path / "ledger.head").read_bytes()
    assert kept.startswith(b"3 ")
    journal._head_file.write(2, b"\x00" * 32)
    assert (tmp_path / "ledger.head").read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"x", b"3", b"3 zz", b"\xff" * 96, b"3 00 00"])
def test_a_torn_head_file_is_no_damage_and_is_written_anew(
    journal: SqliteJournal, tmp_path: Path, content: bytes
) -> None:
    fill(journal, "a")
    (tmp_path / "ledger.head").write_bytes(content)
    assert list(journal.damages()) == []
    fill(journal, "b")
    assert journal._head_file.read() == (2, bytes.fromhex(journal.hash_of(2) or ""))


def test_a_head_file_that_cannot_be_written_does_not_fail_a_commit(journal: SqliteJournal, tmp_path: Path) -> None:
    fill(journal, "a")
    (tmp_path / "ledger.head").unlink()
    (tmp_path / "ledger.head").mkdir()
    assert journal.append([envelope("b", 1)], {}) == [2]


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _append_in_a_process(path: Path, mapper: LedgerMapper, name: str, gate: object) -> None:
    gate.wait()  # type: ignore[attr-defined]  # multiprocessing gives its barrier no public type
    journal = SqliteJournal(path, mapper)
    for version in range(1, 21):
        journal.append([envelope(name, version, command=f"{name}-{version}")], {})
    journal.close()


def test_processes_that_open_a_new_ledger_at_the_same_instant_all_succeed(tmp_path: Path, mapper: LedgerMapper) -> None:
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(4)
    children = [
        context.Process(target=_append_in_a_process, args=(tmp_path / "ledger.db", mapper, f"p-{number}", gate))
        for number in range(4)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    journal = SqliteJournal(tmp_path / "ledger.db", mapper)
    assert journal.head() == 80
    assert list(journal.damages()) == []


def test_threads_share_a_journal_while_one_of_them_closes_it_again_and_again(journal: SqliteJournal) -> None:
    """A closed handle is let go when its work is done: nothing crashes, every append is exactly as it was answered."""
    problems: list[BaseException] = []
    done = threading.Event()

    def write(name: str) -> None:
        try:
            for version in range(1, 16):
                journal.append([envelope(name, version, command=f"{name}-{version}")], {})
                assert len(journal.load(Stream(name))) == version
        except BaseException as error:  # noqa: BLE001  # any failure in a thread must reach the test
            problems.append(error)

    def close() -> None:
        while not done.is_set():
            journal.close()

    threads = [threading.Thread(target=write, args=(f"t-{n}",)) for n in range(4)]
    closer = threading.Thread(target=close)
    for thread in (*threads, closer):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    closer.join()
    assert problems == []
    assert journal.head() == 60
    assert list(journal.damages()) == []


def test_two_threads_that_append_the_same_version_get_one_refusal(journal: SqliteJournal) -> None:
    barrier = threading.Barrier(2)
    said: list[str] = []

    def append(command: str) -> None:
        barrier.wait()
        try:
            journal.append([envelope("a", 1, command=command)], {})
            said.append("done")
        except StreamMoved:
            said.append("moved")

    threads = [threading.Thread(target=append, args=(f"c-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "moved"]
    assert len(journal.command(CommandId("c-0")) + journal.command(CommandId("c-1"))) == 1


def test_settled_events_are_in_the_one_file_also_while_others_have_it_open(tmp_path, mapper):
    path = tmp_path / "ledger.db"
    journal, other = SqliteJournal(path, mapper), SqliteJournal(path, mapper)
    fill(journal, *["project"] * 40)
    assert other.head() == 40
    journal.settle()
    alone = tmp_path / "copied" / "ledger.db"
    alone.parent.mkdir()
    alone.write_bytes(path.read_bytes())
    assert SqliteJournal(alone, mapper).head() == 40
    fill(other, "project", "project")
    assert journal.head() == 42
