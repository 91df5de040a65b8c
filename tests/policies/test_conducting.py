"""Runs are carried out from the facts alone: crashes, lost replies and repetition change nothing."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from goldfish.errors import RunnerUnavailable
from goldfish.policies.run_execution import next_steps
from goldfish.policies.steps import carry_out
from tests.fakes.runner import ForgetfulRunner, InMemoryRunner, LyingRunner, exited, raises
from tests.policies.conducting import Fuse, Killed, World


def test_a_run_is_carried_out_in_the_order_of_its_data(tmp_path: Path) -> None:
    world = World(tmp_path)
    run = world.request()
    world.conduct()
    state, executions = world.facts(run)
    assert state.finished is not None
    assert state.finished.outcome == "succeeded"
    assert {name: e.outcome for name, e in executions.items()} == dict.fromkeys(executions, "succeeded")
    order = [order.stage.name for order in world.runner.orders]
    assert order[0] == "prepare"
    assert order[-1] == "last"


def test_what_a_policy_records_names_its_cause(tmp_path: Path) -> None:
    world = World(tmp_path)
    run = world.request()
    world.conduct()
    events = {e.position: e for e in world.journal.page(0, 1000)}
    for event in events.values():
        if event.actor.kind == "policy":
            assert event.because_of is not None
            assert event.because_of < event.position
    finished = next(e for e in events.values() if e.event.NAME == "run.finished")
    assert finished.stream == run
    assert events[finished.because_of or 0].event.NAME == "execution.concluded"


def test_a_kill_at_any_moment_changes_nothing_and_starts_nothing_twice(tmp_path: Path) -> None:
    calm = World(tmp_path / "calm")
    calm.request()
    calm.conduct()
    moment = 0
    while True:
        moment += 1
        world = World(tmp_path / f"kill-{moment}")
        world.request()
        try:
            world.conduct(world.tools(Fuse(moment)))
        except Killed:
            world.conduct()
        else:
            break
        assert world.story() == calm.story(), f"killed at moment {moment}"
        started = Counter(order.execution for order in world.runner.orders)
        assert set(started.values()) == {1}, f"killed at moment {moment}"
    assert moment > 150  # the enumeration went through the whole run


def test_a_kill_at_any_moment_of_a_cancelled_run_leaves_nothing_running(tmp_path: Path) -> None:
    for moment in range(1, 60):
        world = World(tmp_path / f"kill-{moment}", InMemoryRunner(default=lambda _: None))  # stages that never end
        run = world.request()
        with suppress(Killed):
            world.conduct(world.tools(Fuse(moment)))
        world.cancel(run)
        world.conduct()
        state, executions = world.facts(run)
        assert state.finished is not None, f"killed at moment {moment}"
        assert state.finished.outcome == "cancelled"
        for name, execution in executions.items():
            seen = world.runner.observe(f"{run}/{name}", 1)  # type: ignore[arg-type]  # an id of this very run
            assert seen.state in ("absent", "exited"), f"killed at moment {moment}: {name} is {seen.state}"
            assert execution.intended is None or execution.outcome == "cancelled"


def test_steps_that_are_taken_again_record_nothing_new(tmp_path: Path) -> None:
    world = World(tmp_path)
    run = world.request()
    tools = world.tools()
    for _ in range(50):
        state, executions = world.facts(run)
        for step in next_steps(state, executions, 2):
            carry_out(tools, step)
            head = world.journal.head()
            carry_out(tools, step)
            assert world.journal.head() == head, step
    assert world.facts(run)[0].finished is not None


def test_a_launch_whose_reply_was_lost_is_not_made_twice(tmp_path: Path) -> None:
    world = World(tmp_path, ForgetfulRunner())
    run = world.request()
    for _ in range(4):  # one lost reply for each stage
        with pytest.raises(RunnerUnavailable):
            world.conduct(places=1)
    world.conduct(places=1)
    assert len(world.runner.orders) == 4
    assert world.facts(run)[0].finished is not None


def test_a_backend_that_does_not_know_is_asked_again_and_nothing_is_called_failed(tmp_path: Path) -> None:
    runner = LyingRunner()
    world = World(tmp_path, runner)
    run = world.request()
    world.conduct()
    assert world.facts(run)[0].finished is None
    assert world.facts(run)[1]["prepare"].outcome is None
    runner.honest = True
    world.conduct()
    finished = world.facts(run)[0].finished
    assert finished is not None
    assert finished.outcome == "succeeded"


def test_an_execution_that_left_no_word_is_lost_and_its_run_with_it(tmp_path: Path) -> None:
    world = World(tmp_path, InMemoryRunner({"left": lambda _: None}))
    run = world.request()
    world.conduct()
    world.runner.lose("run-1/left")  # type: ignore[arg-type]  # an id of this very run
    world.conduct()
    finished = world.facts(run)[0].finished
    assert finished is not None
    assert (finished.outcome, finished.stages["left"]) == ("lost", "lost")
    assert "last" not in finished.stages


def test_a_failure_stops_what_depends_on_it_and_lets_the_rest_end(tmp_path: Path) -> None:
    world = World(tmp_path, InMemoryRunner({"left": lambda _: raises("ValueError", "no such luck")}))
    run = world.request()
    world.conduct()
    finished = world.facts(run)[0].finished
    assert finished is not None
    assert finished.stages == {"prepare": "succeeded", "left": "failed", "right": "succeeded"}
    assert finished.cause == "left: ValueError: no such luck (modules/train.py:1)"


def test_no_more_executions_are_under_way_than_there_are_places(tmp_path: Path) -> None:
    world = World(tmp_path, InMemoryRunner(default=lambda _: None))
    world.runner.scripts["prepare"] = lambda _: exited()
    world.request()
    world.conduct(places=1)
    assert [order.stage.name for order in world.runner.orders] == ["prepare", "left"]


@pytest.mark.parametrize("moment", ["before it was intended", "while it ran"])
def test_nothing_starts_after_a_cancellation(tmp_path: Path, moment: str) -> None:
    world = World(tmp_path, InMemoryRunner(default=lambda _: None))
    run = world.request()
    if moment == "while it ran":
        world.conduct()
    world.cancel(run)
    started = len(world.runner.orders)
    world.conduct()
    assert len(world.runner.orders) == started
    finished = world.facts(run)[0].finished
    assert finished is not None
    assert (finished.outcome, finished.cause) == ("cancelled", "changed my mind")
