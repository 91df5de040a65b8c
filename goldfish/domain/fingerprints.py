"""Fingerprints: two requests with the same fingerprint are the same experiment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from pydantic import JsonValue

from goldfish.domain.canonical import digest_of
from goldfish.domain.names import Digest
from goldfish.domain.values import Environment, InputPlan, StagePlan

# What the plan holds already, and what only people read. Other Markdown counts: prompts are often Markdown.
_NOT_CODE = re.compile(
    r"pipeline\.yaml|pipelines/[^/]+\.yaml|configs/[^/]+\.yaml"
    r"|(?:.*/)?(?:README|CHANGELOG|STATE)\.md|(?:.*/)?\.goldfishignore"
)


class CodeFile(Protocol):
    """One file of a tree: its path, its mode, and what identifies its bytes."""

    @property
    def path(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def content(self) -> str: ...


def fingerprint(
    code: Iterable[CodeFile], stages: Sequence[StagePlan], environment: Environment, seed: int | None
) -> Digest:
    """The digest of all that decides what an experiment does.

    That is: the code, and of each stage its module, where its inputs come from (their bytes, not the name of these),
    its outputs, its resolved configuration and its environment variables; interpreter, platform and packages; the
    seed. Not part of it: limits (they decide whether it ends, not what it computes), where a value of the
    configuration was written, and the order of files, stages and keys.

    Values are compared as they are stored: 3e-4 and 0.0003 are one number; 1, 1.0, "1" and true are four values,
    because code can tell them apart.
    """
    return digest_of(
        {
            "format": 1,
            "code": sorted([file.path, file.mode, file.content] for file in code if not _NOT_CODE.fullmatch(file.path)),
            "stages": {stage.name: _stage(stage) for stage in stages},
            "environment": environment.model_dump(),
            "seed": seed,
        }
    )


def _stage(stage: StagePlan) -> dict[str, JsonValue]:
    return {
        "module": stage.module,
        "inputs": {given.name: _input(given) for given in stage.inputs},
        "outputs": {output.name: output.type for output in stage.outputs},
        "config": stage.config,
        "environment": dict(stage.environment),
    }


def _input(given: InputPlan) -> list[JsonValue]:
    origin: list[JsonValue] = [given.stage, given.signal] if given.digest is None else [given.digest]
    return [given.type, *origin]
