"""Whatever lies in the directory of read models: it is no answer, nothing waits for it, nothing beside it suffers."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.domain.projects import Project
from goldfish.projections._text_file import file_in
from goldfish.projections.projector import Projector
from goldfish.projections.text_index import TextIndex
from goldfish.queries import kept
from tests.fakes.event_log import InMemoryEventLog

GOAL = "to see what is answered"


@pytest.fixture
def goldfish(tmp_path: Path) -> Goldfish:
    return Goldfish.found(tmp_path / "project", Actor(kind="human", name="tester"), goal=GOAL)


class Stuck(BaseException):
    """Nothing catches it by mistake."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Ends what waits for ever."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Stuck

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("oddity", ["pipe", "endless", "directory", "large"])
def test_an_odd_file_is_no_kept_answer(goldfish: Goldfish, oddity: str) -> None:
    path = goldfish.layout.projections / "status.kept"
    path.unlink()
    match oddity:
        case "pipe":
            os.mkfifo(path)
        case "endless":
            path.symlink_to("/dev/zero")
        case "directory":
            (path / "full").mkdir(parents=True)
        case _:
            path.touch()
            os.truncate(path, 1 << 40)
    with within(30):
        assert goldfish.status().goal == GOAL


def test_a_kept_answer_that_is_well_sealed_and_no_status_is_ignored(goldfish: Goldfish) -> None:
    log = goldfish.services.journal.hash_of(goldfish.services.journal.head())
    assert log is not None
    body = b'{"goal": 7}'
    seal = kept._seal("status", log, body).encode()
    (goldfish.layout.projections / "status.kept").write_bytes(seal + b"\n" + body)
    assert goldfish.status().goal == GOAL


def test_code_of_every_depth_counts_for_what_is_kept() -> None:
    root = Path(kept.__file__).parent.parent
    deep = {path.name for path in (root / "queries" / "comparing").glob("*.py")}
    assert deep <= {Path(name).name for name, _, _ in kept._code()}
    assert "status_lines.py" in {Path(name).name for name, _, _ in kept._code()}


def thoughts(number: int) -> InMemoryEventLog:
    log = InMemoryEventLog()
    log.append("project", *[Project.ThoughtLogged(text=f"thought number {n}") for n in range(number)])
    return log


def found(log: InMemoryEventLog, cache: Path) -> int:
    index = TextIndex(log, cache)
    try:
        return len(index.ask(Projector(log).at(), lambda texts: texts.subjects('"thought"')))
    finally:
        index.close()


@pytest.mark.parametrize(
    "hostile",
    [
        "CREATE TRIGGER t AFTER INSERT ON texts BEGIN DELETE FROM places; END",
        "DROP INDEX of_subject; CREATE TABLE more (a)",
        "ALTER TABLE places ADD COLUMN more",
        "CREATE VIEW v AS SELECT 1",
    ],
)
def test_an_index_with_something_of_its_own_is_made_anew(tmp_path: Path, hostile: str) -> None:
    log = thoughts(20)
    assert found(log, tmp_path) == 20
    with sqlite3.connect(file_in(tmp_path)) as connection:
        connection.executescript(hostile)
    connection.close()
    more = thoughts(25)
    assert found(more, tmp_path) == 25
    connection = sqlite3.connect(file_in(tmp_path))
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    connection.close()
    assert not names & {"t", "v", "more"}
    assert "of_subject" in names


@pytest.mark.parametrize("beside", ["-wal", "-journal", "-shm"])
def test_a_link_beside_the_index_leads_nowhere(tmp_path: Path, beside: str) -> None:
    cache, outside = tmp_path / "cache", tmp_path / "outside"
    log = thoughts(20)
    assert found(log, cache) == 20
    outside.write_bytes(b"keep me" * 1000)
    path = file_in(cache)
    link = path.with_name(path.name + beside)
    link.unlink(missing_ok=True)
    link.symlink_to(outside)
    assert found(thoughts(25), cache) == 25
    assert outside.read_bytes() == b"keep me" * 1000


@pytest.mark.parametrize("kind", ["link", "text", "pipe"])
def test_what_lies_beside_a_base_costs_no_answer_and_goes_with_it(tmp_path: Path, kind: str) -> None:
    cache, outside = tmp_path / "cache", tmp_path / "outside"
    log = thoughts(30)

    def count() -> int:
        with within(30):
            return len(Projector(log, cache, publish_after=20).at().rows("SELECT * FROM thoughts"))

    assert count() == 30
    outside.write_bytes(b"keep me" * 1000)
    (base,) = cache.glob("base-*.duckdb")
    beside = base.with_name(base.name + ".wal")
    match kind:
        case "link":
            beside.symlink_to(outside)
        case "text":
            beside.write_bytes(b"no log" * 1000)
        case _:
            os.mkfifo(beside)
    assert count() == 30
    assert outside.read_bytes() == b"keep me" * 1000
    assert not os.path.lexists(beside)
    (again,) = cache.glob("base-*.duckdb")
    assert again.is_file()
