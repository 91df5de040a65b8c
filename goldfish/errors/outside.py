"""Errors of what is outside: backends, stages, packages that are not installed."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class RunnerUnavailable(GoldfishError):
    """The {backend} backend cannot be reached: {why}.
    The run goes on when it answers again."""


class LaunchRefused(Refusal):
    """{execution} cannot be launched: {why}.
    Correct the cause and request a new run."""


class OutputRefused(Refusal):
    """The output {signal!r} cannot be taken: {why}.
    Write it with goldfish.io.save_output, or as a plain file of the declared type."""


class ExtraMissing(GoldfishError):
    """{feature} needs the package {package}, which is not installed.
    pip install 'goldfish-ledger[{extra}]'"""
