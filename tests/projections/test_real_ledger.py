"""The read models over a real ledger file, not the fake one."""

from __future__ import annotations

from pathlib import Path

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.domain.names import CommandId, Stream
from goldfish.domain.projects import Project
from goldfish.ledger.envelope import Actor, Envelope
from goldfish.projections.projector import Projector
from goldfish.queries.status import status
from tests.fakes.event_log import EPOCH


def envelope(version: int, event: Project.Founded | Project.ThoughtLogged) -> Envelope:
    """An event of the project."""
    return Envelope(
        stream=Stream("project"),
        version=version,
        event=event,
        at=EPOCH,
        actor=Actor(kind="agent", name="coder"),
        command_id=CommandId(f"command-{version}"),
    )


def test_what_was_appended_is_answered(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.append([envelope(1, Project.Founded(name="digits", goal="learn"))], {})
    projector = Projector(journal, tmp_path / "cache", publish_after=2)
    assert status(projector.at()).as_of == 1
    for version in range(2, 7):
        journal.append([envelope(version, Project.ThoughtLogged(text=f"thought {version}"))], {})
    answer = status(projector.at())
    assert (answer.as_of, answer.project, answer.goal) == (6, "digits", "learn")
    assert [thought.text for thought in answer.thoughts] == [f"thought {n}" for n in range(6, 1, -1)]
    assert (answer.thoughts[0].by, answer.thoughts[0].day) == ("agent:coder", f"{EPOCH:%Y-%m-%d}")
    assert projector.check().is_sound
