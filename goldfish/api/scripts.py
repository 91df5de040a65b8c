"""Running a program as it is: no pipeline, no changes to its code, from any directory."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path

from goldfish.api.answers import RunAnswer
from goldfish.api.runs import RunCommands
from goldfish.application import Session
from goldfish.domain.names import name_like, plain_text, safe_name
from goldfish.domain.values import Reason
from goldfish.errors import NoProgram, UnusableArgument, WrongDirectory

SECONDS = 7 * 24 * 3600.0  # nobody has said how long it may take


class ScriptCommands(RunCommands):
    """What people do before they have a pipeline."""

    def execute_program(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        reason: str | None = None,
        workspace: str | None = None,
        seed: int | None = None,
        group: str | None = None,
        rerun: str | None = None,
        seconds: float = SECONDS,
        command_id: str | None = None,
    ) -> RunAnswer:
        """Run a program on a copy of the files of `directory` as they are now, and return at once.

        The files are recorded as a version of `workspace`, by default the one in whose slot the directory is, else one
        named after the directory. What it prints, the metrics in it, and the files that it writes are kept. Options
        like `--lr 3e-4` are recorded as settings. Raises `NoProgram`, `WrongDirectory`.
        """
        from goldfish.api.asking import Asked
        from goldfish.api.program import STAGE, Program, stage_of
        from goldfish.api.requests import RunRequest
        from goldfish.domain.planning import usable_seed

        if not 0 < seconds < math.inf:
            needed = "a number of seconds above 0"
            raise UnusableArgument(argument="seconds", call="execute_program", given=seconds, needed=needed)
        words = [plain_text(word, "argument", 10_000) for word in command]
        if not words or not words[0]:
            raise NoProgram()
        why = Reason(description=plain_text(reason or shlex.join(words), "reason", 4000))
        asked = Asked(
            seed=seed,
            pipeline=STAGE,
            group=safe_name(group, "group") if group is not None else None,
            rerun=plain_text(rerun, "reason", 4000) if rerun is not None else None,
        )
        place = directory.resolve()
        slot = self._slot_of(place)
        name = safe_name(workspace or name_like(place.name, "files"), "workspace")
        found = self.look(slot) if slot is not None else Session(self.application.journal).workspace(name)
        meaning = Program(self, found, place, stage_of(words, seconds), usable_seed(seed))
        called = found.name if slot is not None else name  # also before it exists
        besides = {"run": called, "command": words, "directory": str(place), "seconds": seconds}
        return self._request(RunRequest(self, meaning, asked, why, besides=besides), command_id)

    def _slot_of(self, place: Path) -> str | None:
        """The slot whose directory this is."""
        slots = self.layout.slot("").resolve()
        if place.is_relative_to(self.layout.home.resolve()):
            raise WrongDirectory(path=place, why="goldfish keeps its own files there")
        if not place.is_relative_to(slots):
            return None
        if place.parent != slots:
            raise WrongDirectory(path=place, why="it lies within or above the slots")
        return place.name
