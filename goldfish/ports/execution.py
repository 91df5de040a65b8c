"""Carrying out stages, and what is collected from them; documents of users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import JsonValue

from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId
from goldfish.domain.values import Environment, LogFile, SignalType, StagePlan
from goldfish.ports.data import Stored


@dataclass(frozen=True, slots=True)
class LaunchOrder:
    """All that a backend needs to carry out one stage. `code` already holds the files of the version."""

    execution: ExecutionId
    attempt: int
    stage: StagePlan
    directory: Path  # the execution's own directory: inputs/, outputs/, log, metrics, heartbeat, stop request
    code: Path
    inputs: Mapping[str, Path]
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a backend sees. `gone` means: it was started once, is not running, and left no word of its end."""

    state: Literal["absent", "running", "exited", "gone", "unknown"]
    exited: Execution.Exited | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """One declared output, kept; or why it was refused."""

    name: str
    type: SignalType
    stored: Stored | None
    described: Mapping[str, JsonValue] = field(default_factory=dict)
    refused: str | None = None


GRACE_SECONDS = 5.0  # between asking a stage to stop, TERM and KILL


class Runner(Protocol):
    """A place where stages are carried out.

    The execution id and attempt name the effect: whatever is called twice, at most one process ever runs for it.
    """

    name: str

    def launch(self, order: LaunchOrder) -> str:
        """Start it, or return the handle of the one already started under this name, running or not.

        Returns once the start is certain; a lost reply is harmless. Raises `RunnerUnavailable` when trying again can
        help and `LaunchRefused` when it cannot.
        """

    def observe(self, execution: ExecutionId, attempt: int) -> Observation:
        """What became of it. Never blocks long, never changes anything. Works in any process, after any crash."""

    def wait(self, executions: list[tuple[ExecutionId, int]], seconds: float) -> bool:
        """Return False after `seconds`, or True earlier when one of them has probably ended. A hint only."""

    def stop(self, execution: ExecutionId, attempt: int, *, grace: float) -> None:
        """Ask it to stop (stop file), after `grace` seconds TERM, after as much again KILL, to all its processes.

        Returns at once; `observe` tells the end, as `stopped`. Idempotent.
        """

    def environment(self) -> tuple[Environment, dict[str, str]]:
        """What stages run on here: and the installed packages with their versions."""


class Capture(Protocol):
    """Takes what an ended execution left in its directory, as claims of that execution only."""

    def outputs(self, order: LaunchOrder) -> list[Captured]:
        """Keep each declared output that is what was declared; name the problem of each other. Follows no links.

        An optional output that was not written is passed over.
        """

    def log(self, order: LaunchOrder) -> LogFile | None:
        """Keep what was printed."""

    def artifacts(self, order: LaunchOrder) -> Iterator[tuple[str, Stored]]:
        """Keep the files handed over with `log_artifact`."""

    def loaded(self, order: LaunchOrder) -> list[str]:
        """The files of the code that the stage says it has imported, sorted; [] when it says nothing."""


class Documents(Protocol):
    """Files for people, made from the ledger."""

    def write_state(self, text: str, position: int) -> bool:
        """Put STATE.md in place atomically, unless one of a later position is there. Returns whether it was written."""
