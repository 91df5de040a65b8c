"""Pipelines: what is wrong with them, and how they look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.contracts import said
from goldfish.adapters.cli.views.wording import count

if TYPE_CHECKING:
    from goldfish.api.contract_answers import CheckAnswer, DrawnSignal, DrawnStage, PipelineAnswer


def checked(answer: CheckAnswer) -> None:
    """Each pipeline with its problems, one in a line."""
    if not answer.checked:
        click.echo("No workspace is mounted: say which one, as `goldfish pipeline check WORKSPACE`.")
    for check in answer.checked:
        title = f"{inert(check.workspace)}: {inert(check.file)}"
        if not check.problems:
            click.echo(f"{title} {click.style('can be run', fg='green')}: {inert(' → '.join(check.stages))}")
            continue
        found = count(len(check.problems), "problem")
        click.echo(f"{title} {click.style(f'has {found}', fg='red')}")
        for problem in check.problems:
            where = "" if problem.file == check.file else f"{inert(problem.file)}: "
            click.echo(f"  {where}{inert(problem.problem)}")


def drawn(answer: PipelineAnswer) -> None:
    """The stages as a tree: what each reads, and what it writes."""
    click.echo(click.style(inert(answer.name), bold=True) + f"  {inert(answer.file)} in {inert(answer.workspace)}")
    if answer.description:
        click.echo(inert(answer.description))
    for stage in answer.stages:
        click.echo()
        for line in _stage(stage):
            click.echo(line)


def _stage(stage: DrawnStage) -> Iterator[str]:
    yield click.style(inert(stage.name), bold=True) + f"  {inert(stage.does)}"
    if stage.description:
        yield f"│ {inert(stage.description)}"
    width = max((len(signal.name) for signal in [*stage.inputs, *stage.outputs]), default=0)
    lines = [_line("←", signal, width, signal.source or "") for signal in stage.inputs]
    lines += [_line("→", signal, width, "optional" if signal.optional else "") for signal in stage.outputs]
    for number, line in enumerate(lines, 1):
        yield f"{'└' if number == len(lines) else '├'}─{line}"


def _line(arrow: str, signal: DrawnSignal, width: int, more: str) -> str:
    contract = click.style(inert(said(signal.contract)), dim=True) if signal.contract else ""
    cells = [f"{inert(signal.name):<{width}}", f"{signal.type or '':<9}", inert(more), contract]
    return f"{click.style(arrow, fg='cyan')} {'  '.join(cell for cell in cells if cell.strip()).rstrip()}"
