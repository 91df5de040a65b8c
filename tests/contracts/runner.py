"""What every `Runner` keeps. Subclass it, say how to make one and how to make stages behave."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from goldfish.domain.names import ExecutionId
from goldfish.errors import LaunchRefused
from goldfish.ports import LaunchOrder, Observation, Runner

Behavior = Literal["ends", "fails", "waits to be stopped"]
Command = Literal["ends", "ends with 3", "has no program"]
TRAIN = ExecutionId("run-1/train")


class RunnerContract:
    """The suite. `order` and `command` return an order whose stage behaves so; `begun` counts how often it began."""

    def make(self, root: Path) -> Runner:
        """The runner under test, as a new process would make it: the same root, the same world."""
        raise NotImplementedError

    def order(self, root: Path, behavior: Behavior, execution: ExecutionId = TRAIN, attempt: int = 1) -> LaunchOrder:
        """An order that `make(root)` can launch."""
        raise NotImplementedError

    def command(self, root: Path, behavior: Command) -> LaunchOrder:
        """An order for a command instead of a Python module."""
        raise NotImplementedError

    def begun(self, order: LaunchOrder) -> int:
        """How often the code of this order was begun."""
        raise NotImplementedError

    def test_what_was_never_launched_is_absent(self, tmp_path: Path) -> None:
        assert self.make(tmp_path).observe(TRAIN, 1).state == "absent"

    def test_a_launched_stage_runs_or_has_exited(self, tmp_path: Path) -> None:
        runner, order = self.make(tmp_path), self.order(tmp_path, "ends")
        assert runner.launch(order)
        assert runner.observe(TRAIN, 1).state in ("running", "exited")

    def test_an_end_is_told_once_and_for_all(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.launch(self.order(tmp_path, "ends"))
        end = ended(runner)
        assert end.state == "exited"
        assert end.exited is not None
        assert (end.exited.ended_by, end.exited.exit_code, end.exited.signal) == ("exited", 0, None)
        assert self.make(tmp_path).observe(TRAIN, 1) == end

    def test_a_failing_stage_exits_with_its_code(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.launch(self.order(tmp_path, "fails"))
        exited = ended(runner).exited
        assert exited is not None
        assert (exited.ended_by, exited.exit_code) == ("exited", 1)
        assert exited.failure is not None
        assert exited.failure.type == "ValueError"

    @pytest.mark.parametrize(("behavior", "code"), [("ends", 0), ("ends with 3", 3)])
    def test_a_command_is_carried_out_once_and_ends_with_its_code(
        self, tmp_path: Path, behavior: Command, code: int
    ) -> None:
        runner, order = self.make(tmp_path), self.command(tmp_path, behavior)
        handle = runner.launch(order)
        exited = ended(runner).exited
        assert exited is not None
        assert (exited.ended_by, exited.exit_code, exited.failure) == ("exited", code, None)
        assert runner.launch(order) == handle
        assert self.begun(order) == 1

    def test_a_command_without_a_program_is_refused_by_its_name_and_nothing_is_started(self, tmp_path: Path) -> None:
        runner, order = self.make(tmp_path), self.command(tmp_path, "has no program")
        with pytest.raises(LaunchRefused, match="no-such-program"):
            runner.launch(order)
        assert runner.observe(TRAIN, 1).state == "absent"
        assert self.begun(order) == 0

    def test_a_second_launch_starts_nothing_while_the_first_runs(self, tmp_path: Path) -> None:
        runner, order = self.make(tmp_path), self.order(tmp_path, "waits to be stopped")
        handle = runner.launch(order)
        eventually(lambda: self.begun(order) == 1)
        assert runner.launch(order) == handle
        assert self.make(tmp_path).launch(order) == handle
        runner.stop(TRAIN, 1, grace=0.1)
        ended(runner)
        assert self.begun(order) == 1

    def test_a_second_launch_starts_nothing_after_the_end(self, tmp_path: Path) -> None:
        runner, order = self.make(tmp_path), self.order(tmp_path, "ends")
        handle = runner.launch(order)
        end = ended(runner)
        assert runner.launch(order) == handle
        assert runner.observe(TRAIN, 1) == end
        assert self.begun(order) == 1

    def test_attempts_are_effects_of_their_own(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        first, second = self.order(tmp_path, "fails"), self.order(tmp_path, "ends", attempt=2)
        runner.launch(first)
        ended(runner)
        assert runner.observe(TRAIN, 2).state == "absent"
        runner.launch(second)
        exited = ended(runner, 2).exited
        assert exited is not None
        assert exited.exit_code == 0
        assert (self.begun(first), self.begun(second)) == (1, 1)

    def test_a_stopped_stage_ends_as_stopped(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.launch(self.order(tmp_path, "waits to be stopped"))
        assert runner.observe(TRAIN, 1).state == "running"
        runner.stop(TRAIN, 1, grace=0.1)
        runner.stop(TRAIN, 1, grace=0.1)
        exited = ended(runner).exited
        assert exited is not None
        assert exited.ended_by == "stopped"

    def test_stopping_what_has_ended_changes_nothing(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.launch(self.order(tmp_path, "ends"))
        end = ended(runner)
        runner.stop(TRAIN, 1, grace=0.1)
        assert runner.observe(TRAIN, 1) == end

    def test_stopping_what_was_never_launched_is_harmless(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.stop(TRAIN, 1, grace=0.1)
        assert runner.observe(TRAIN, 1).state == "absent"

    def test_waiting_is_bounded(self, tmp_path: Path) -> None:
        began = time.monotonic()
        assert not self.make(tmp_path).wait([(TRAIN, 1)], 0.05)
        assert time.monotonic() - began < 2

    def test_waiting_for_what_has_ended_returns_at_once(self, tmp_path: Path) -> None:
        runner = self.make(tmp_path)
        runner.launch(self.order(tmp_path, "ends"))
        ended(runner)
        began = time.monotonic()
        assert runner.wait([(TRAIN, 1)], 30)
        assert time.monotonic() - began < 10

    def test_the_environment_names_interpreter_and_packages(self, tmp_path: Path) -> None:
        environment, packages = self.make(tmp_path).environment()
        assert environment.python
        assert environment.platform
        assert packages
        assert packages == self.make(tmp_path).environment()[1]


def ended(runner: Runner, attempt: int = 1, execution: ExecutionId = TRAIN) -> Observation:
    """Wait until an execution is no longer under way, at most ten seconds."""
    deadline = time.monotonic() + 10
    while (seen := runner.observe(execution, attempt)).state == "running" and time.monotonic() < deadline:
        runner.wait([(execution, attempt)], deadline - time.monotonic())
    return seen


def eventually(holds: Callable[[], bool], within: float = 10) -> None:
    """Wait until something is so, and fail when it does not become so."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail("it did not come true in time")
        time.sleep(0.005)
