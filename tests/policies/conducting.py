"""Conducting in one thread, with ports in memory, and with crashes wherever a test wants them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldfish.application import Application, Session
from goldfish.domain.executions import Execution
from goldfish.domain.names import Digest
from goldfish.domain.runs import Run
from goldfish.domain.values import (
    Environment,
    InputPlan,
    LogFile,
    OutputPlan,
    Reason,
    StagePlan,
)
from goldfish.layout import Layout
from goldfish.ledger.envelope import Actor
from goldfish.policies.reusing import Work
from goldfish.policies.run_execution import next_steps, under_way
from goldfish.policies.steps import carry_out
from goldfish.policies.tools import Tools
from goldfish.ports import Artifacts, Captured, LaunchOrder, Sealed, Stored
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import FixedClock
from tests.fakes.in_place import FixedPlaces
from tests.fakes.journal import InMemoryJournal
from tests.fakes.runner import InMemoryRunner
from tests.fakes.snapshots import InMemorySnapshots

PERSON = Actor(kind="human", name="tester")


class Killed(BaseException):
    """kill -9: nothing catches it, nothing is tidied up."""


class Fragile:
    """Stands before a port and kills the caller at its nth call over all ports, before or after the effect."""

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> object:
            self._fuse.burn(before=True)
            result = found(*args, **kwargs)
            self._fuse.burn(before=False)
            return result

        return call


class Fuse:
    """Counts the moments before and after every call, and kills at one of them."""

    def __init__(self, at: int) -> None:
        self.moment = 0
        self._at = at

    def burn(self, *, before: bool) -> None:
        self.moment += 1
        if self.moment == self._at:
            raise Killed(f"moment {self._at}, {'before' if before else 'after'} a call")


class SilentMetrics:
    """Stages here log nothing."""

    def seal(self, directory: Path, *, printed: bool = False) -> Sealed:
        return Sealed(None)

    def series(self, digest: Digest, metric: str | None = None) -> dict[str, list[tuple[int | None, float]]]:
        return {}


class PromisedOutputs:
    """Every stage wrote what it promised."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    def outputs(self, order: LaunchOrder) -> list[Captured]:
        return [
            Captured(plan.name, plan.type, self._artifacts.put_bytes(f"{order.execution}.{plan.name}".encode()))
            for plan in order.stage.outputs
        ]

    def log(self, order: LaunchOrder) -> LogFile | None:
        return None

    def artifacts(self, order: LaunchOrder) -> Iterator[tuple[str, Stored]]:
        return iter(())

    def loaded(self, order: LaunchOrder) -> list[str]:
        return []


class World:
    """Everything that survives a kill: the ledger, the stores, and what runs outside."""

    def __init__(self, root: Path, runner: InMemoryRunner | None = None) -> None:
        self.layout = Layout(root)
        self.journal = InMemoryJournal()
        self.clock = FixedClock()
        self.artifacts = InMemoryArtifacts()
        self.places = FixedPlaces()
        self.snapshots = InMemorySnapshots()
        self.runner = runner or InMemoryRunner()

    def tools(self, fuse: Fuse | None = None) -> Tools:
        """The policies' tools of a new process, fragile if there is a fuse."""

        def port(real: Any) -> Any:
            return Fragile(real, fuse) if fuse else real

        return Tools(
            application=Application(port(self.journal), self.clock, PERSON),
            layout=self.layout,
            snapshots=port(self.snapshots),
            artifacts=port(self.artifacts),
            in_place=port(self.places),
            metrics=SilentMetrics(),
            capture=PromisedOutputs(port(self.artifacts)),
            runners={"process": port(self.runner)},
            work=Work(port(self.journal), port(self.snapshots), port(self.artifacts)),
        )

    def request(self, number: int = 1) -> str:
        """Ask for a run of prepare → (left, right) → last."""
        stages = [
            _stage("prepare"),
            _stage("left", "prepare"),
            _stage("right", "prepare"),
            _stage("last", "left", "right"),
        ]
        requested = Run.Requested(
            workspace="w",
            number=1,
            tree=self.snapshots.empty(),
            pipeline="p",
            stages=stages,
            reason=Reason(description="to see it conducted"),
            environment=Environment(python="3.11", platform="test"),
            seed=None,
            fingerprint=f"sha256:{number:064x}",
        )
        run = f"run-{number}"
        self.tools().application.execute(lambda s: s.record(s.run(run), [requested]), request=run)
        return run

    def cancel(self, run: str) -> None:
        """Ask for the end of a run."""
        self.tools().application.execute(
            lambda s: s.record(s.run(run), s.run(run).cancel("changed my mind")), request=["cancel", run]
        )

    def conduct(self, tools: Tools | None = None, *, places: int = 2, rounds: int = 200) -> None:
        """Take every step that can be taken until nothing changes any more."""
        tools = tools or self.tools()
        for _ in range(rounds):
            before = self.journal.head()
            for stream in tools.application.journal.open_runs():
                session = Session(tools.application.journal)
                run = session.run(stream)
                executions = session.executions_of(run)
                for step in next_steps(run, executions, places - under_way(executions)):
                    carry_out(tools, step)
            if self.journal.head() == before:
                return
        raise AssertionError("it never came to rest")

    def facts(self, run: str) -> tuple[Run, dict[str, Execution]]:
        """A run and its executions as the ledger has them."""
        session = Session(self.journal)
        state = session.run(run)
        return state, session.executions_of(state)

    def story(self) -> list[tuple[str, str]]:
        """(stream, event) of the whole ledger, in a canonical order."""
        return sorted((e.stream, e.event.NAME) for e in self.journal.page(0, 10_000))


def _stage(name: str, *upstream: str) -> StagePlan:
    inputs = [InputPlan(name=up, type="file", stage=up, signal="out") for up in upstream]
    return StagePlan(
        name=name, module=f"modules/{name}.py", inputs=inputs, outputs=[OutputPlan(name="out", type="file")]
    )
