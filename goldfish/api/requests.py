"""A request for a run, decided: from files, settings and history to one plan, or to the run that did it before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish.api.answers import RunAnswer, Tried
from goldfish.api.pipeline_files import PipelineFiles
from goldfish.application import Session
from goldfish.domain.canonical import canonical
from goldfish.domain.fingerprints import fingerprint
from goldfish.domain.names import TreeId, version_id
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.planning import Plan, Upstream, plan_run
from goldfish.domain.runs import Run
from goldfish.domain.settings import parse_setting
from goldfish.domain.sources import Source
from goldfish.domain.values import Environment, Reason
from goldfish.errors import SecretRefused
from goldfish.ports import Snapshot, TreeFile
from goldfish.queries.tried import find_run_by_fingerprint, latest_output

if TYPE_CHECKING:
    from goldfish.api.core import Core


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller said, besides the workspace and the reason."""

    stages: tuple[str, ...]
    settings: tuple[str, ...]
    overrides: Mapping[str, dict[str, JsonValue]]
    seed: int | None
    rerun: str | None
    pipeline: str


class RunRequest:
    """One request. `decide` may be called again when others were faster; the files are taken once."""

    def __init__(self, core: Core, workspace: str, asked: Asked, reason: Reason) -> None:
        self._core = core
        self._workspace = core.look(workspace)
        self._asked = asked
        self._reason = reason
        self._tried: RunAnswer | None = None

    def body(self) -> JsonValue:
        """The request as JSON: the same command id with another body is refused."""
        asked = self._asked
        return {
            "run": self._workspace.name,
            "stages": list(asked.stages),
            "settings": list(asked.settings),
            "overrides": {stage: dict(values) for stage, values in asked.overrides.items()},
            "seed": asked.seed,
            "rerun": asked.rerun,
            "pipeline": asked.pipeline,
            "reason": self._reason.model_dump(),
        }

    def decide(self, session: Session) -> None:
        """Record the files, the version and the request in one step; or nothing, when it was tried before."""
        workspace = session.workspace(self._workspace.name)
        plan, mark = self._plan, self._fingerprint
        # The number comes before the look at history: whoever asks for the same meanwhile takes this very number, so
        # that one of the two decides again and finds the other.
        run = session.new_run()
        self._tried = None if self._asked.rerun else self._find_tried(plan, mark)
        if self._tried is not None:
            return
        if self._taken is not None:
            events = workspace.sync(self._taken.tree, self._taken.files, self._taken.skipped)
            workspace = session.record(workspace, events)
        workspace = session.record(workspace, workspace.ensure_saved(self._reason.description[:200], "run"))
        earlier = find_run_by_fingerprint(self._core.services.projector.at(), mark) if self._asked.rerun else None
        requested = Run.Requested(
            workspace=workspace.name,
            number=workspace.latest,
            tree=self._tree,
            pipeline=self._pipeline.name,
            stages=plan.stages,
            reason=self._reason,
            environment=self._environment,
            seed=plan.seed,
            fingerprint=mark,
            rerun_of=earlier.run if earlier else None,
            rerun_reason=self._asked.rerun if earlier else None,
        )
        session.record(run, run.request(requested))

    def answer_of_the_tried(self) -> RunAnswer:
        """The answer when nothing was started."""
        if self._tried is None:  # a repeated command id whose first effect was nothing
            raise LookupError(self._workspace.name)
        return self._tried

    # ── what the request means, worked out once ───────────────────────────────────────────────────────────────────────

    @cached_property
    def _taken(self) -> Snapshot | None:
        """The files as they are now; None when the workspace is not mounted."""
        slot = self._workspace.slot
        if slot is None:
            return None
        self._core.slots.settle(self._workspace)
        return self._core.services.snapshots.take(self._core.layout.slot(slot), cache=slot)

    @cached_property
    def _tree(self) -> TreeId:
        return self._taken.tree if self._taken is not None else TreeId(self._workspace.tree)

    @cached_property
    def _files(self) -> list[TreeFile]:
        return self._core.services.snapshots.files(self._tree)

    @cached_property
    def _pipeline(self) -> Pipeline:
        return self._documents.pipeline(self._asked.pipeline)

    @cached_property
    def _plan(self) -> Plan:
        plan = plan_run(
            self._pipeline,
            configs=self._documents.configs(self._pipeline),
            has_file=frozenset(file.path for file in self._files).__contains__,
            sources=self._sources(),
            upstream=self._upstream,
            stages=self._asked.stages or None,
            settings=[parse_setting(given) for given in self._asked.settings],
            overrides=self._asked.overrides,
            seed=self._asked.seed,
        )
        for stage in plan.stages:
            if self._core.services.redactor.finds({"config": stage.config, "environment": stage.environment}):
                raise SecretRefused(stage=stage.name)
        return plan

    @cached_property
    def _environment(self) -> Environment:
        found, packages = self._core.services.runners["process"].environment()
        stored = self._core.services.artifacts.put_bytes(canonical(packages))
        return found.model_copy(update={"packages": stored.digest})

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self._files, self._plan.stages, self._environment, self._plan.seed)

    @property
    def _documents(self) -> PipelineFiles:
        return PipelineFiles(self._core.services, self._workspace.name, self._tree)

    def _sources(self) -> dict[str, Source.Registered]:
        session = Session(self._core.application.journal)
        names = {given.source for stage in self._pipeline.stages for given in stage.inputs if given.source is not None}
        found = {name: session.source(name).latest for name in sorted(names)}
        return {name: latest for name, latest in found.items() if latest is not None}

    def _upstream(self, stage: str, signal: str) -> Upstream | None:
        found = latest_output(self._core.services.projector.at(), self._workspace.name, stage, signal)
        return None if found is None else Upstream(found.digest, found.ref, found.type)

    def _find_tried(self, plan: Plan, mark: str) -> RunAnswer | None:
        earlier = find_run_by_fingerprint(self._core.services.projector.at(), mark)
        if earlier is None or earlier.state == "parked" or earlier.outcome in ("cancelled", "lost"):
            return None  # an attempt that came to no end has tried nothing
        return RunAnswer(
            run=earlier.run,
            started=False,
            version=version_id(earlier.workspace, earlier.number),
            stages=[stage.name for stage in plan.stages],
            fingerprint=mark,
            tried=Tried(run=earlier.run, outcome=earlier.outcome, cause=earlier.cause),
        )
