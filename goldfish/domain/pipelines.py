"""Pipelines: stages, and the signals that flow between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from goldfish.domain.contract_grammar import check_contract
from goldfish.domain.names import nearest
from goldfish.domain.ordering import cycle, ordered
from goldfish.domain.problems import Problems, clashes, kind
from goldfish.domain.spec_grammar import read_results_spec
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.stage_grammar import read_stage
from goldfish.domain.stages import Stage, StageInput
from goldfish.domain.values import SignalType
from goldfish.errors import BadPipeline, UnknownStage

ROOT_KEYS = ("name", "description", "results", "stages")

_NAMED = re.compile(r"pipelines/([^/]+)\.ya?ml")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of one file. Each input names an output that exists, and nothing reads what it itself leads to."""

    name: str
    stages: tuple[Stage, ...]
    description: str = ""
    file: str = "pipeline.yaml"

    @property
    def ordered(self) -> tuple[Stage, ...]:
        """The stages so that each follows what it reads; where that leaves a choice, as in the file."""
        by_name = {stage.name: stage for stage in self.stages}
        return tuple(by_name[name] for name in ordered(_reads(self.stages)))

    def stage(self, name: str) -> Stage:
        """The stage of this name. Raises `UnknownStage` with near names."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        known = [stage.name for stage in self.stages]
        raise UnknownStage(given=name, stages=", ".join(known), near=nearest(name, known))


def parse_pipeline(document: Mapping[str, JsonValue], file: str = "pipeline.yaml") -> Pipeline:
    """The pipeline that a document describes. Raises `BadPipeline` with everything that is wrong with it."""
    problems = Problems()
    problems.unknown_keys("", document, ROOT_KEYS)
    results = read_results_spec("results", document.get("results"), problems)
    pipeline = Pipeline(
        name=_name(document, file, problems),
        description=problems.text("description", document.get("description")),
        stages=_linked(_stages(document.get("stages"), results, problems), problems),
        file=file,
    )
    if loop := cycle(_reads(pipeline.stages)):
        problems.add("", f"the stages wait for each other: {' → '.join([*loop, loop[0]])}")
    if problems.found:
        raise BadPipeline(file=file, why=problems.found)
    return pipeline


def _name(document: Mapping[str, JsonValue], file: str, problems: Problems) -> str:
    """The name: of a file in pipelines/ it is the file's own."""
    named = _NAMED.fullmatch(file)
    expected = named[1] if named else None
    name = problems.safe("name", document.get("name", expected or "pipeline")) or ""
    if name and expected is not None and name != expected:
        problems.add("name", f"{name!r} is not the name of the file; write {expected!r}, or leave it out")
    return name


def _stages(given: JsonValue, results: ResultsSpec | None, problems: Problems) -> list[Stage]:
    if not isinstance(given, list) or not given:
        problems.add("stages", f"this is a list of at least one stage, not {kind(given) if given else 'empty'}")
        return []
    found: list[Stage] = []
    for number, item in enumerate(given, 1):
        where = f"stage {number}"
        if not isinstance(item, dict):
            problems.add(where, f"a stage is a mapping with a name, not {kind(item)}")
        elif "name" not in item:
            problems.add(where, "it has no name")
        elif name := problems.key(f"{where}, name", item["name"]):
            found.append(read_stage(f"stage {name!r}", name, item, problems, results))
    for first, second in clashes([stage.name for stage in found]):
        problems.add("stages", f"two stages are named {first!r}" + (f" and {second!r}" if first != second else ""))
    return found


def _linked(stages: list[Stage], problems: Problems) -> tuple[Stage, ...]:
    """The stages with the type of every input taken from the output it names."""
    types = {stage.name: {output.name: output.type for output in stage.outputs} for stage in reversed(stages)}
    return tuple(
        replace(stage, inputs=tuple(_link(stage, given, types, problems) for given in stage.inputs)) for stage in stages
    )


def _link(
    stage: Stage, given: StageInput, types: Mapping[str, Mapping[str, SignalType]], problems: Problems
) -> StageInput:
    linked = _of_known_type(stage, given, types, problems)
    if linked.contract is not None:
        where = f"stage {stage.name!r}, input {linked.name!r}, contract"
        check_contract(where, linked.type, linked.contract, problems)
    return linked


def _of_known_type(
    stage: Stage, given: StageInput, types: Mapping[str, Mapping[str, SignalType]], problems: Problems
) -> StageInput:
    where = f"stage {stage.name!r}, input {given.name!r}"
    if given.stage is None or given.signal is None:
        return given
    outputs = types.get(given.stage)
    if given.stage == stage.name:
        problems.add(where, "it reads an output of its own stage")
    elif outputs is None:
        problems.add(where, f"there is no stage {given.stage!r}{problems.hint(given.stage, types)}")
    elif given.signal not in outputs:
        hint = problems.hint(given.signal, outputs)
        problems.add(where, f"stage {given.stage!r} has no output {given.signal!r}{hint}")
    elif given.type not in (None, produced := outputs[given.signal]):
        problems.add(where, f"it is declared as {given.type}, but {given.stage}.{given.signal} is {produced}")
    else:
        return replace(given, type=produced)
    return given


def _reads(stages: tuple[Stage, ...]) -> dict[str, list[str]]:
    """Which stages each stage reads, as far as they exist."""
    names = {stage.name for stage in stages}
    return {s.name: [name for name in s.upstream if name in names and name != s.name] for s in stages}
