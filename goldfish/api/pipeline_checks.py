"""What keeps a pipeline from being run: everything that planning refuses, one thing after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from goldfish.application import Session
from goldfish.domain.contract_grammar import COMMON_KEYS, CONTRACT_KEYS
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.planning import Upstream, plan_run
from goldfish.domain.sources import Source
from goldfish.domain.stages import StageInput
from goldfish.domain.values import SignalType
from goldfish.errors import BadConfig, Refusal, StageCodeMissing, StageFileMissing, UnknownSource
from goldfish.policies.contracts import refuse_unfit_bytes

MOST = 20  # things that are told of one stage


class Trial:
    """Plans stages of a pipeline again and again, each time without what was refused before."""

    def __init__(
        self,
        session: Session,
        pipeline: Pipeline,
        configs: Mapping[str, dict[str, JsonValue]],
        paths: frozenset[str],
    ) -> None:
        self._session = session
        self._pipeline = pipeline
        self._configs = configs
        self._paths = set(paths)
        self._inputs = [given for stage in pipeline.stages for given in stage.inputs if given.source is not None]
        found = {given.source or "": session.source(given.source or "").latest for given in self._inputs}
        self._sources = {name: latest for name, latest in found.items() if latest is not None}

    def refusals(self) -> Iterator[Refusal]:
        """Of each stage by itself, then of all together."""
        names = [stage.name for stage in self._pipeline.ordered]
        for chosen in [*([name] for name in names), names]:
            yield from self._of(chosen)

    def _of(self, names: Sequence[str]) -> Iterator[Refusal]:
        for _ in range(MOST):
            try:
                plan = plan_run(
                    self._pipeline,
                    configs=self._configs,
                    has_file=self._paths.__contains__,
                    sources=self._sources,
                    upstream=self._promised,
                    stages=names,
                )
                refuse_unfit_bytes(self._session, plan.stages)
            except Refusal as refusal:
                yield refusal
                if not self._pass_over(refusal, names):
                    return
            else:
                return

    def _pass_over(self, refusal: Refusal, names: Sequence[str]) -> bool:
        """Whether planning can go on as if this was mended."""
        match refusal:
            case StageCodeMissing() | StageFileMissing():
                self._paths.add(str(refusal.facts["path"]))
            case UnknownSource():
                name = str(refusal.facts["given"])
                kind = next(_type(given) for given in self._inputs if given.source == name)
                self._sources[name] = Source.Registered(
                    name=name, revision=1, type=kind, digest="", size=0, came_from=""
                )
            case BadConfig() if any(stage.config_schema for stage in self._pipeline.stages if stage.name in names):
                stages = tuple(replace(s, config_schema={}) if s.name in names else s for s in self._pipeline.stages)
                self._pipeline = replace(self._pipeline, stages=stages)
            case _:
                return False
        return True

    def _promised(self, stage: str, signal: str) -> Upstream | None:
        """What an output will be, as if it was written already."""
        outputs = next((s.outputs for s in self._pipeline.stages if s.name == stage), ())
        return next((Upstream("", "", output.type) for output in outputs if output.name == signal), None)


def _type(given: StageInput) -> SignalType:
    """The type that an input declares, or that its contract gives away."""
    if given.type is not None:
        return given.type
    said = set(given.contract or ()) - set(COMMON_KEYS)
    return next((kind for kind, keys in CONTRACT_KEYS.items() if said and said <= set(keys)), "file")
