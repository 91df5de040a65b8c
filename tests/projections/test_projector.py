"""The projector: in step with the log, at any position, beside any number of others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from goldfish.domain.projects import Project
from goldfish.errors import LedgerCorrupt
from goldfish.projections.models import MODELS
from goldfish.projections.projector import Projector
from tests.fakes.event_log import InMemoryEventLog


def thoughts(log: InMemoryEventLog, number: int) -> InMemoryEventLog:
    """A log with this many more thoughts."""
    log.append("project", *[Project.ThoughtLogged(text=f"thought {n}") for n in range(number)])
    return log


def count(projector: Projector, as_of: int | None = None) -> int:
    """How many thoughts the projector knows."""
    return int(projector.at(as_of).rows("SELECT count(*) AS n FROM thoughts")[0]["n"])


def bases(cache: Path) -> list[Path]:
    """The base files in a cache."""
    return sorted(cache.glob("base-*.duckdb"))


class CountingEventLog(InMemoryEventLog):
    """Counts how many rows are asked of it."""

    asked = 0

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        found = super().rows(after, upto, limit)
        self.asked += len(found)
        return found


class PromisingEventLog(InMemoryEventLog):
    """Says that it holds ten events, whatever it holds."""

    def head(self) -> int:
        return 10


def test_every_column_of_every_model_is_described_and_nothing_else() -> None:
    view = Projector(InMemoryEventLog()).at()
    for name, model in MODELS.items():
        described = view.rows(f"SELECT column_name FROM (DESCRIBE FROM {name})")
        assert [row["column_name"] for row in described] == ["key", *model.columns]
        assert all(sentence.endswith(".") for sentence in model.columns.values())


def test_a_new_event_is_seen_by_the_next_question() -> None:
    log = thoughts(InMemoryEventLog(), 3)
    projector = Projector(log)
    assert count(projector) == 3
    thoughts(log, 2)
    assert count(projector) == 5


def test_a_view_stays_at_its_position_while_the_log_grows() -> None:
    log = thoughts(InMemoryEventLog(), 3)
    projector = Projector(log)
    view = projector.at()
    thoughts(log, 2)
    assert count(projector) == 5
    assert view.rows("SELECT count(*) AS n FROM thoughts") == [{"n": 3}]


def test_an_unchanged_log_is_not_read_again() -> None:
    log = CountingEventLog()
    thoughts(log, 3)
    projector = Projector(log)
    count(projector)
    before = log.asked
    count(projector)
    assert log.asked == before


@pytest.mark.parametrize(("as_of", "position"), [(None, 3), (0, 0), (2, 2), (3, 3), (99, 3), (-1, 0)])
def test_a_position_is_kept_within_the_log(as_of: int | None, position: int) -> None:
    assert Projector(thoughts(InMemoryEventLog(), 3)).at(as_of).position == position


@pytest.mark.parametrize("missing", [1, 5, 10])
def test_a_missing_position_stops_it_and_is_named(missing: int) -> None:
    log = PromisingEventLog()
    thoughts(log, 10)
    del log.stored[missing - 1]
    with pytest.raises(LedgerCorrupt) as caught:
        Projector(log).at()
    assert caught.value.facts["position"] == missing


def test_a_record_that_is_no_json_stops_it_and_is_named() -> None:
    log = thoughts(InMemoryEventLog(), 4)
    log.stored[2] = (*log.stored[2][:4], '{"v":1,"at":')
    with pytest.raises(LedgerCorrupt) as caught:
        Projector(log).at()
    assert caught.value.facts["position"] == 3


def test_after_a_gap_was_mended_it_goes_on() -> None:
    log = thoughts(InMemoryEventLog(), 10)
    projector = Projector(log)
    count(projector)
    thoughts(log, 3)
    gone = log.stored.pop(11)
    with pytest.raises(LedgerCorrupt):
        projector.at()
    log.stored.insert(11, gone)
    assert count(projector) == 13


def test_a_long_tail_becomes_a_base_that_others_begin_with(tmp_path: Path) -> None:
    log = CountingEventLog()
    thoughts(log, 30)
    assert count(Projector(log, tmp_path, publish_after=20)) == 30
    assert len(bases(tmp_path)) == 1
    log.asked = 0
    assert count(Projector(log, tmp_path, publish_after=20)) == 30
    assert log.asked == 2  # the first and the last event, to see whose base it is


def test_a_newer_base_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 30)
    old = Projector(log, tmp_path, publish_after=20)
    assert count(old) == 30
    (first,) = bases(tmp_path)
    thoughts(log, 30)
    assert count(Projector(log, tmp_path, publish_after=20)) == 60
    assert first not in bases(tmp_path)
    assert len(bases(tmp_path)) == 1
    assert count(old, as_of=30) == 30


def test_the_past_before_a_base_is_answered_from_it(tmp_path: Path) -> None:
    log = CountingEventLog()
    thoughts(log, 30)
    count(Projector(log, tmp_path, publish_after=20))
    log.asked = 0
    assert count(Projector(log, tmp_path, publish_after=20), as_of=7) == 7
    assert log.asked == 2


def test_a_base_of_another_ledger_is_thrown_away(tmp_path: Path) -> None:
    foreign, log = thoughts(InMemoryEventLog(), 30), InMemoryEventLog()
    log.append("project", *[Project.GoalSet(goal=f"goal {n}") for n in range(30)])
    count(Projector(foreign, tmp_path, publish_after=20))
    assert count(Projector(log, tmp_path, publish_after=20)) == 0


def test_a_base_beyond_a_restored_ledger_is_thrown_away(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 30)
    count(Projector(log, tmp_path, publish_after=20))
    assert count(Projector(log.until(10), tmp_path, publish_after=20)) == 10
    assert bases(tmp_path) == []


def test_a_base_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 30)
    cache = tmp_path / "cache"
    count(Projector(log, cache, publish_after=20))
    (base,) = bases(cache)
    outside = base.rename(tmp_path / "outside.duckdb")
    base.symlink_to(outside)
    log_without_base = CountingEventLog(log.stored)
    assert count(Projector(log_without_base, cache, publish_after=100)) == 30
    assert log_without_base.asked == 30
    assert outside.exists()


def test_a_base_with_views_of_its_own_is_never_asked(tmp_path: Path) -> None:
    import duckdb

    log = thoughts(InMemoryEventLog(), 30)
    count(Projector(log, tmp_path, publish_after=20))
    (base,) = bases(tmp_path)
    base.chmod(0o644)
    with duckdb.connect(str(base)) as hostile:
        hostile.execute("DROP TABLE thoughts; CREATE VIEW thoughts AS SELECT * FROM read_text('/etc/passwd')")
    assert count(Projector(log, tmp_path, publish_after=20)) == 30


def test_a_cache_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a directory is due")
    assert count(Projector(thoughts(InMemoryEventLog(), 30), tmp_path / "cache", publish_after=20)) == 30


def test_a_rebuilt_projector_answers_the_same_and_tells_how_far_it_is(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 30)
    projector = Projector(log, tmp_path, publish_after=20)
    assert count(projector) == 30
    heard: list[tuple[str, int, int]] = []
    assert projector.rebuild(lambda *told: heard.append(told)) == 30
    assert heard[0] == ("events", 30, 30)
    assert [what for what, _, _ in heard[1:]] == list(MODELS)
    assert count(projector) == 30


def test_check_names_the_model_that_differs_from_the_log(tmp_path: Path) -> None:
    import duckdb

    log = thoughts(InMemoryEventLog(), 30)
    count(Projector(log, tmp_path, publish_after=20))
    (base,) = bases(tmp_path)
    base.chmod(0o644)
    with duckdb.connect(str(base)) as hostile:
        hostile.execute("UPDATE thoughts SET text = 'forged' WHERE position = 7")
    projector = Projector(log, tmp_path, publish_after=20)
    wrong = [(found.name, found.differing, found.key) for found in projector.check().relations if found.differing]
    assert wrong == [("thoughts", 2, "project")]
    projector.rebuild()
    assert projector.check().is_sound


def test_check_names_a_base_that_cannot_be_read(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 3_000)
    count(Projector(log, tmp_path, publish_after=20))
    (base,) = bases(tmp_path)
    data = bytearray(base.read_bytes())
    for place in range(len(data) // 2, len(data) - 300_000, 64):  # in the middle, so that it can still be opened
        data[place] ^= 1
    base.unlink()
    base.write_bytes(bytes(data))
    projector = Projector(log, tmp_path, publish_after=10_000)
    found = projector.check()
    assert not found.is_sound
    assert str(found.unreadable).startswith(f"{base.name} was thrown away: ")
    assert projector.check().is_sound
    assert bases(tmp_path) == []


def test_a_question_that_cannot_be_asked_leaves_the_projector_in_order() -> None:
    import duckdb

    projector = Projector(thoughts(InMemoryEventLog(), 3))
    with pytest.raises(duckdb.Error):
        projector.at().rows("SELECT nothing FROM thoughts")
    assert count(projector) == 3


def test_many_threads_ask_one_projector(tmp_path: Path) -> None:
    log = thoughts(InMemoryEventLog(), 40)
    projector = Projector(log, tmp_path, publish_after=20)
    found: list[int] = []
    ask = [threading.Thread(target=lambda n=n: found.append(count(projector, n) - n)) for n in range(0, 40, 5)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert found == [0] * 8


ASK = """
import sys
from pathlib import Path
from goldfish.projections.projector import Projector
from tests.projections.test_projector import InMemoryEventLog, count, thoughts
log = thoughts(InMemoryEventLog(), 60)
sys.exit(count(Projector(log, Path(sys.argv[1]), publish_after=20)))
"""


def test_many_processes_publish_at_once_and_all_answer(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", ASK, str(tmp_path)]
    asking = [subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}) for _ in range(3)]
    assert [process.wait(60) for process in asking] == [60, 60, 60]
    assert len(bases(tmp_path)) == 1
    assert list(tmp_path.glob(".base-*")) == []
