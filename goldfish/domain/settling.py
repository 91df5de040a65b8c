"""Settling: what a pipeline leaves to the configuration gets its values, once the configuration is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from goldfish.domain.config_schema import config_problems
from goldfish.domain.contract_grammar import resolve_contract
from goldfish.domain.contract_matching import incompatible, violations
from goldfish.domain.json_values import dotted
from goldfish.domain.pipelines import Pipeline
from goldfish.domain.problems import Problems
from goldfish.domain.stages import Stage
from goldfish.domain.templates import NoSuchKey, filled
from goldfish.domain.values import SUFFIX, InputPlan, OutputPlan, StagePlan
from goldfish.errors import BadConfig, BadPipeline, ContractBroken, StageCodeMissing, StageFileMissing

Config = Mapping[str, JsonValue]


def refuse_missing_files(stages: Sequence[Stage], has_file: Callable[[str], bool]) -> None:
    """Raise `StageCodeMissing` or `StageFileMissing` for code that the workspace does not hold."""
    for stage in stages:
        if stage.module and not has_file(stage.module):
            raise StageCodeMissing(stage=stage.name, path=stage.module)
        for what, path in _files(stage):
            if not has_file(path):
                raise StageFileMissing(what=what, stage=stage.name, path=path)


def _files(stage: Stage) -> Iterator[tuple[str, str]]:
    program = stage.command[0] if stage.command else ""
    if "/" in program and not program.startswith("/") and "{" not in program:
        yield "program", "/".join(part for part in program.split("/") if part not in ("", "."))
    for given in stage.inputs:
        if given.loader is not None:
            yield f"loader of {given.name!r}", given.loader.script


def refuse_bad_configs(stages: Sequence[Stage], configs: Mapping[str, Config]) -> None:
    """Raise `BadConfig` with everything that the schemas of the stages refuse."""
    found = {stage.name: config_problems(stage.config_schema, configs[stage.name]) for stage in stages}
    bad = {name: problems for name, problems in found.items() if problems}
    if bad:
        several = len(bad) > 1
        why = [f"{name}: {problem}" if several else problem for name, problems in bad.items() for problem in problems]
        raise BadConfig(file=", ".join(f"configs/{name}.yaml" for name in bad), why=why)


def defaulted(defaults: Config, written: Config, overridden: Sequence[str]) -> list[str]:
    """The dotted keys whose values only the defaults of the pipeline gave."""
    return [key for key in _leaves(defaults, written) if key not in overridden]


def _leaves(defaults: Config, written: Config, at: str = "") -> Iterator[str]:
    for key, value in defaults.items():
        here = dotted(at, key)
        above = written.get(key)
        if key not in written:
            yield from _leaves(value, {}, here) if isinstance(value, dict) and value else [here]
        elif isinstance(value, dict) and isinstance(above, dict):
            yield from _leaves(value, above, here)


def settled(pipeline: Pipeline, plans: Sequence[StagePlan]) -> list[StagePlan]:
    """The stages with their commands, outputs and contracts, which may hold values of the configuration.

    Raises `BadPipeline` with every placeholder that has no value and every contract that contradicts itself, and
    `ContractBroken` when an output is not what an input of the same run asks for.
    """
    problems = Problems()
    result = [_settled(pipeline.stage(plan.name), plan, problems) for plan in plans]
    if problems.found:
        raise BadPipeline(file=pipeline.file, why=problems.found)
    promised = {(plan.name, output.name): output for plan in result for output in plan.outputs}
    for plan in result:
        for given in plan.inputs:
            _refuse_a_mismatch(plan, given, promised.get((given.stage or "", given.signal or "")))
    return result


def _settled(stage: Stage, plan: StagePlan, problems: Problems) -> StagePlan:
    where = f"stage {stage.name!r}"
    loaders = {given.name: given.loader for given in stage.inputs}
    written = {given.name: given.contract for given in stage.inputs}
    inputs = [
        given.model_copy(
            update={
                "loader": loaders.get(given.name),
                "contract": resolve_contract(
                    f"{where}, input {given.name!r}, contract", given.type, contract, plan.config, problems
                )
                if (contract := written.get(given.name)) is not None
                else None,
            }
        )
        for given in plan.inputs
    ]
    outputs = [
        OutputPlan(
            name=output.name,
            type=output.type,
            optional=output.optional,
            contract=resolve_contract(
                f"{where}, output {output.name!r}, contract", output.type, output.contract, plan.config, problems
            )
            if output.contract is not None
            else None,
        )
        for output in stage.outputs
    ]
    known = {**_places(inputs, outputs), **plan.config}
    command = list(_command(f"{where}, command", stage.command, known, problems))
    return plan.model_copy(update={"inputs": inputs, "outputs": outputs, "command": command})


def _places(inputs: Sequence[InputPlan], outputs: Sequence[OutputPlan]) -> dict[str, JsonValue]:
    """Where the files of a stage are, seen from the directory of its code: the same on every backend."""
    return {
        "inputs": {given.name: f"../inputs/{given.name}{SUFFIX[given.type]}" for given in inputs},
        "outputs": {output.name: f"../outputs/{output.name}{SUFFIX[output.type]}" for output in outputs},
    }


def _command(where: str, command: Sequence[str], config: Config, problems: Problems) -> Iterator[str]:
    for number, item in enumerate(command, 1):
        try:
            yield filled(item, config)
        except NoSuchKey as missing:
            problems.add(f"{where}, item {number}", f"the configuration has no key {str(missing)!r}")


def _refuse_a_mismatch(plan: StagePlan, given: InputPlan, output: OutputPlan | None) -> None:
    if output is None or output.contract is None or given.contract is None or given.contract.enforcement != "block":
        return
    if why := incompatible(output.contract, given.contract):
        raise ContractBroken(signal=given.name, stage=plan.name, ref=f"{given.stage}.{given.signal}", why=why)


def refuse_broken_input(stage: str, given: InputPlan, described: Config) -> None:
    """Raise `ContractBroken` when bytes that exist are not what the contract of the input asks for."""
    if given.contract is None or given.contract.enforcement != "block":
        return
    if why := violations(given.contract, given.type, described):
        raise ContractBroken(signal=given.name, stage=stage, ref=given.ref or "what it reads", why=why)
