"""Fingerprints: two requests with the same fingerprint are the same experiment, two executions do the same work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from pydantic import JsonValue

from goldfish.domain.canonical import digest_of
from goldfish.domain.names import Digest
from goldfish.domain.values import Environment, InputPlan, ResolvedInput, StagePlan

FORMAT = 2  # another number, and nothing is the same work as anything before

# What the plan holds already, and what only people read. Other Markdown counts: prompts are often Markdown.
_NOT_CODE = re.compile(
    r"pipeline\.yaml|pipelines/[^/]+\.yaml|configs/[^/]+\.yaml"
    r"|(?:.*/)?(?:README|CHANGELOG|STATE)\.md|(?:.*/)?\.goldfishignore"
)
_ONE_PIPELINES = re.compile(r"configs/[^/]+/[^/]+\.yaml")  # a configuration, or data: known only when code is known


class CodeFile(Protocol):
    """One file of a tree: its path, its mode, and what identifies its bytes."""

    @property
    def path(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def content(self) -> str: ...


def is_code(path: str) -> bool:
    """Whether a file counts for a stage of which nobody knows what it reaches."""
    return _NOT_CODE.fullmatch(path) is None


def is_data(path: str) -> bool:
    """Whether a file counts for every stage: it may be opened under a name that is made while the stage runs."""
    return is_code(path) and not path.endswith(".py") and _ONE_PIPELINES.fullmatch(path) is None


def fingerprint(files: Files, stages: Sequence[StagePlan], environment: Environment, seed: int | None) -> Digest:
    """The digest of all that decides what an experiment does.

    That is, of each stage: the files it can reach, its module or command, where its inputs come from (their bytes, not
    the name of these), its outputs, its resolved configuration and its environment variables; interpreter, platform
    and packages; the seed. Not part of it: limits (they decide whether it ends, not what it computes), contracts and
    what a run is judged by, where a value of the configuration was written, and the order of files, stages and keys.

    Values are compared as they are stored: 3e-4 and 0.0003 are one number; 1, 1.0, "1" and true are four values,
    because code can tell them apart.
    """
    return digest_of(
        {
            "format": FORMAT,
            "stages": {stage.name: _stage(stage, files, _planned(stage.inputs)) for stage in stages},
            "environment": environment.model_dump(),
            "seed": seed,
        }
    )


def stage_fingerprint(
    stage: StagePlan,
    files: Files,
    inputs: Iterable[ResolvedInput],
    environment: Environment,
    seed: int | None,
) -> Digest:
    """The digest of all that decides what one execution does, with the bytes it was really given.

    As `fingerprint`, for one stage. The names of the stage and of the run are not part of it, although the process can
    see them (in the path of its directory): the name of the run differs each time, so that work which depends on it
    never was repeatable; and the same work under another name, in another pipeline, is the same work.
    """
    given: dict[str, list[JsonValue]] = {each.name: [each.type, each.digest] for each in inputs}
    return digest_of(
        {
            "format": FORMAT,
            "stage": _stage(stage, files, given),
            "environment": environment.model_dump(),
            "seed": seed,
        }
    )


class Files:
    """The files of a version, and the digests of those that a stage can reach."""

    def __init__(self, files: Iterable[CodeFile]) -> None:
        self._files = list(files)

    def __iter__(self) -> Iterator[CodeFile]:
        return iter(self._files)

    def digest(self, stage: StagePlan) -> Digest:
        """The digest of what a stage can reach and of all data; of everything, when what it reaches is not known."""
        if stage.code is not None:
            chosen = set(stage.code)
            return digest_of([self._data, _rows(file for file in self._files if file.path in chosen)])
        named = [file for file in self._files if not is_code(file.path) and _names(stage.command, file.path)]
        return digest_of([self._all, _rows(named)])

    @cached_property
    def _all(self) -> Digest:
        return digest_of(_rows(file for file in self._files if is_code(file.path)))

    @cached_property
    def _data(self) -> Digest:
        return digest_of(_rows(file for file in self._files if is_data(file.path)))


def _rows(files: Iterable[CodeFile]) -> list[list[JsonValue]]:
    return sorted([file.path, file.mode, file.content] for file in files)


def _names(command: Sequence[str], path: str) -> bool:
    """Whether a command names a file: `--config configs/train.yaml`."""
    return any(path.rpartition("/")[2] in argument for argument in command)


def _stage(stage: StagePlan, files: Files, given: dict[str, list[JsonValue]]) -> dict[str, JsonValue]:
    loaders = {
        each.name: [each.loader.script, each.loader.function] for each in stage.inputs if each.loader is not None
    }
    return {
        "code": files.digest(stage),
        "module": stage.module,
        "command": list(stage.command),
        "inputs": {**given},
        "loaders": {name: list(value) for name, value in loaders.items()},
        "outputs": {output.name: [output.type, output.optional] for output in stage.outputs},
        "gather": stage.gather,
        "printed": stage.printed,
        "config": stage.config,
        "environment": dict(stage.environment),
    }


def _planned(inputs: Iterable[InputPlan]) -> dict[str, list[JsonValue]]:
    """Where the bytes of inputs come from, before the stages that write them have run."""
    return {
        given.name: [given.type, given.stage, given.signal] if given.digest is None else [given.type, given.digest]
        for given in inputs
    }
