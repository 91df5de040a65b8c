"""`Runner` by processes on this machine. The files of an execution are the only truth; this class keeps no state."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from pydantic import ValidationError

import goldfish
from goldfish import durable
from goldfish.adapters.process_runner import installed, locks, notes, orders, processes, programs
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId, split_execution
from goldfish.domain.values import Environment
from goldfish.errors import LaunchRefused, ProjectUnwritable, RunnerUnavailable, UnknownReference
from goldfish.ports import LaunchOrder, Observation
from goldfish.stage import files

_PACKAGE = Path(goldfish.__file__).resolve().parent
_STAGE = str(_PACKAGE / "stage" / "__main__.py")
_SUPERVISE = (
    "import sys; sys.path.insert(0, {!r}); from goldfish.adapters.process_runner.supervisor import main; main()"
)
_PATIENCE = 10.0  # seconds for a supervisor to say that it has begun


class ProcessRunner:
    """Carries out stages below `root`/<run>/<stage>, with `python` (by default the one that runs goldfish).

    `grace` is the time in seconds between stop request, TERM and KILL of a stage that reached its time limit. `cache`
    is a file that may keep what is installed.
    """

    name = "process"

    def __init__(self, root: Path, python: str | None = None, *, grace: float = 5.0, cache: Path | None = None) -> None:
        self._root = root.absolute()  # the supervisor and the stage stand elsewhere
        self._python = python or sys.executable
        self._grace = grace
        self._cache = cache

    def directory(self, execution: ExecutionId, attempt: int) -> Path:
        """The execution's own directory. Raises `UnknownReference` for what is no execution id."""
        parts = split_execution(execution)
        if parts is None:
            raise UnknownReference(given=execution)
        run, stage = parts
        return self._root / run / (stage if attempt == 1 else f"{stage}.{attempt}")

    def launch(self, order: LaunchOrder) -> str:
        """As the port says. The handle names the supervisor: process:<pid>@<start time in ticks since boot>."""
        directory = self.directory(order.execution, order.attempt)
        handle = _handle(directory)
        if handle is not None:
            return handle
        self._check(order, directory)
        try:
            return self._start(order, directory)
        except (OSError, ProjectUnwritable) as error:
            raise RunnerUnavailable(backend=self.name, why=str(error)) from error

    def observe(self, execution: ExecutionId, attempt: int) -> Observation:
        """As the port says. The lock is looked at after the start mark and before the end's, as they are made."""
        directory = self.directory(execution, attempt)
        was_started = _handle(directory) is not None
        if locks.is_held(str(directory / "lock")):
            return Observation("running")
        if not was_started:
            return Observation("absent")
        try:
            exited = Execution.Exited.model_validate_json((directory / "exit.json").read_bytes())
        except FileNotFoundError:
            return Observation("gone", detail=_last_words(directory))
        except ValidationError as error:
            return Observation("gone", detail=f"exit.json cannot be read: {error.errors()[0]['msg']}")
        return Observation("exited", exited)

    def wait(self, executions: list[tuple[ExecutionId, int]], seconds: float) -> bool:
        """As the port says: sleeps on the supervisors' process descriptors."""
        poll = select.poll()
        descriptors: list[int] = []
        try:
            for execution, attempt in executions:
                descriptor = _open_supervisor(_handle(self.directory(execution, attempt)))
                if descriptor is None and self.observe(execution, attempt).state in ("exited", "gone"):
                    return True
                if descriptor is not None:
                    descriptors.append(descriptor)
                    poll.register(descriptor, select.POLLIN)
            return bool(poll.poll(max(0.0, seconds) * 1000))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def stop(self, execution: ExecutionId, attempt: int, *, grace: float) -> None:
        """As the port says. What was not launched yet will be stopped as soon as it is."""
        directory = self.directory(execution, attempt)
        if directory.is_dir():
            notes.request_stop(str(directory), "it was asked to stop", grace)

    def environment(self) -> tuple[Environment, dict[str, str]]:
        """As the port says."""
        python, platform, packages = installed.describe(self._python, self._cache)
        return Environment(python=python, platform=platform), packages

    def command(self, order: LaunchOrder) -> list[str]:
        """The supervisor's command line for an order that is written down already."""
        limits = order.stage.limits
        numbers = (limits.seconds, limits.memory, limits.log, limits.outputs, self._grace)
        program = _SUPERVISE.format(str(_PACKAGE.parent))
        start = [sys.executable, "-I", "-S", "-c", program, str(order.directory.absolute()), str(order.code.absolute())]
        return [*start, *map(str, numbers), *self._program(order)]

    def _program(self, order: LaunchOrder) -> list[str]:
        """The stage's own command line. Raises `NoProgram`."""
        command = order.stage.command
        if not command:
            return [self._python, "-P", _STAGE]
        path = orders.variables(order, order.directory.absolute(), self._python).get("PATH", "")
        return programs.arguments(command, order.code.absolute(), path, self._python)

    def _check(self, order: LaunchOrder, directory: Path) -> None:
        problem = None
        if order.directory.absolute() != directory:
            problem = f"its directory is {directory}, not {order.directory}"
        elif not order.code.is_dir():
            problem = f"there is no code in {order.code}"
        elif not os.access(self._python, os.X_OK):
            problem = f"there is no interpreter {self._python}"
        elif bad := [n for n, v in order.stage.environment.items() if not n or "=" in n or "\0" in n + v]:
            problem = f"the environment variable {bad[0]!r} cannot be set"
        else:
            try:
                self._program(order)
            except programs.NoProgram as error:
                problem = str(error)
        if problem is not None:
            raise LaunchRefused(execution=order.execution, why=problem)

    def _start(self, order: LaunchOrder, directory: Path) -> str:
        for name in ("outputs", "tmp"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        files.write(str(directory / "config.json"), json.dumps(order.stage.config).encode())
        durable.write(directory / "order.json", json.dumps(orders.content(order, directory)).encode())
        with (
            (directory / "supervisor.log").open("ab") as errors,
            subprocess.Popen(
                self.command(order),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=orders.variables(order, directory, self._python),
                cwd="/",
                start_new_session=True,
            ) as process,
        ):
            try:
                said, _ = process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                said = b""
        return said.decode() or self._adopt(directory)

    def _adopt(self, directory: Path) -> str:
        """The handle of the supervisor that was faster than ours."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            held = locks.is_held(str(directory / "lock"))
            handle = _handle(directory)
            if handle is not None:
                return handle
            if not held:
                break
            time.sleep(0.005)
        why = f"the supervisor of {directory.name} did not begin. {_last_words(directory)}"
        raise RunnerUnavailable(backend=self.name, why=why)


def _handle(directory: Path) -> str | None:
    """The handle in the start mark, or None when it was never started."""
    try:
        return (directory / "started").read_text()
    except FileNotFoundError:
        return None


def _open_supervisor(handle: str | None) -> int | None:
    """A descriptor that becomes readable when the supervisor ends; None when it has."""
    if handle is None:
        return None
    pid, _, ticks = handle.removeprefix("process:").partition("@")
    try:
        descriptor = os.pidfd_open(int(pid))
    except ProcessLookupError:
        return None
    if str(processes.start_time(int(pid))) == ticks:
        return descriptor
    os.close(descriptor)
    return None


def _last_words(directory: Path) -> str:
    """The end of what the supervisor had to complain about; nothing, mostly."""
    try:
        return (directory / "supervisor.log").read_text(errors="replace")[-500:].strip()
    except FileNotFoundError:
        return ""
