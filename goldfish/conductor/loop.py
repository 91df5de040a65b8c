"""The loop: read the facts of every open run, do what can be done now, wait for the next fact."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from goldfish.application import Session
from goldfish.conductor.election import Election
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId, Stream, execution_id
from goldfish.domain.runs import Run
from goldfish.policies.finishing import park_the_run
from goldfish.policies.run_execution import Step, next_steps, under_way
from goldfish.policies.steps import carry_out
from goldfish.policies.tools import Tools

PATIENCE: Final = 5  # failures of one step before its run is parked
TICK_SECONDS: Final = 0.02
LOOK_SECONDS: Final = 0.5  # how often a running stage is looked at when nothing hints at its end


@dataclass(slots=True)
class _Trouble:
    """How often a step has failed, and when it may be tried again (monotonic seconds)."""

    times: int = 0
    not_before: float = 0.0


class Conductor:
    """Carries out every open run of one project, until nothing is left to do for a while."""

    def __init__(
        self,
        tools: Tools,
        election: Election,
        *,
        places: int,
        on_change: Callable[[], None],
        retry_seconds: float = 0.1,
    ) -> None:
        """`places` is how many executions may be under way; the nth retry of a step waits 4ⁿ × `retry_seconds`."""
        self._tools = tools
        self._journal = tools.application.journal
        self._clock = tools.application.clock
        self._election = election
        self._places = places
        self._retry_seconds = retry_seconds
        self._on_change = on_change
        self._follower: Future[None] | None = None
        self._busy: dict[tuple[str, str], tuple[Step, Future[object]]] = {}
        self._troubles: dict[tuple[str, str], _Trouble] = {}

    def serve(self, *, idle_seconds: float) -> bool:
        """Work until nothing was open for `idle_seconds`. Returns False at once when another conductor lives."""
        if not self._election.win():
            return False
        with ThreadPoolExecutor(max_workers=self._places + 2, thread_name_prefix="conductor") as pool:
            while True:
                self._work(pool, idle_seconds)
                self._election.resign()
                # Whoever appended between our last look and the resignation saw a living conductor: look once more.
                if not self._journal.open_runs() or not self._election.win():
                    return True

    def _work(self, pool: ThreadPoolExecutor, idle_seconds: float) -> None:
        seen: object = None
        ended = True
        behind = False  # whether something happened that the documents do not show yet
        idle_since = looked_at = self._clock.monotonic()
        watched: list[tuple[ExecutionId, int]] = []
        while True:
            now = self._clock.monotonic()
            token = self._journal.token()
            if self._reap() or ended or token != seen or now - looked_at > LOOK_SECONDS:
                seen, looked_at = token, now
                watched = self._advance(pool)
                behind = True
            if behind and (self._follower is None or self._follower.done()):
                self._follower, behind = pool.submit(self._on_change), False
            if watched or self._busy or self._troubles:
                idle_since = now
            elif now - idle_since > idle_seconds and not behind:
                return
            ended = self._pause(watched)

    def _advance(self, pool: ThreadPoolExecutor) -> list[tuple[ExecutionId, int]]:
        """Start every step that can be done now, and return the executions that are to be watched."""
        runs = [self._facts(stream) for stream in self._journal.open_runs()]
        free = self._places - sum(under_way(executions) for _, executions in runs)
        watched: list[tuple[ExecutionId, int]] = []
        for run, executions in runs:
            for step in next_steps(run, executions, free):
                execution = executions.get(step.stage)
                if step.action == "launch" and execution is not None and execution.intended is None:
                    free -= 1
                if step.action == "watch" and execution is not None and execution.intended is not None:
                    watched.append((execution_id(step.run, step.stage), execution.intended.attempt))
                self._start(pool, step)
        return watched

    def _start(self, pool: ThreadPoolExecutor, step: Step) -> None:
        """Do a step in the background, unless its stage is busy or has to wait after a failure."""
        key = (step.run, step.stage)
        trouble = self._troubles.get(key)
        if key in self._busy or (trouble is not None and self._clock.monotonic() < trouble.not_before):
            return
        self._busy[key] = step, pool.submit(carry_out, self._tools, step)

    def _reap(self) -> bool:
        """Take note of the steps that are done, and return whether there were any.

        After a failure the next try waits longer each time; after `PATIENCE` failures the run is parked with the error,
        so that one poisonous run does not stop the others.
        """
        done = [(key, step, future) for key, (step, future) in self._busy.items() if future.done()]
        for key, step, future in done:
            del self._busy[key]
            error = future.exception()
            if error is None:
                self._troubles.pop(key, None)
            else:
                self._note(key, step, error)
        return any(step.action != "watch" or future.result() for _, step, future in done if not future.exception())

    def _note(self, key: tuple[str, str], step: Step, error: BaseException) -> None:
        traceback.print_exception(error)
        trouble = self._troubles.setdefault(key, _Trouble())
        trouble.times += 1
        trouble.not_before = self._clock.monotonic() + self._retry_seconds * 4**trouble.times
        if trouble.times >= PATIENCE:
            park_the_run(self._tools, step.run, step.action, f"{type(error).__name__}: {error}", trouble.times)
            del self._troubles[key]

    def _facts(self, stream: Stream) -> tuple[Run, dict[str, Execution]]:
        session = Session(self._journal)
        run = session.run(stream)
        return run, session.executions_of(run)

    def _pause(self, watched: list[tuple[ExecutionId, int]]) -> bool:
        """Wait a tick, or less when a watched execution ends; say whether one did."""
        return any(runner.wait(watched, TICK_SECONDS) for runner in self._tools.runners.values())
