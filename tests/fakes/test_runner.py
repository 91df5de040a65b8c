"""The runner in memory keeps the contract of runners."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldfish.domain.names import ExecutionId
from goldfish.domain.values import StagePlan
from goldfish.errors import RunnerUnavailable
from goldfish.ports import LaunchOrder
from tests.contracts.runner import TRAIN, Behavior, Command, RunnerContract
from tests.fakes.runner import DuplicatingRunner, ForgetfulRunner, InMemoryRunner, LyingRunner, Script, exited, raises

SCRIPTS: dict[Behavior, Script] = {
    "ends": lambda _: exited(),
    "fails": lambda _: raises("ValueError"),
    "waits to be stopped": lambda _: None,
}


class TestInMemoryRunner(RunnerContract):
    """One runner per test is the world that a new process would find."""

    def make(self, root: Path) -> InMemoryRunner:
        if not hasattr(self, "_runner"):
            self._runner = InMemoryRunner()
        return self._runner

    def order(self, root: Path, behavior: Behavior, execution: ExecutionId = TRAIN, attempt: int = 1) -> LaunchOrder:
        self.make(root).scripts["train"] = SCRIPTS[behavior]
        stage = StagePlan(name="train", module="modules/train.py")
        return LaunchOrder(execution, attempt, stage, root, root / "code", {})

    def command(self, root: Path, behavior: Command) -> LaunchOrder:
        self.make(root).scripts["train"] = lambda _: exited(3 if behavior == "ends with 3" else 0)
        command = ["no-such-program" if behavior == "has no program" else "sh"]
        return LaunchOrder(TRAIN, 1, StagePlan(name="train", command=command), root, root / "code", {})

    def begun(self, order: LaunchOrder) -> int:
        return self._runner.orders.count(order)


def launch_order() -> LaunchOrder:
    return LaunchOrder(TRAIN, 1, StagePlan(name="train", module="m.py"), Path("d"), Path("d/code"), {})


def test_a_runner_told_to_be_unavailable_is_so_once() -> None:
    runner = InMemoryRunner()
    runner.unavailable = 1
    with pytest.raises(RunnerUnavailable):
        runner.launch(launch_order())
    assert runner.observe(TRAIN, 1).state == "absent"
    assert runner.launch(launch_order())


def test_a_forgetful_runner_loses_its_reply_and_not_the_launch() -> None:
    runner = ForgetfulRunner()
    with pytest.raises(RunnerUnavailable):
        runner.launch(launch_order())
    assert runner.launch(launch_order())
    assert len(runner.orders) == 1


def test_a_duplicating_runner_runs_twice_what_is_launched_twice() -> None:
    runner = DuplicatingRunner()
    for _ in range(2):
        runner.launch(launch_order())
    assert len(runner.orders) == 2


def test_a_lying_runner_knows_nothing_until_it_is_honest() -> None:
    runner = LyingRunner()
    runner.launch(launch_order())
    assert runner.observe(TRAIN, 1).state == "unknown"
    runner.honest = True
    assert runner.observe(TRAIN, 1).state == "exited"


def test_a_lost_execution_is_gone() -> None:
    runner = InMemoryRunner(default=lambda _: None)
    runner.launch(launch_order())
    runner.lose(TRAIN)
    assert runner.observe(TRAIN, 1).state == "gone"
