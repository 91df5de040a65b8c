"""A failed save is unknown, not failed; and no secret ever reaches the file (F06, F07, F61)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent
from pydantic import BaseModel

from goldfish.adapters.sqlite_ledger import LedgerRecorder, SqliteJournal
from goldfish.application import Application, Session
from goldfish.domain.event import Event
from goldfish.domain.names import CommandId
from goldfish.domain.projects import Project
from goldfish.errors import LedgerCorrupt, LedgerUnavailable, ProjectUnwritable
from goldfish.ledger.envelope import Actor, Envelope
from tests.contracts.journal import NOW, envelope, fill
from tests.fakes.clock import FixedClock
from tests.ledger.test_redaction import CANARIES
from tests.replay.samples import SAMPLES

Insert = Callable[..., Sequence[int] | None]


class HostileRecorder:
    """Fails the next save, before or after it was committed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails: Exception | None = None
        self.committed_first = False
        insert: Insert = LedgerRecorder.insert_events

        def hostile(recorder: LedgerRecorder, events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
            error, self.fails = self.fails, None
            if error is None or self.committed_first:
                positions = insert(recorder, events, **kwargs)
                if error is None:
                    return positions
            raise error

        monkeypatch.setattr(LedgerRecorder, "insert_events", hostile)

    def fail(self, error: Exception, *, committed_first: bool) -> None:
        self.fails, self.committed_first = error, committed_first


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> HostileRecorder:
    return HostileRecorder(monkeypatch)


ERRORS = [OperationalError("disk I/O error"), sqlite3.OperationalError("disk I/O error")]


@pytest.mark.parametrize("error", ERRORS, ids=["translated", "raw"])
def test_an_error_after_the_commit_is_a_success(
    journal: SqliteJournal, recorder: HostileRecorder, error: Exception
) -> None:
    fill(journal, "x")
    recorder.fail(error, committed_first=True)
    assert journal.append([envelope("a", 1), envelope("b", 1)], {}) == [2, 3]


@pytest.mark.parametrize("error", ERRORS, ids=["translated", "raw"])
def test_an_error_before_the_commit_is_a_named_failure_and_a_repeat_takes_effect(
    journal: SqliteJournal, recorder: HostileRecorder, error: Exception
) -> None:
    recorder.fail(error, committed_first=False)
    with pytest.raises(LedgerUnavailable, match="disk I/O error"):
        journal.append([envelope("a", 1)], {})
    assert journal.head() == 0
    assert journal.append([envelope("a", 1)], {}) == [1]


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("database or disk is full", ProjectUnwritable),
        ("attempt to write a readonly database", ProjectUnwritable),
        ("database disk image is malformed", LedgerCorrupt),
        ("unable to open database file", LedgerUnavailable),
    ],
)
def test_what_sqlite_says_becomes_a_named_error(
    journal: SqliteJournal, recorder: HostileRecorder, says: str, name: type[Exception]
) -> None:
    recorder.fail(OperationalError(says), committed_first=False)
    with pytest.raises(name):
        journal.append([envelope("a", 1)], {})


@pytest.mark.parametrize("committed_first", [True, False])
def test_a_command_repeated_after_an_unknown_outcome_takes_effect_once(
    journal: SqliteJournal, recorder: HostileRecorder, committed_first: bool
) -> None:
    app = Application(journal, FixedClock(), Actor(kind="human", name="me"))

    def think(session: Session) -> None:
        project = session.project()
        session.record(project, [Project.ThoughtLogged(text="once")])

    for _ in range(3):
        recorder.fail(OperationalError("disk I/O error"), committed_first=committed_first)
        try:
            receipt = app.execute(think, request={}, command_id=CommandId("mine"))
        except LedgerUnavailable:
            recorder.fails = None
            receipt = app.execute(think, request={}, command_id=CommandId("mine"))
        assert [e.position for e in receipt.events] == [1]
    assert journal.head() == 1


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def planted(value: Any, secret: str) -> Any:
    """The same value with the secret in each free text of it."""
    match value:
        case BaseModel():
            fields = {name: planted(getattr(value, name), secret) for name in type(value).model_fields}
            return type(value).model_construct(**fields)
        case str():
            return f"{value} {secret}"
        case list():
            return [planted(item, secret) for item in value]
        case dict():
            return {planted(key, secret): planted(item, secret) for key, item in value.items()}
        case _:
            return value


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # closed sets of words get a secret here, too
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.NAME)
def test_no_secret_in_any_text_of_any_event_reaches_the_disk(
    journal: SqliteJournal, tmp_path: Path, sample: Event
) -> None:
    for number, (text, _) in enumerate(CANARIES, 1):
        event = planted(sample, text)
        actor = Actor(kind="agent", name=text, session=text)
        journal.append(
            [Envelope(envelope("a", 1).stream, number, event, NOW, actor, CommandId(f"c-{number}"), "x")], {}
        )
    journal.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert content.count(b"\xe2\x9f\xa8secret ") >= len(CANARIES)
    leaked = [secret for _, secret in CANARIES if secret.encode() in content]
    assert leaked == []
