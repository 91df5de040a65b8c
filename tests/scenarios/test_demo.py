"""The demo: its story is true, also when its conductor is killed again and again."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.api.answers import EventAnswer, RunAnswer, RunProgress
from goldfish.conductor.election import Election
from goldfish.demo.story import Ending, tell
from goldfish.errors import PlaceTaken
from goldfish.layout import Layout

pytest.importorskip("sklearn", reason="the demo's data is scikit-learn's")

METRICS = "SELECT run, stage, metric, last, min, max FROM metrics ORDER BY ALL"
OUTPUTS = "SELECT run, stage, name, digest FROM outputs WHERE kind = 'output' ORDER BY ALL"


class Notebook:
    """A stage that only keeps what it is told."""

    def __init__(self) -> None:
        self.chapters: list[str] = []

    def chapter(self, title: str, text: str) -> None:
        self.chapters.append(title)

    def follow(self, run: RunAnswer, wait: Callable[[Callable[[RunProgress], None]], RunProgress]) -> RunProgress:
        return wait(lambda progress: None)

    def command(self, line: str) -> None: ...
    def tried(self, answer: object) -> None: ...
    def comparison(self, answer: object) -> None: ...
    def lineage(self, answer: object) -> None: ...
    def status(self, answer: object) -> None: ...
    def verified(self, answer: object) -> None: ...
    def farewell(self, directory: Path, commands: Sequence[str]) -> None: ...


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    return tell(tmp_path_factory.mktemp("demo") / "calm", Notebook())


def test_the_story_is_true(undisturbed: Ending) -> None:
    assert undisturbed.baseline.outcome == undisturbed.better.outcome == "succeeded"
    assert undisturbed.diverged.outcome == "failed"
    assert "check" in (undisturbed.diverged.cause or "")
    assert [stage.state for stage in undisturbed.diverged.stages] == ["ended", "ended", "never started"]
    assert not undisturbed.asked_again.started
    assert undisturbed.asked_again.tried is not None
    assert undisturbed.asked_again.tried.run == undisturbed.diverged.run
    assert undisturbed.verified.sound
    accuracy = {row["run"]: row["last"] for row in _rows(undisturbed.directory, METRICS) if row["metric"] == "accuracy"}
    assert accuracy[undisturbed.better.run] > accuracy[undisturbed.baseline.run] > 0.85


@pytest.mark.slow
def test_ten_kills_of_the_conductor_change_no_result_and_repeat_no_execution(
    undisturbed: Ending, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)  # shown when the test fails
    killed = _Killer(tmp_path / "hunted", random.Random(seed), times=10)
    with killed:
        ending = tell(tmp_path / "hunted", Notebook())
    assert killed.hits == 10
    assert ending.verified.sound
    assert _rows(ending.directory, METRICS) == _rows(undisturbed.directory, METRICS)
    assert _rows(ending.directory, OUTPUTS) == _rows(undisturbed.directory, OUTPUTS)
    started = Counter(e.stream for e in _log(ending.directory) if e.name == "execution.launched")
    assert set(started.values()) == {1}
    assert len(started) == 6  # three stages, then train and evaluate, then the train that failed: prepare once
    ends = Counter(e.stream for e in _log(ending.directory) if e.name in ("execution.concluded", "run.finished"))
    assert set(ends.values()) == {1}


def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(PlaceTaken):
        tell(tmp_path, Notebook())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


class _Killer:
    """Kills whoever conducts the project, `times` times, a random moment after each is elected."""

    def __init__(self, root: Path, luck: random.Random, times: int) -> None:
        self._election = Election(Layout(root))
        self._luck = luck
        self._times = times
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hunt)
        self.hits = 0

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _hunt(self) -> None:
        while self.hits < self._times and not self._over.wait(0.005):
            if self._election.holder():
                self._over.wait(self._luck.uniform(0, 0.6))
                victim = self._election.holder()
                if victim:
                    os.kill(victim, signal.SIGKILL)
                    self.hits += 1


def _rows(directory: Path, sql: str) -> list[dict[str, object]]:
    return _open(directory).services.projector.at().rows(sql)


def _log(directory: Path) -> list[EventAnswer]:
    return _open(directory).log(limit=10_000)


def _open(directory: Path) -> Goldfish:
    return Goldfish.open(directory, Actor(kind="human", name="tester"))
