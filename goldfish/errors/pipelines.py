"""Refusals about pipelines, configurations and plans."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class BadDocument(Refusal):
    """{file}, line {line}: {why}.
    Correct the file and try again."""


class BadPipeline(Refusal):
    """{file}: {why}.
    Correct the pipeline and try again; docs/reference/pipeline.md shows every key."""


class BadConfig(Refusal):
    """{file}: {why}.
    Correct the configuration and try again."""


class BadSetting(Refusal):
    """The setting {given!r} cannot be applied: {why}.
    Write it as key=value or stage.key=value."""


class BadInputOverride(Refusal):
    """The input {given!r} cannot be replaced: {why}.
    Write it as input=REF or stage.input=REF; REF is like run-3/prepare.features, digits@r1 or ./file.csv."""


class UnknownStage(Refusal):
    """The pipeline has no stage {given!r}.
    Its stages are: {stages}."""


class StageCodeMissing(Refusal):
    """The stage {stage!r} has no code: {path} is not in the workspace.
    Add the file, with a function main()."""


class StageFileMissing(Refusal):
    """The {what} of stage {stage!r} is {path}, which is not in the workspace.
    Add the file, or correct the path in the pipeline."""


class ContractBroken(Refusal):
    """The input {signal!r} of stage {stage!r} cannot be {ref}: {why}.
    Correct the contract that is wrong, or read something else; `enforcement: warn` in the contract only records it."""


class PipelineChanged(Refusal):
    """{path} was changed while it was read; nothing was written.
    Repeat the command."""


class NothingToAdopt(Refusal):
    """There is no output in {file} of {workspace} that has no contract and whose bytes say one.
    Run the stages first, or write the contract yourself; docs/how-to/contracts.md shows how."""


class UnknownPipeline(Refusal):
    """There is no pipeline {given!r} in {workspace}.
    A pipeline is the file pipeline.yaml, or pipelines/NAME.yaml, which is called NAME."""


class UnresolvedInput(Refusal):
    """The input {signal!r} of stage {stage!r} cannot be had: {why}.
    {remedy}"""
