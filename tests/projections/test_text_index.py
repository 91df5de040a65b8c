"""The text index: in step with the log, as of any moment, beside any number of others; a cache and nothing more."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldfish.domain.notes import Note
from goldfish.domain.projects import Project
from goldfish.errors import SearchUnavailable
from goldfish.projections import _text_file
from goldfish.projections.projector import Projector, View
from goldfish.projections.text_index import TextIndex
from goldfish.projections.text_view import TextView
from tests.fakes.event_log import EPOCH, InMemoryEventLog, StutteringEventLog
from tests.histories import History, histories

LAW = settings(
    max_examples=max(5, settings().max_examples // 8), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
CUTS = st.lists(st.integers(0, 60), max_size=4)
TABLES = ("subjects", "places", "texts")


def thoughts(log: InMemoryEventLog, number: int) -> InMemoryEventLog:
    """A log with this many more thoughts."""
    log.append("project", *[Project.ThoughtLogged(text=f"thought number {n}") for n in range(number)])
    return log


def everything(texts: TextView) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the index, and what it finds."""
    rows = {name: sorted(texts._connection.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}
    rows["found"] = sorted(texts.ranked('("thought" OR "a" * OR "0" *)'))
    return rows


def count(index: TextIndex, view: View, word: str = "thought") -> int:
    """How many texts hold a word."""
    return len(index.ask(view, lambda texts: texts.subjects(f'"{word}"')))


def file_of(cache: Path) -> Path:
    """The only index in a directory."""
    (path,) = cache.glob("texts-*.db")
    return path


@LAW
@given(histories(), CUTS)
def test_what_grew_with_the_log_equals_what_is_made_of_all_of_it(history: History, cuts: list[int]) -> None:
    whole = history.log.stored[:]
    fresh = TextIndex(history.log).ask(Projector(history.log).at(), everything)
    log = InMemoryEventLog()
    projector = Projector(log)
    with TemporaryDirectory() as cache:
        grown, shared = TextIndex(log), TextIndex(log, Path(cache))
        for cut in sorted({*cuts, len(whole)}):
            log.stored[:] = whole[:cut]
            for index in (grown, shared):
                index.ask(projector.at(), everything)
        assert grown.ask(projector.at(), everything) == fresh
        assert shared.ask(projector.at(), everything) == fresh
        assert TextIndex(log, Path(cache)).ask(projector.at(), everything) == fresh


@LAW
@given(histories(), st.data())
def test_the_past_finds_what_was_there(history: History, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, history.log.head()))
    then = history.log.until(position)
    words = [row[4] for row in history.log.stored]
    word = data.draw(st.sampled_from([w for text in words for w in text.replace('"', " ").split() if w.isalnum()]))
    past = TextIndex(then).ask(Projector(then).at(), lambda texts: texts.subjects(f'"{word}"'))
    now = TextIndex(history.log).ask(Projector(history.log).at(position), lambda texts: texts.subjects(f'"{word}"'))
    assert {n for n in now if n > 0} == {n for n in past if n > 0}
    assert len(now) == len(past)


@LAW
@given(histories())
def test_rows_delivered_twice_change_nothing(history: History) -> None:
    log = StutteringEventLog(history.log.stored)
    expected = TextIndex(history.log).ask(Projector(history.log).at(), everything)
    assert TextIndex(log).ask(Projector(log).at(), everything) == expected


