"""A runner in memory, whose stages do what a test says; and runners with one vice each."""

from __future__ import annotations

from collections.abc import Callable

from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId
from goldfish.domain.values import EndReason, Environment, Failure
from goldfish.errors import LaunchRefused, RunnerUnavailable
from goldfish.ports import LaunchOrder, Observation

Script = Callable[[LaunchOrder], Execution.Exited | None]
Key = tuple[ExecutionId, int]


def exited(
    exit_code: int | None = 0,
    *,
    ended_by: EndReason = "exited",
    signal: int | None = None,
    failure: Failure | None = None,
    seconds: float = 1.0,
) -> Execution.Exited:
    """An end, by default a good one."""
    return Execution.Exited(
        ended_by=ended_by,
        exit_code=exit_code,
        signal=signal,
        seconds=seconds,
        peak_memory=1 << 20,
        failure=failure,
    )


def raises(kind: str = "ValueError", message: str = "no", where: str = "modules/train.py:1") -> Execution.Exited:
    """The end of a stage that raised."""
    return exited(1, failure=Failure(type=kind, message=message, where=where))


class InMemoryRunner:
    """Implements `Runner`. A stage runs its script at launch: an end, or None to go on until `finish` or `stop`.

    `orders` are the launches that took effect, in order; `scripts` are by stage name, `default` is for the others.
    """

    name = "memory"

    def __init__(self, scripts: dict[str, Script] | None = None, default: Script = lambda _: exited()) -> None:
        self.orders: list[LaunchOrder] = []
        self.stops: list[tuple[ExecutionId, int, float]] = []
        self.scripts = scripts if scripts is not None else {}
        self.unavailable = 0  # how many of the next launches fail
        self.programs = {"true", "sh"}  # what a command may name; as on a machine, others are refused
        self._default = default
        self._seen: dict[Key, Observation] = {}

    def launch(self, order: LaunchOrder) -> str:
        """See the protocol."""
        key = (order.execution, order.attempt)
        if key not in self._seen:
            if self.unavailable:
                self.unavailable -= 1
                raise RunnerUnavailable(backend=self.name, why="it was told so")
            if order.stage.command and order.stage.command[0] not in self.programs:
                raise LaunchRefused(execution=order.execution, why=f"there is no program {order.stage.command[0]!r}")
            self._begin(key, order)
        return f"memory:{order.execution}.{order.attempt}"

    def observe(self, execution: ExecutionId, attempt: int) -> Observation:
        """See the protocol."""
        return self._seen.get((execution, attempt), Observation("absent"))

    def wait(self, executions: list[Key], seconds: float) -> bool:
        """See the protocol: no time passes here."""
        return any(self.observe(*key).state in ("exited", "gone") for key in executions)

    def stop(self, execution: ExecutionId, attempt: int, *, grace: float) -> None:
        """See the protocol."""
        self.stops.append((execution, attempt, grace))
        if self.observe(execution, attempt).state == "running":
            self.finish(execution, exited(None, ended_by="stopped", signal=15), attempt)

    def environment(self) -> tuple[Environment, dict[str, str]]:
        """See the protocol."""
        return Environment(python="3.11.0", platform="memory"), {"numpy": "2.0.0"}

    def finish(self, execution: ExecutionId, end: Execution.Exited | None = None, attempt: int = 1) -> None:
        """Let a running stage end."""
        self._seen[execution, attempt] = Observation("exited", end or exited())

    def lose(self, execution: ExecutionId, attempt: int = 1) -> None:
        """Let it end without a word, as a machine that loses power."""
        self._seen[execution, attempt] = Observation("gone")

    def _begin(self, key: Key, order: LaunchOrder) -> None:
        self.orders.append(order)
        end = self.scripts.get(order.stage.name, self._default)(order)
        self._seen[key] = Observation("running") if end is None else Observation("exited", end)


class ForgetfulRunner(InMemoryRunner):
    """Starts a stage, but its reply is lost: every first launch of an execution raises after it took effect."""

    def launch(self, order: LaunchOrder) -> str:
        """See the vice."""
        known = (order.execution, order.attempt) in self._seen
        handle = super().launch(order)
        if not known:
            raise RunnerUnavailable(backend=self.name, why="the reply was lost")
        return handle


class DuplicatingRunner(InMemoryRunner):
    """Breaks the contract: whatever is launched twice runs twice. Shows who launches without need."""

    def launch(self, order: LaunchOrder) -> str:
        """See the vice."""
        self._begin((order.execution, order.attempt), order)
        return f"memory:{order.execution}.{order.attempt}"


class LyingRunner(InMemoryRunner):
    """Does not know what became of anything, until it is told to speak the truth."""

    honest = False

    def observe(self, execution: ExecutionId, attempt: int) -> Observation:
        """See the vice."""
        return super().observe(execution, attempt) if self.honest else Observation("unknown", detail="no answer")
