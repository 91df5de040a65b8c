"""Planning: a request becomes stages with nothing left to decide but the digests of what they will write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from goldfish.domain.json_values import json_problem, merged
from goldfish.domain.names import nearest
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.settings import Config, Configured, Setting, apply_settings
from goldfish.domain.settling import defaulted, refuse_bad_configs, refuse_missing_files, settled
from goldfish.domain.sources import Source
from goldfish.domain.stages import Stage, StageInput
from goldfish.domain.values import InputPlan, SignalType, StagePlan
from goldfish.errors import BadConfig, BadInputOverride, BadSetting, UnknownSource, UnresolvedInput

T = TypeVar("T")

SEED_LIMIT = 2**32  # numpy.random.seed takes no more

RESERVED = {
    "compute": "where a stage runs is not part of its configuration",
    "environment": "environment variables stand under the stage in pipeline.yaml",
    "hints": "it is reserved",
    "dashboard_metrics": "it is reserved",
}


class Upstream(NamedTuple):
    """Bytes that exist: the newest usable output of a stage that is not part of the request, or what it names."""

    digest: str
    ref: str  # "run-3/prepare.features"
    type: SignalType


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be carried out: stages so that each follows what it reads, and the seed they all are given."""

    stages: list[StagePlan]
    seed: int | None = None


def plan_run(
    pipeline: Pipeline,
    *,
    configs: Mapping[str, Config],
    has_file: Callable[[str], bool],
    sources: Mapping[str, Source.Registered],
    upstream: Callable[[str, str], Upstream | None],
    replaced: Mapping[str, Upstream] | None = None,
    stages: Collection[str] | None = None,
    settings: Sequence[Setting] = (),
    overrides: Mapping[str, Config] | None = None,
    seed: int | None = None,
) -> Plan:
    """The plan for some stages of a pipeline, or for all.

    `configs` holds configs/<stage>.yaml by stage, which goes over the stage's defaults and below the settings.
    `upstream(stage, signal)` answers for stages that are not selected. `replaced` holds the bytes that the request puts
    in the place of inputs, by "stage.input", or by the input's name where only one stage has it. A seed in the request
    also replaces a `seed` that a configuration holds; without one, the run's seed is the one that the configurations
    agree on, also those of stages that are not selected: a part of a run has its seed. Raises `UnknownStage`,
    `StageCodeMissing`, `StageFileMissing`, `BadConfig`, `BadPipeline`, `BadSetting`, `BadInputOverride`,
    `ContractBroken`, `UnknownSource` and `UnresolvedInput`.
    """
    wanted = {pipeline.stage(name).name for name in stages} if stages else {s.name for s in pipeline.stages}
    selected = [stage for stage in pipeline.ordered if stage.name in wanted]
    refuse_missing_files(selected, has_file)
    written = {stage.name: _config(stage, configs.get(stage.name, {})) for stage in selected}
    overrides = {**(overrides or {}), **_seed_overrides(seed, written, overrides or {})}
    configured = apply_settings(written, settings, overrides, stages=[s.name for s in pipeline.stages])
    for stage in selected:
        _refuse_reserved(stage.name, configured[stage.name].config)
    refuse_bad_configs(selected, {stage.name: configured[stage.name].config for stage in selected})
    inputs = _Inputs(wanted, sources, upstream, replaced_inputs(selected, replaced or {}))
    plans = settled(
        pipeline,
        [_plan(stage, configs.get(stage.name, {}), configured[stage.name], inputs) for stage in selected],
    )
    unselected = [stage for stage in pipeline.stages if stage.name not in wanted]
    others = [{**stage.defaults, **configs.get(stage.name, {})} for stage in unselected]
    return Plan(plans, seed if seed is not None else _common_seed([*(plan.config for plan in plans), *others]))


def _config(stage: Stage, written: Config) -> Config:
    file = f"configs/{stage.name}.yaml"
    if not isinstance(written, dict):
        raise BadConfig(file=file, why="it is not a mapping of keys to values")
    if problem := json_problem(written):
        raise BadConfig(file=file, why=problem)
    return merged(stage.defaults, written)


def _refuse_reserved(stage: str, config: Config) -> None:
    for key, why in RESERVED.items():
        if key in config:
            raise BadConfig(file=f"configs/{stage}.yaml", why=f"the key {key!r} cannot be used: {why}")


def usable_seed(seed: int | None) -> int | None:
    """A seed that every library takes. Raises `BadSetting`."""
    if seed is not None and (isinstance(seed, bool) or not 0 <= seed < SEED_LIMIT):
        raise BadSetting(given=f"seed={seed}", why=f"a seed is a whole number from 0 to {SEED_LIMIT - 1}")
    return seed