@pytest.mark.parametrize("damage", ["emptied", "flipped", "cut", "text", "foreign", "shorter", "tables", "directory"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: str) -> None:
    log = thoughts(InMemoryEventLog(), 300)
    projector = Projector(log)
    assert count(TextIndex(log, tmp_path), projector.at()) == 300
    harm(file_of(tmp_path), damage)
    assert count(TextIndex(log, tmp_path), projector.at()) == 300


def harm(path: Path, damage: str) -> None:
    data = bytearray(path.read_bytes())
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    chance = random.Random(1)
    match damage:
        case "emptied":
            data.clear()
        case "flipped":
            for _ in range(400):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case "cut":
            del data[len(data) // 2 :]
        case "text":
            data[:] = b"this is no database" * 100
        case "foreign":
            log = InMemoryEventLog()
            log.append("project", *[Project.ThoughtLogged(text=f"foreign {n}") for n in range(300)])
            count(TextIndex(log, path.parent), Projector(log).at())
            return
        case "shorter":
            log = thoughts(InMemoryEventLog(), 400)
            count(TextIndex(log, path.parent), Projector(log).at())
            return
        case "tables":
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE other (a)")
            connection.commit()
            connection.close()
            return
        case _:
            path.mkdir()
            (path / "something").write_text("in the way")
            return
    path.write_bytes(bytes(data))


def test_an_index_that_breaks_while_it_is_open_is_made_anew(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 300)
    projector = Projector(log)
    index = TextIndex(log, tmp_path)
    assert count(index, projector.at()) == 300
    assert index._connection is not None
    index._connection.execute("DROP TABLE places")
    assert count(index, projector.at()) == 300


def test_a_link_is_no_index(tmp_path: Path) -> None:
    cache, outside = tmp_path / "cache", tmp_path / "outside"
    cache.mkdir()
    outside.write_text("keep me")
    _text_file.file_in(cache).symlink_to(outside)
    log = thoughts(InMemoryEventLog(), 3)
    assert count(TextIndex(log, cache), Projector(log).at()) == 3
    assert outside.read_text() == "keep me"


def test_indexes_of_earlier_schemas_are_removed(tmp_path: Path) -> None:
    old = tmp_path / "texts-0123456789abcdef.db"
    old.write_text("old")
    log = thoughts(InMemoryEventLog(), 3)
    assert count(TextIndex(log, tmp_path), Projector(log).at()) == 3
    assert not old.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_nothing_can_be_written_the_index_is_in_memory(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 3)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert count(TextIndex(log, tmp_path), Projector(log).at()) == 3
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_where_there_can_be_no_directory_the_index_is_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = thoughts(InMemoryEventLog(), 3)
    assert count(TextIndex(log, tmp_path / "file" / "cache"), Projector(log).at()) == 3


def test_a_full_disk_costs_time_and_no_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = thoughts(InMemoryEventLog(), 2_000)

    def small(path: Path) -> sqlite3.Connection:
        connection = opened(path)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    opened = _text_file.open_file
    monkeypatch.setattr("goldfish.projections.text_index.open_file", small)
    assert count(TextIndex(log, tmp_path), Projector(log).at()) == 2_000


def test_without_full_text_search_the_refusal_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text_file, "SCHEMA", _text_file.SCHEMA.replace("fts5", "fts99"))
    log = thoughts(InMemoryEventLog(), 1)
    with pytest.raises(SearchUnavailable, match=sqlite3.sqlite_version):
        TextIndex(log).ask(Projector(log).at(), everything)


def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 500)
    projector = Projector(log)
    index = TextIndex(log, tmp_path)
    found: list[int] = []

    def ask() -> None:
        found.extend(count(index, projector.at()) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [500] * 80


_ASK = """
import sys
from pathlib import Path
from goldfish.projections.projector import Projector
from goldfish.projections.text_index import TextIndex
from tests.projections.test_text_index import count, thoughts
from tests.fakes.event_log import InMemoryEventLog
log = InMemoryEventLog()
projector, index = Projector(log), TextIndex(log, Path(sys.argv[1]))
for n in range(30):
    thoughts(log, 100)
    assert count(index, projector.at()) == len(log.stored), n
"""


def test_several_processes_share_a_file(tmp_path: Path) -> None:
    asking = [subprocess.Popen([sys.executable, "-c", _ASK, str(tmp_path)], stderr=subprocess.PIPE) for _ in range(3)]
    assert [(one.wait(), (one.stderr and one.stderr.read()) or b"") for one in asking] == [(0, b"")] * 3
    log = InMemoryEventLog()
    for _ in range(30):
        thoughts(log, 100)
    expected = TextIndex(log).ask(Projector(log).at(), everything)
    assert TextIndex(log, tmp_path).ask(Projector(log).at(), everything) == expected


def test_what_was_imported_is_known_from_when_it_happened() -> None:
    log = InMemoryEventLog()
    log.append("thought-1", Note.Logged(kind="thought", text="our own thought"))
    happened = EPOCH - timedelta(days=9)
    log.append(
        "thought-2",
        Note.Logged(kind="thought", text="a foreign thought", system="experiments", called="T1", happened=happened),
    )
    projector, index = Projector(log), TextIndex(log)
    assert count(index, projector.at()) == 2
    assert count(index, projector.at(happened)) == 1
    assert count(index, projector.at(happened), "foreign") == 1
    assert count(index, projector.at(happened - timedelta(seconds=1))) == 0
    assert count(index, projector.at(datetime(2100, 1, 1, tzinfo=UTC))) == 2
    assert count(index, projector.at(1)) == 1
