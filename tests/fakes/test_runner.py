"""The runner in memory keeps the contract of runners."""

from __future__ import annotations

from pathlib import Path

from goldfish.domain.names import ExecutionId
from goldfish.domain.values import StagePlan
from goldfish.ports import LaunchOrder
from tests.contracts.runner import TRAIN, Behavior, RunnerContract
from tests.fakes.runner import InMemoryRunner, Script, exited, raises

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

    def begun(self, order: LaunchOrder) -> int:
        return self._runner.orders.count(order)
