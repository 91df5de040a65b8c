"""Commands that put runs, groups and versions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import comparables
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_options, workspace_option

if TYPE_CHECKING:
    from goldfish.queries.compare import Comparison


@click.command()
@click.argument("refs", metavar="A B…", nargs=-1, required=True, shell_complete=comparables)
@click.option("--no-metrics", is_flag=True, help="Leave all numbers out: for what is judged by different metrics.")
@click.option(
    "--plot", type=click.Path(dir_okay=False), metavar="FILE", help="Draw the curves of metrics: a .png, .svg or .pdf."
)
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME", help="Draw this metric (loss, train.loss). May be repeated."
)
@as_of_option
@command_options
@pass_invocation
def compare(
    invocation: Invocation,
    refs: tuple[str, ...],
    no_metrics: bool,
    plot: str | None,
    metrics: tuple[str, ...],
    as_of: str | None,
) -> None:
    """Show what differs between runs, groups of runs, or versions.

    All are held against the first one. A group stands for its seeds: mean and deviation, and whether the difference
    is more than what seeds change.

    \b
    goldfish compare run-3 run-7
    goldfish compare group:baseline group:wider run-12
    goldfish compare run-3 run-7 --plot curves.png --metric loss
    goldfish compare baseline@v1 baseline@v3
    """
    from goldfish.adapters.cli.views.compare import comparison, drawn

    questions = invocation.comparing()
    answer = questions.compare(refs, numbers=not no_metrics, as_of=as_of)
    if plot is None:
        invocation.answer(answer, comparison)
        return
    from pathlib import Path

    from goldfish.adapters.cli.picture import draw

    curves = questions.curves(refs, metrics=metrics, as_of=answer.as_of if as_of is None else as_of)
    draw(curves, Path(plot))

    def both(answer: Comparison) -> None:
        comparison(answer)
        drawn(curves, plot)

    invocation.answer(answer, both)


@click.command()
@workspace_option("Only groups with runs of this workspace.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more.")
@click.option("--since", type=click.IntRange(0), metavar="POSITION", help="Only groups that changed after it.")
@as_of_option
@command_options
@pass_invocation
def groups(
    invocation: Invocation,
    workspace: str | None,
    limit: int,
    before: int | None,
    since: int | None,
    as_of: str | None,
) -> None:
    """List groups of runs: what they reached, and how much seeds change it.

    \b
    goldfish run baseline --set seed=1 --group baseline-seeds --reason "…"
    goldfish groups
    goldfish compare group:baseline-seeds group:wider-seeds
    """
    from goldfish.adapters.cli.views.groups import page

    answer = invocation.comparing().groups(workspace=workspace, limit=limit, before=before, since=since, as_of=as_of)
    invocation.answer(answer, page)
