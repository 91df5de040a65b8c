"""The conductor's loop: elected once, patient with trouble, and gone when there is nothing to do."""

from __future__ import annotations

import threading
from pathlib import Path

from goldfish.bootstrap import SystemClock
from goldfish.conductor.election import Election
from goldfish.conductor.loop import PATIENCE, Conductor
from goldfish.domain.values import SignalType
from goldfish.layout import Layout
from tests.fakes.artifacts import InMemoryArtifacts
from tests.policies.conducting import World


def conductor(world: World, notice: list[int] | None = None) -> Conductor:
    world.layout.home.mkdir(parents=True, exist_ok=True)
    world.clock = SystemClock()  # type: ignore[assignment]  # here time passes
    told = (lambda: None) if notice is None else (lambda: notice.append(world.journal.head()))
    return Conductor(world.tools(), Election(world.layout), places=2, on_change=told, retry_seconds=0.0001)


def test_it_carries_out_what_is_open_and_leaves(tmp_path: Path) -> None:
    world = World(tmp_path)
    runs = [world.request(1), world.request(2)]
    assert conductor(world).serve(idle_seconds=0.05)
    for run in runs:
        assert world.facts(run)[0].finished is not None
    assert Election(world.layout).holder() is None


def test_there_is_only_one(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.home.mkdir()
    first, second = Election(layout), Election(layout)
    assert first.win()
    assert not second.win()
    assert second.holder() is not None
    first.resign()
    assert second.holder() is None
    assert second.win()


def test_whoever_only_asks_for_the_holder_prevents_no_election(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.home.mkdir()
    first = Election(layout)
    assert first.win()
    first.resign()
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            Election(layout).holder()

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    lost = 0
    for _ in range(100):
        candidate = Election(layout)
        lost += not candidate.win()
        candidate.resign()
    over.set()
    for asker in askers:
        asker.join()
    assert lost == 0


def test_the_documents_show_the_end_before_it_leaves(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.request()
    shown: list[int] = []
    conductor(world, shown).serve(idle_seconds=0.05)
    assert shown[-1] == world.journal.head()


class PoisonedArtifacts(InMemoryArtifacts):
    """Cannot show the inputs of run-1's stage `left`, ever."""

    def place(self, digest: str, target: Path, kind: SignalType) -> None:
        if "run-1/left" in str(target):
            raise OSError("the disk has a hole here")
        super().place(digest, target, kind)  # type: ignore[arg-type]  # as it was given


def test_a_run_that_a_policy_fails_on_again_and_again_is_parked_with_the_reason_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.artifacts = PoisonedArtifacts()
    poisoned, healthy = world.request(1), world.request(2)
    conductor(world).serve(idle_seconds=0.05)
    parked = world.facts(poisoned)[0].parked
    assert parked is not None
    assert (parked.policy, parked.tries) == ("launch", PATIENCE)
    assert "the disk has a hole here" in parked.error
    finished = world.facts(healthy)[0].finished
    assert finished is not None
    assert finished.outcome == "succeeded"


def test_a_run_that_was_asked_for_at_the_last_moment_is_not_forgotten(tmp_path: Path) -> None:
    world = World(tmp_path)
    resigned = threading.Event()

    class LateElection(Election):
        def resign(self) -> None:
            if not resigned.is_set():  # between the last look and the resignation somebody asks for a run
                resigned.set()
                world.request()
            super().resign()

    world.layout.home.mkdir(parents=True)
    world.clock = SystemClock()  # type: ignore[assignment]  # here time passes
    late = Conductor(world.tools(), LateElection(world.layout), places=2, on_change=lambda: None)
    assert late.serve(idle_seconds=0.02)
    assert world.facts("run-1")[0].finished is not None
