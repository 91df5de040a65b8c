"""What exactly differs between an earlier run and a new one: settings, inputs, code, seed, environment, stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from goldfish.domain.event import JsonObject
from goldfish.domain.json_values import dotted
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, InputPlan, Reason, StagePlan
from goldfish.queries.compare import CodeDiff, Packages
from goldfish.queries.likeness import Sketch, same
from goldfish.queries.nearby import Aspect, Departure, Side

PATHS = 10  # paths told of the files that differ


@dataclass(frozen=True)
class Experiment:
    """What a run is asked to do, and why."""

    stages: Sequence[StagePlan]
    tree: str
    seed: int | None
    environment: Environment
    reason: Reason

    @classmethod
    def of(cls, requested: Run.Requested) -> Experiment:
        """Of a run that was asked for."""
        return cls(requested.stages, requested.tree, requested.seed, requested.environment, requested.reason)

    @cached_property
    def by_name(self) -> dict[str, StagePlan]:
        """Its stages."""
        return {stage.name: stage for stage in self.stages}

    @cached_property
    def work(self) -> JsonObject:
        """All that is set, and the code: equal in two that differ by seed and environment alone."""
        stages = [
            {"name": s.name, "config": s.config, "inputs": [{"name": i.name, "digest": i.digest} for i in s.inputs]}
            for s in self.stages
        ]
        return {"tree": self.tree, "stages": stages}

    @cached_property
    def sketch(self) -> Sketch:
        """What is compared of it to tell how alike two are."""
        settings: dict[str, JsonValue] = {}
        for stage in self.stages:
            settings.update({f"{stage.name}.{key}": value for key, value in flat(stage.config).items()})
            known = {f"input {stage.name}.{given.name}": given.digest for given in stage.inputs if given.digest}
            settings.update(known)
        said = [self.reason.description, self.reason.hypothesis, self.reason.approach]
        said += [key for stage in self.stages for key in stage.overridden]
        return Sketch.of(settings, " ".join(part for part in said if part), self.tree)


def flat(config: Mapping[str, JsonValue], prefix: str = "") -> dict[str, JsonValue]:
    """Dotted keys to values, as the model `params` has them: lists and empty mappings are values."""
    found: dict[str, JsonValue] = {}
    for key, value in config.items():
        below = flat(value, dotted(prefix, key)) if isinstance(value, dict) and value else {dotted(prefix, key): value}
        found.update(below)
    return found


def differences(
    before: Experiment, after: Experiment, code_diff: CodeDiff | None = None, packages: Packages | None = None
) -> list[Departure]:
    """Everything that differs. Without `code_diff` and `packages`, of code and packages only that they do."""
    told = packages if before.environment.packages != after.environment.packages else None
    return [
        *_stages(before, after),
        *_code(before.tree, after.tree, code_diff),
        *_named("seed", None, {"seed": before.seed}, {"seed": after.seed}),
        *_named("environment", None, _environment(before.environment, told), _environment(after.environment, told)),
    ]


def _stages(before: Experiment, after: Experiment) -> Iterator[Departure]:
    for name in {**before.by_name, **after.by_name}:
        old, new = before.by_name.get(name), after.by_name.get(name)
        if old is None or new is None:
            yield Departure(aspect="stage", name=name, only="before" if new is None else "after")
            continue
        yield from _named("stage", name, _program(old), _program(new))
        yield from _named("setting", name, flat(old.config), flat(new.config))
        yield from _inputs(old, new)


def _inputs(old: StagePlan, new: StagePlan) -> Iterator[Departure]:
    left, right = ({given.name: given for given in one.inputs} for one in (old, new))
    for name in {**left, **right}:
        one, other = left.get(name), right.get(name)
        if one is None or other is None or _bytes(one) != _bytes(other):
            only: Side | None = "before" if other is None else "after" if one is None else None
            yield Departure(
                aspect="input", stage=old.name, name=name, only=only, before=_origin(one), after=_origin(other)
            )


def _bytes(given: InputPlan) -> tuple[str | None, ...]:
    """Inputs with the same bytes do not differ, whatever these are called."""
    return (given.digest,) if given.digest is not None else (given.stage, given.signal)


def _origin(given: InputPlan | None) -> JsonValue:
    if given is None:
        return None
    ref = given.ref if given.digest is not None else f"{given.stage}.{given.signal}"
    return {"ref": ref, "digest": given.digest}


def _program(stage: StagePlan) -> dict[str, JsonValue]:
    return {"command": list(stage.command)} if stage.command else {"module": stage.module}


def _code(left: str, right: str, code_diff: CodeDiff | None) -> list[Departure]:
    if left == right:
        return []
    paths = [change.path for change in code_diff(left, right)] if code_diff is not None else []
    shown, more = paths[:PATHS], max(0, len(paths) - PATHS)
    return [Departure(aspect="code", name="tree", before=left, after=right, paths=shown, more=more)]


def _environment(one: Environment, packages: Packages | None) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"python": one.python, "platform": one.platform}
    if packages is None or one.packages is None:
        return {**found, "packages": one.packages}
    return {**found, **{f"package {name}": version for name, version in packages(one.packages).items()}}


def _named(
    aspect: Aspect, stage: str | None, before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> Iterator[Departure]:
    for name in {**before, **after}:
        if name not in before:
            yield Departure(aspect=aspect, stage=stage, name=name, after=after[name], only="after")
        elif name not in after:
            yield Departure(aspect=aspect, stage=stage, name=name, before=before[name], only="before")
        elif not same(before[name], after[name]):
            yield Departure(aspect=aspect, stage=stage, name=name, before=before[name], after=after[name])
