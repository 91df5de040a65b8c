"""What every request for a run means: files, a plan of stages, what they stand on, and what was done before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.domain.canonical import canonical
from goldfish.domain.fingerprints import Files, fingerprint
from goldfish.domain.names import TreeId
from goldfish.domain.values import Environment, Reason
from goldfish.errors import SecretRefused
from goldfish.policies.reusing import Circumstances, Foreseen, foresee
from goldfish.ports import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldfish.api.core import Core
    from goldfish.application import Session
    from goldfish.domain.planning import Plan
    from goldfish.domain.values import StagePlan
    from goldfish.domain.workspaces import Workspace
    from goldfish.queries.nearby import NearRun


def environment_of(core: Core) -> Environment:
    """What a run would stand on now."""
    found, packages = core.services.runners["process"].environment()
    stored = core.services.artifacts.put_bytes(canonical(packages))
    return found.model_copy(update={"packages": stored.digest})


class Meaning(ABC):
    """A request against files as they are now, worked out once, with nothing recorded."""

    def __init__(self, core: Core, workspace: Workspace, *, fresh: bool) -> None:
        self._core = core
        self._fresh = fresh
        self.workspace = workspace
        self.out_of_sight: dict[str, str] = {}  # stage → why nobody can tell which files it reaches

    @property
    @abstractmethod
    def pipeline_name(self) -> str:
        """What the plan is called."""

    @property
    @abstractmethod
    def taken(self) -> Snapshot | None:
        """The files as they are now, taken once; None when only what was recorded can be run."""

    @property
    @abstractmethod
    def plan(self) -> Plan:
        """The stages, resolved to the last value."""

    @abstractmethod
    def record_files(self, session: Session) -> Workspace:
        """Record the files that will be run, if they are not known yet."""

    @property
    def tree(self) -> TreeId:
        """The tree that will be run."""
        return self.taken.tree if self.taken is not None else TreeId(self.workspace.tree)

    @property
    def files(self) -> Files:
        """The files of the tree."""
        return self._core.services.work.files(self.tree)

    @cached_property
    def environment(self) -> Environment:
        """What it would run on."""
        return environment_of(self._core)

    @cached_property
    def fingerprint(self) -> str:
        """Equal for requests that are the same experiment."""
        return fingerprint(self.files, self.plan.stages, self.environment, self.plan.seed)

    @cached_property
    def foreseen(self) -> dict[str, Foreseen]:
        """What each stage would read, and which earlier execution could stand in for it."""
        shared = Circumstances(self.tree, self.environment, self.plan.seed)
        return foresee(self._core.services.work, shared, self.plan.stages, fresh=self._fresh)

    def near(self, reason: Reason | None = None) -> list[NearRun]:
        """The earlier runs that were nearly this, most alike first."""
        from goldfish.api.nearly import nearly

        plan, why = self.plan, reason or Reason(description="")
        services, environment = self._core.services, self.environment
        return nearly(services, stages=plan.stages, tree=self.tree, seed=plan.seed, environment=environment, reason=why)

    def _refuse_secrets(self, stages: Sequence[StagePlan]) -> None:
        for stage in stages:
            open_to_all = {"config": stage.config, "environment": stage.environment, "command": stage.command}
            if self._core.services.redactor.finds(open_to_all):
                raise SecretRefused(stage=stage.name)
