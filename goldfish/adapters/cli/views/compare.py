"""Two runs or two versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.patches import patch
from goldfish.adapters.cli.views.terminal import heading, put, row, table
from goldfish.adapters.cli.views.wording import count, duration, number, value

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.queries.compare import Comparison, Difference, FileDifference


def comparison(answer: Comparison, *, patches: bool = True) -> None:
    """A table for each aspect that differs; then those in which nothing does."""
    left, right = answer.left, answer.right
    _table("config", answer.config, left, right)
    _table("inputs", answer.inputs, left, right)
    _table("environment", answer.environment, left, right)
    _code(answer, patches)
    if answer.metrics:
        heading("metrics")
        made = table("metric", left, right, "difference", right=[left, right, "difference"])
        for m in answer.metrics:
            delta = "" if m.delta is None else f"{m.delta:+.6g}" if m.delta else "0"
            row(made, f"{m.stage}.{m.metric}", number(m.left), number(m.right), delta)
        put(made)
    _table("outcome", answer.outcome, left, right)
    if answer.same:
        click.echo(f"\nNothing differs in {', '.join(answer.same)}.")


def _table(title: str, differences: Sequence[Difference], left: str, right: str) -> None:
    if differences:
        heading(title)
        made = table("name", left, right)
        for difference in differences:
            show = _seconds if difference.name == "seconds" else value
            row(made, difference.name, show(difference.left), show(difference.right))
        put(made)


def _seconds(given: JsonValue) -> str:
    return duration(given) if isinstance(given, float) else value(given)


def _code(answer: Comparison, patches: bool) -> None:
    if not answer.code:
        return
    heading("code")
    made = table("file", "change", "added", "removed", right=["added", "removed"])
    for file in answer.code:
        row(made, file.path, file.change, file.added, file.removed)
    put(made)
    if answer.code_left_out:
        click.echo(f"and {count(answer.code_left_out, 'more file')}: goldfish diff {answer.left} {answer.right}")
    for file in answer.code if patches else ():
        _patch(file)


def _patch(file: FileDifference) -> None:
    if file.patch:
        click.echo()
        patch(file.patch)
    if file.cut:
        click.echo(f"… {count(file.cut, 'more line')} of {inert(file.path)}")
