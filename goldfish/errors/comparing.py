"""Refusals about comparisons, groups and plots."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class UnknownGroup(Refusal):
    """There is no group {given!r}.
    `goldfish groups` lists the groups. A run is put into one with --group NAME."""


class NothingToCompareWith(Refusal):
    """{given} was given alone: a comparison needs two or more.
    Name another run, version or group: `goldfish compare run-3 run-7`. What one thing is tells `goldfish show REF`."""


class MeasuredDifferently(Refusal):
    """{left} and {right} cannot be held against each other: {why}.
    Compare what is judged by the same metric on the same split, or leave the numbers out:
    `goldfish compare run-3 run-7 --no-metrics`."""


class NothingToDraw(Refusal):
    """There are no points to draw: {why}.
    Name a metric that was logged, as the comparison without a picture lists them."""


class CannotWritePicture(Refusal):
    """The picture cannot be written to {path}: {why}.
    Name a file that ends in .png, .svg or .pdf, in a directory that you can write to."""
