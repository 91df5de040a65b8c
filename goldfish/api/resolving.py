"""What a request means: from files, settings and history to one plan, worked out once, with nothing recorded."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.api.meaning import Meaning
from goldfish.api.overrides import Register, Replacements
from goldfish.api.pipeline_files import PipelineFiles
from goldfish.api.usable import all_usable
from goldfish.application import Session
from goldfish.domain.names import Digest
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.planning import Plan, Upstream, plan_run, replaced_inputs
from goldfish.domain.reachable import Code
from goldfish.domain.settings import parse_setting
from goldfish.domain.sources import Source
from goldfish.domain.spec_grammar import with_results
from goldfish.domain.values import StagePlan
from goldfish.errors import Busy
from goldfish.policies.contracts import refuse_unfit_bytes
from goldfish.ports import Snapshot
from goldfish.queries.references import resolve
from goldfish.queries.tried import latest_output

if TYPE_CHECKING:
    from goldfish.api.asking import Asked
    from goldfish.api.core import Core
    from goldfish.domain.python_source import Source as PythonSource
    from goldfish.domain.workspaces import Workspace

MOST_SOURCES = 10_000  # files whose reading is remembered
_SOURCES: dict[str, PythonSource] = {}  # what each file's bytes say, for as long as this process lives


class Resolved(Meaning):
    """A request against the files of a workspace as they are now. The files are taken once, when first needed."""

    def __init__(self, core: Core, workspace: Workspace, asked: Asked, register: Register) -> None:
        """`register` makes a path that the request names a source; for a dry run it only looks at it."""
        super().__init__(core, workspace, fresh=asked.fresh)
        self._register = register
        self._asked = asked

    @property
    def pipeline_name(self) -> str:
        """The name in the pipeline's file."""
        return self.pipeline.name

    @cached_property
    def taken(self) -> Snapshot | None:
        """The files in the slot; None when the workspace is not mounted."""
        slot = self.workspace.slot
        if slot is None:
            return None
        self._core.slots.settle(self.workspace)
        return self._core.services.snapshots.take(self._core.layout.slot(slot), cache=slot)

    def record_files(self, session: Session) -> Workspace:
        """Record what is in the slot."""
        workspace = session.workspace(self.workspace.name)
        if self.taken is None:
            if workspace.tree != self.tree:  # somebody has mounted and changed it since its files were looked at
                raise Busy(stream=workspace.stream, tries=1)
            return workspace
        events = workspace.sync(self.taken.tree, self.taken.files, self.taken.skipped)
        return session.record(workspace, events)

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
        stages = [self._with_fixed_baseline(stage) for stage in with_results(plan.stages, asked.results)]
        self._refuse_secrets(stages)
        all_usable(self._core, stages)
        refuse_unfit_bytes(Session(self._core.application.journal), stages)
        return Plan([self._within_reach(stage) for stage in stages], plan.seed)

    def _with_fixed_baseline(self, stage: StagePlan) -> StagePlan:
        """The stage with the run or version that its baseline means now: a tag may mean another one tomorrow."""
        if stage.results is None or stage.results.baseline is None:
            return stage
        meant = resolve(self._core.services.projector.at(), stage.results.baseline).id
        return stage.model_copy(update={"results": stage.results.model_copy(update={"baseline": meant})})

    def _within_reach(self, stage: StagePlan) -> StagePlan:
        reach = self._code.stage(stage)
        if reach.files is None:
            self.out_of_sight[stage.name] = reach.why or "it cannot be told"
            return stage
        return stage.model_copy(update={"code": list(reach.files)})

    @cached_property
    def _code(self) -> Code:
        if len(_SOURCES) > MOST_SOURCES:
            _SOURCES.clear()
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
        view = self._core.services.projector.at()
        found = latest_output(view, self.workspace.name, stage, signal, pipeline=self.pipeline_name)
        return None if found is None else Upstream(found.digest, found.ref, found.type)