def _seed_overrides(
    seed: int | None, configs: Mapping[str, Config], overrides: Mapping[str, Config]
) -> dict[str, Config]:
    """A seed in the request goes to every configuration that holds one, so that the record and the code agree."""
    if usable_seed(seed) is None:
        return {}
    return {stage: {"seed": seed, **overrides.get(stage, {})} for stage, config in configs.items() if "seed" in config}


def _common_seed(configs: Sequence[Config]) -> int | None:
    """The seed that all configurations with a usable one agree on."""
    found = {
        seed
        for config in configs
        if isinstance(seed := config.get("seed"), int) and not isinstance(seed, bool) and 0 <= seed < SEED_LIMIT
    }
    return found.pop() if len(found) == 1 else None


def _plan(stage: Stage, written: Config, configured: Configured, inputs: _Inputs) -> StagePlan:
    """The stage without what `settled` adds."""
    return StagePlan(
        name=stage.name,
        module=stage.module,
        inputs=[inputs.plan(stage, given) for given in stage.inputs],
        config=configured.config,
        overridden=configured.overridden,
        defaulted=defaulted(stage.defaults, written, configured.overridden),
        environment=stage.environment,
        limits=stage.limits,
        results=stage.results,
        printed=stage.printed,
        gather=stage.gather,
        reuse=stage.reuse,
    )


def replaced_inputs(selected: Sequence[Stage], given: Mapping[str, T]) -> dict[tuple[str, str], T]:
    """What a request puts in the place of inputs, by stage and input. Raises `BadInputOverride`."""
    known = {f"{stage.name}.{i.name}": (stage.name, i.name) for stage in selected for i in stage.inputs}
    result: dict[tuple[str, str], T] = {}
    for key, value in given.items():
        holders = [place for full, place in known.items() if key in (full, place[1])]
        if len(holders) != 1:
            why = (
                f"{len(holders)} stages have an input of this name; say which" if holders else "there is no such input"
            )
            alike = {*nearest(key, known), *nearest(key, [name for _, name in known.values()])}
            near = [full for full, place in known.items() if place in holders or {full, place[1]} & alike]
            raise BadInputOverride(given=key, why=why, near=near)
        result[holders[0]] = value
    return result


@dataclass(frozen=True, slots=True)
class _Inputs:
    """Finds where the bytes of each input come from."""

    selected: Collection[str]
    sources: Mapping[str, Source.Registered]
    upstream: Callable[[str, str], Upstream | None]
    replaced: Mapping[tuple[str, str], Upstream]

    def plan(self, stage: Stage, given: StageInput) -> InputPlan:
        if (replacement := self.replaced.get((stage.name, given.name))) is not None:
            return self._replaced(stage, given, replacement)
        if given.stage is None or given.signal is None:
            return self._source(stage, given)
        if given.stage in self.selected and given.type is not None:
            return InputPlan(name=given.name, type=given.type, stage=given.stage, signal=given.signal)
        found = self.upstream(given.stage, given.signal)
        remedy = f"Select the stage {given.stage} too, or run it first."
        if found is None:
            why = f"no run of this workspace has written {given.stage}.{given.signal}"
            raise UnresolvedInput(signal=given.name, stage=stage.name, why=why, remedy=remedy)
        if given.type not in (None, found.type):
            why = f"{found.ref} is {found.type}, not {given.type}"
            raise UnresolvedInput(signal=given.name, stage=stage.name, why=why, remedy=remedy)
        return InputPlan(name=given.name, type=found.type, digest=found.digest, ref=found.ref)

    def _replaced(self, stage: Stage, given: StageInput, found: Upstream) -> InputPlan:
        if given.type not in (None, found.type):
            why = f"{found.ref} is {found.type}, not {given.type}"
            raise UnresolvedInput(signal=given.name, stage=stage.name, why=why, remedy="Give bytes of that type.")
        return InputPlan(name=given.name, type=found.type, digest=found.digest, ref=found.ref, overridden=True)

    def _source(self, stage: Stage, given: StageInput) -> InputPlan:
        found = self.sources.get(given.source or "")
        if found is None:
            raise UnknownSource(given=given.source, near=nearest(given.source or "", self.sources))
        if given.type not in (None, found.type):
            why = f"the source {found.name} is {found.type}, not {given.type}"
            remedy = "Correct the type in the pipeline, or leave it out."
            raise UnresolvedInput(signal=given.name, stage=stage.name, why=why, remedy=remedy)
        return InputPlan(name=given.name, type=found.type, digest=found.digest, ref=f"{found.name}@r{found.revision}")
