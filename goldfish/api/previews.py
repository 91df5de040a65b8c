"""A dry run: what a request would do, told without recording anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goldfish.api.plans import From, PlanAnswer, PlannedInput, PlannedOutput, PlannedStage, PlannedValue
from goldfish.domain.checks import CHECKS
from goldfish.domain.json_values import dotted
from goldfish.domain.names import version_id
from goldfish.queries.durations import Expected, expected_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from goldfish.api.meaning import Meaning
    from goldfish.domain.values import InputPlan, Origin, StagePlan
    from goldfish.policies.reusing import Foreseen
    from goldfish.projections.projector import View


def preview(meaning: Meaning, view: View) -> PlanAnswer:
    """The plan of a request, stage by stage, in the order in which they would be carried out."""
    workspace, plan = meaning.workspace, meaning.plan
    is_new = workspace.versions.get(workspace.latest) != meaning.tree
    expected = expected_seconds(view, workspace.name, [stage.name for stage in plan.stages])
    stages = [
        _stage(stage, meaning.foreseen[stage.name], expected.get(stage.name), meaning.out_of_sight.get(stage.name))
        for stage in plan.stages
    ]
    costs = [0.0 if stage.earlier else stage.seconds for stage in stages]
    return PlanAnswer(
        workspace=workspace.name,
        version=version_id(workspace.name, workspace.latest + is_new),
        is_new=is_new,
        tree=meaning.tree,
        pipeline=meaning.pipeline_name,
        seed=plan.seed,
        fingerprint=meaning.fingerprint,
        stages=stages,
        seconds=round(sum(c for c in costs if c is not None), 3) if None not in costs else None,
    )


def _stage(stage: StagePlan, foreseen: Foreseen, expected: Expected | None, unknown: str | None) -> PlannedStage:
    return PlannedStage(
        stage=stage.name,
        does=" ".join(stage.command) or stage.module,
        config={key: PlannedValue(value=value, origin=_origin(stage, key)) for key, value in leaves(stage.config)},
        inputs=[
            _input(given, found.digest if found else None)
            for given, found in zip(stage.inputs, foreseen.inputs, strict=True)
        ],
        outputs=[
            PlannedOutput(
                name=output.name,
                type=output.type,
                optional=output.optional,
                contract=output.contract.model_dump(mode="json") if output.contract else None,
            )
            for output in stage.outputs
        ],
        variables=sorted(stage.environment),
        limits=stage.limits,
        code=None if stage.code is None else len(stage.code),
        code_why=unknown,
        fingerprint=foreseen.fingerprint,
        earlier=foreseen.earlier.name if foreseen.earlier else None,
        why=_why(stage, foreseen),
        checks=[*CHECKS, *(f"contract of {output.name}" for output in stage.outputs if output.contract is not None)],
        results=stage.results,
        seconds=expected.seconds if expected else None,
        measured=expected.executions if expected else 0,
    )


def leaves(config: Mapping[str, JsonValue], at: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every value of a configuration by its dotted key; lists are values, and so is an empty mapping."""
    for key, value in config.items():
        here = dotted(at, key)
        if isinstance(value, dict) and value:
            yield from leaves(value, here)
        else:
            yield here, value


def _origin(stage: StagePlan, key: str) -> Origin:
    if any(key == set_ or key.startswith(f"{set_}.") for set_ in stage.overridden):
        return "override"
    return "default" if key in stage.defaulted else "config"


def _input(given: InputPlan, digest: str | None) -> PlannedInput:
    ref = given.ref or f"{given.stage}.{given.signal}"
    return PlannedInput(name=given.name, type=given.type, origin=_comes_from(given), ref=ref, digest=digest)


def _comes_from(given: InputPlan) -> From:
    if given.overridden:
        return "request"
    if given.digest is None:
        return "stage"
    return "earlier run" if (given.ref or "").startswith("run-") else "source"


def _why(stage: StagePlan, foreseen: Foreseen) -> str:
    if foreseen.earlier is not None:
        return f"{foreseen.earlier.name} did the same work: same code within reach, settings, inputs and environment"
    if foreseen.fingerprint is None:
        waits = sorted({given.stage for given in stage.inputs if given.stage is not None})
        return f"it reads what {' and '.join(waits)} will write; whether it was done before is known then"
    if foreseen.failed is not None:
        return f"{foreseen.failed.name} did the same work and failed: {foreseen.failed.execution.cause}"
    return "it is carried out every time" if not stage.reuse else "no execution did this work"
