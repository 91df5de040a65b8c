"""What running a program means: the files of one directory, and one stage."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.api.meaning import Meaning
from goldfish.api.outside import SETTING as OUTSIDE
from goldfish.api.outside import named_outside
from goldfish.domain.arguments import settings_in
from goldfish.domain.planning import Plan
from goldfish.domain.values import Limits, OutputPlan, StagePlan
from goldfish.errors import WrongDirectory
from goldfish.ports import Snapshot

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.core import Core
    from goldfish.application import Session
    from goldfish.domain.workspaces import Workspace

STAGE = "exec"
FILES = "files"  # the output that holds whatever the program wrote beside its code


class Program(Meaning):
    """One program on the files of one directory."""

    def __init__(self, core: Core, workspace: Workspace, place: Path, stage: StagePlan, seed: int | None) -> None:
        super().__init__(core, workspace, fresh=True)
        self._place = place
        self._stage = stage
        self._seed = seed
        self._name = workspace.stream.partition(":")[2]  # also before it exists

    @property
    def pipeline_name(self) -> str:
        """There is no pipeline; the stage's name stands for it."""
        return STAGE

    @cached_property
    def taken(self) -> Snapshot:
        """The files of the directory as they are now."""
        if self.workspace.slot is not None:
            self._core.slots.settle(self.workspace)
            return self._core.services.snapshots.take(self._place, cache=self.workspace.slot)
        return self._core.services.snapshots.take(self._place, cache=f"import-{self._name}")

    @cached_property
    def plan(self) -> Plan:
        """The one stage. Files outside that its command names count as they are now."""
        self._refuse_secrets([self._stage])
        outside = named_outside(self._stage.command)
        config: dict[str, JsonValue] = {**self._stage.config, **({OUTSIDE: {**outside}} if outside else {})}
        return Plan([self._stage.model_copy(update={"config": config})], self._seed)

    def record_files(self, session: Session) -> Workspace:
        """Record the files of the slot, or of the directory in a workspace that is made for them."""
        name, empty = self._name, self._core.services.snapshots.empty()
        taken, workspace = self.taken, session.workspace(name)
        if workspace.slot is not None:
            return session.record(workspace, workspace.sync(taken.tree, taken.files, taken.skipped))
        if not workspace.exists:
            workspace = session.record(workspace, workspace.create(name, None, empty, None))
        elif workspace.came_from != str(self._place) and workspace.tree != empty:
            others = workspace.came_from or "another directory"
            raise WrongDirectory(path=self._place, why=f"the workspace {name} holds the files of {others}")
        return session.record(workspace, workspace.bring_in(str(self._place), taken.tree, taken.files, taken.skipped))


def stage_of(command: list[str], seconds: float) -> StagePlan:
    """A stage that runs a program as it is, and keeps what it prints and writes."""
    return StagePlan(
        name=STAGE,
        command=command,
        config=settings_in(command[1:]),
        outputs=[OutputPlan(name=FILES, type="directory", optional=True)],
        limits=Limits(seconds=seconds),
        gather=True,
        printed=True,
    )
