"""What a request means: from files, settings and history to one plan, worked out once, with nothing recorded."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.api.overrides import Replacements
from goldfish.api.pipeline_files import PipelineFiles
from goldfish.application import Session
from goldfish.domain.canonical import canonical
from goldfish.domain.fingerprints import fingerprint
from goldfish.domain.names import Digest, TreeId
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.planning import Plan, Upstream, plan_run, replaced_inputs
from goldfish.domain.reachable import Code
from goldfish.domain.settings import parse_setting
from goldfish.domain.sources import Source
from goldfish.domain.values import Environment, StagePlan
from goldfish.errors import SecretRefused
from goldfish.policies.reusing import Circumstances, Foreseen, foresee
from goldfish.ports import Snapshot, TreeFile
from goldfish.queries.tried import latest_output

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldfish.api.asking import Asked
    from goldfish.api.core import Core
    from goldfish.domain.python_source import Source as PythonSource
    from goldfish.domain.workspaces import Workspace

_SOURCES: dict[str, PythonSource] = {}  # what each file's bytes say, for as long as this process lives


def environment_of(core: Core) -> Environment:
    """What a run would stand on now."""
    found, packages = core.services.runners["process"].environment()
    stored = core.services.artifacts.put_bytes(canonical(packages))
    return found.model_copy(update={"packages": stored.digest})


class Resolved:
    """A request against the files of a workspace as they are now. The files are taken once, when first needed."""

    def __init__(self, core: Core, workspace: Workspace, asked: Asked, register: Callable[[Path], str]) -> None:
        """`register` makes a path that the request names a source, and returns its reference."""
        self._core = core
        self._register = register
        self.workspace = workspace
        self._asked = asked

    @cached_property
    def taken(self) -> Snapshot | None:
        """The files as they are now; None when the workspace is not mounted."""
        slot = self.workspace.slot
        if slot is None:
            return None
        self._core.slots.settle(self.workspace)
        return self._core.services.snapshots.take(self._core.layout.slot(slot), cache=slot)

    @cached_property
    def tree(self) -> TreeId:
        """The tree that will be run."""
        return self.taken.tree if self.taken is not None else TreeId(self.workspace.tree)

    @cached_property
    def files(self) -> list[TreeFile]:
        """The files of the tree."""
        return self._core.services.snapshots.files(self.tree)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline as written in the tree."""
        return self._documents.pipeline(self._asked.pipeline)

    @cached_property
    def replacements(self) -> Replacements:
        """The bytes that the request puts in the place of inputs."""
        wanted = self._asked.stages or [stage.name for stage in self.pipeline.stages]
        selected = [self.pipeline.stage(name) for name in wanted]
        return Replacements(self._core, replaced_inputs(selected, self._asked.inputs), self._register)

    @cached_property
    def plan(self) -> Plan:
        """The stages, resolved to the last value."""
        asked = self._asked
        plan = plan_run(
            self.pipeline,
            configs=self._documents.configs(self.pipeline),
            has_file=frozenset(file.path for file in self.files).__contains__,
            sources=self._sources(),
            upstream=self._upstream,
            replaced=self.replacements.found,
            stages=asked.stages or None,
            settings=[parse_setting(given) for given in asked.settings],
            overrides=asked.overrides,
            seed=asked.seed,
        )
        for stage in plan.stages:
            if self._core.services.redactor.finds({"config": stage.config, "environment": stage.environment}):
                raise SecretRefused(stage=stage.name)
        return Plan([self._within_reach(stage) for stage in plan.stages], plan.seed)

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
        return foresee(self._core.services.work, shared, self.plan.stages, fresh=self._asked.fresh)

    def _within_reach(self, stage: StagePlan) -> StagePlan:
        reached = self._code.stage(stage).files
        return stage if reached is None else stage.model_copy(update={"code": list(reached)})

    @cached_property
    def _code(self) -> Code:
        packages = json.loads(self._core.services.artifacts.read(Digest(self.environment.packages or "")))
        read = self._core.services.snapshots.read
        return Code.of(self.files, lambda path: read(self.tree, path), known=_SOURCES, packages=packages)

    @property
    def _documents(self) -> PipelineFiles:
        return PipelineFiles(self._core.services, self.workspace.name, self.tree)

    def _sources(self) -> dict[str, Source.Registered]:
        session = Session(self._core.application.journal)
        names = {given.source for stage in self.pipeline.stages for given in stage.inputs if given.source is not None}
        found = {name: session.source(name).latest for name in sorted(names)}
        return {name: latest for name, latest in found.items() if latest is not None}

    def _upstream(self, stage: str, signal: str) -> Upstream | None:
        found = latest_output(self._core.services.projector.at(), self.workspace.name, stage, signal)
        return None if found is None else Upstream(found.digest, found.ref, found.type)
