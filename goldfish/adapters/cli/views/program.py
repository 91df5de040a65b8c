"""How a program ended that was run as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.wording import COLORS, cause, duration, metrics, size

if TYPE_CHECKING:
    from goldfish.api.answers import RunProgress
    from goldfish.queries.show import Story

SHOWN = 8  # metrics in the line


def program_ended(story: Story, ended: RunProgress) -> None:
    """On standard error, so that what the program printed stays as it was: the run, its metrics, its files."""
    if story.kind != "execution":
        return
    stage, outcome = story.stage, ended.outcome or ended.state
    why = cause(ended.outcome, stage.cause)
    word = click.style(outcome, fg=COLORS.get(outcome))
    took = f" in {duration(stage.seconds)}" if stage.seconds is not None else ""
    click.echo(f"\n{ended.run} {word}{took}{': ' if why else ''}{why}", err=True)
    if stage.metrics:
        shown = {metric.metric: metric.last for metric in stage.metrics[:SHOWN]}
        more = f" and {len(stage.metrics) - SHOWN} more" if len(stage.metrics) > SHOWN else ""
        click.echo(f"  metrics  {metrics(shown)}{more}", err=True)
    for output in stage.outputs:
        if output.ref:
            click.echo(f"  files    {inert(output.ref)}, {size(output.size)}: goldfish get {output.ref} DIR", err=True)
    click.echo(f"{click.style('next: ', fg='cyan')}goldfish show {ended.run}", err=True)
