"""The index by which the ledger knows work by its fingerprint."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.adapters.sqlite_ledger import SqliteJournal, fingerprints
from goldfish.domain.canonical import canonical
from goldfish.domain.values import StagePlan
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.journal import FINGERPRINTED
from tests.adapters.test_sqlite_journal import named, tamper
from tests.contracts.journal import REQUESTED, envelope, fill, marked

DROP = f"DROP INDEX {fingerprints.INDEX}"
PRESENT = f"SELECT count(*) FROM sqlite_master WHERE name = '{fingerprints.INDEX}'"


def ask(path: Path, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """Rows, by a connection that trusts the schema as little as the journal's own does."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA trusted_schema=OFF")
        return database.execute(sql, parameters).fetchall()


def indexed(path: Path) -> bool:
    return ask(path, PRESENT) == [(1,)]


@pytest.fixture
def older(tmp_path: Path, journal: SqliteJournal) -> Iterator[Path]:
    """The file of a ledger with one run, made before there was the index. `journal` is closed."""
    journal.append([envelope("run-1", 1, marked("aa"))], {})
    journal.close()
    ask(tmp_path / "ledger.db", DROP)
    yield tmp_path / "ledger.db"
    tmp_path.chmod(0o755)


@pytest.mark.parametrize("name", FINGERPRINTED)
def test_the_index_answers(journal: SqliteJournal, tmp_path: Path, name: str) -> None:
    fill(journal, "a")
    parameters = fingerprints.parameters("x", name)
    plan = ask(tmp_path / "ledger.db", f"EXPLAIN QUERY PLAN {fingerprints.STREAMS}", *parameters)
    assert [row[3] for row in plan] == [f"SEARCH events USING INDEX {fingerprints.INDEX} (<expr>=? AND name=?)"]


def test_a_ledger_older_than_the_index_gets_it_when_it_is_opened(journal: SqliteJournal, older: Path) -> None:
    assert not indexed(older)
    assert journal.with_fingerprint("aa", "run.requested") == ["run-1"]
    assert indexed(older)
    assert named(journal) == set()


def test_a_ledger_that_somebody_is_writing_is_opened_without_it(journal: SqliteJournal, older: Path) -> None:
    with closing(sqlite3.connect(older)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert journal.with_fingerprint("aa", "run.requested") == ["run-1"]
        assert named(journal) == set()
    assert not indexed(older)


def test_a_ledger_that_cannot_be_written_answers_without_it(
    older: Path, mapper: LedgerMapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(older, "PRAGMA journal_mode=DELETE")  # as the last program that closed it leaves no second file
    monkeypatch.setattr("goldfish.adapters.sqlite_ledger.connections.os.access", lambda *_: False)
    read_only = SqliteJournal(older, mapper)
    assert read_only.with_fingerprint("aa", "run.requested") == ["run-1"]
    assert named(read_only) == set()
    read_only.close()
    assert not indexed(older)


def test_an_index_that_finds_other_things_is_named(journal: SqliteJournal, older: Path) -> None:
    ask(older, f"CREATE INDEX {fingerprints.INDEX} ON events (name)")
    assert named(journal) == {(0, "guards")}
    assert journal.with_fingerprint("aa", "run.requested") == ["run-1"]


def test_a_damaged_record_hides_no_other(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.append([envelope("run-1", 1, marked("aa"), "1")], {})
    journal.append([envelope("run-2", 1, marked("aa"), "2")], {})
    tamper(tmp_path / "ledger.db", "UPDATE events SET record = X'7B22' WHERE position = 1")
    assert journal.with_fingerprint("aa", "run.requested") == ["run-2"]
    journal.append([envelope("run-3", 1, marked("aa"), "3")], {})
    assert journal.with_fingerprint("aa", "run.requested") == ["run-3", "run-2"]
    assert (1, "undecodable") in named(journal)


PIECES = st.sampled_from([*'aé\n\\":,{}[]', "fingerprint", '"fingerprint":"'])
TEXTS = st.lists(PIECES, max_size=6).map("".join)
CONFIGS = st.dictionaries(
    TEXTS | st.just("fingerprint"), st.recursive(TEXTS, lambda v: st.lists(v) | st.dictionaries(TEXTS, v))
)


@settings(max_examples=200)
@given(fingerprint=TEXTS, config=CONFIGS, reason=TEXTS, workspace=TEXTS)
def test_the_bytes_say_the_fingerprint_whatever_users_write(
    fingerprint: str, config: dict[str, JsonValue], reason: str, workspace: str
) -> None:
    event = REQUESTED.model_copy(
        update={
            "fingerprint": fingerprint,
            "stages": [StagePlan(name="train", config=config)],
            "reason": REQUESTED.reason.model_copy(update={"description": reason}),
            "workspace": workspace,
        }
    )
    record = canonical({"actor": {"name": reason}, "command": reason, "data": event.model_dump(mode="json")})
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, name TEXT, record BLOB)")
        database.execute(fingerprints.SCHEMA)
        database.execute("INSERT INTO events VALUES (1, 'run-1', 'run.requested', ?)", (record,))
        for asked in (fingerprint, fingerprint + "x", "fingerprint"):
            found = database.execute(fingerprints.STREAMS, fingerprints.parameters(asked, "run.requested")).fetchall()
            assert found == ([("run-1",)] if asked == fingerprint else [])
