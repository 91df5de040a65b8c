"""Commands that only ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_options, reference_argument, workspace_option

if TYPE_CHECKING:
    from goldfish.queries.lineage import Direction

OUTCOMES = ("succeeded", "failed", "cancelled", "lost", "requested", "running", "parked")


@click.command()
@workspace_option("Only runs of this workspace.")
@click.option("--stage", metavar="STAGE", help="Only runs with this stage.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Only runs that ended so, or are in this state.")
@click.option("--group", metavar="NAME", help="Only runs of this group.")
@click.option("--sort", metavar="METRIC", help="By the last value of a metric: largest first; smallest first as -loss.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more.")
@click.option("--since", type=click.IntRange(0), metavar="POSITION", help="Only runs that changed after this position.")
@as_of_option
@command_options
@pass_invocation
def history(
    invocation: Invocation,
    workspace: str | None,
    stage: str | None,
    outcome: str | None,
    group: str | None,
    sort: str | None,
    limit: int,
    before: int | None,
    since: int | None,
    as_of: str | None,
) -> None:
    """List runs, newest first, or the best first."""
    from goldfish.adapters.cli.views.history import page

    answer = invocation.questions().history(
        workspace=workspace,
        stage=stage,
        outcome=outcome,
        group=group,
        sort=sort,
        limit=limit,
        before=before,
        since=since,
        as_of=as_of,
    )
    invocation.answer(answer, page)


@click.command()
@reference_argument
@click.option("--pruned", is_flag=True, help="A workspace's pruned versions too.")
@as_of_option
@command_options
@pass_invocation
def show(invocation: Invocation, ref: str, pruned: bool, as_of: str | None) -> None:
    """Show everything about a run, a stage, a version, a workspace or a source.

    REF is run-12, run-12/train, baseline, baseline@v3, a source, or a tag like @good.
    """
    from goldfish.adapters.cli.views.show import story

    invocation.answer(invocation.questions().show(ref, pruned=pruned, as_of=as_of), story)


@click.command()
@reference_argument
@click.option(
    "--direction",
    type=click.Choice(("up", "down", "both")),
    default="up",
    show_default=True,
    help="What it came from, what became of it, or both.",
)
@click.option("--depth", type=click.IntRange(1), help="At most so many steps.")
@click.option("--mermaid", is_flag=True, help="As a Mermaid graph, for Markdown.")
@click.option("--dot", is_flag=True, help="As a graph for Graphviz: | dot -Tsvg.")
@as_of_option
@command_options
@pass_invocation
def lineage(
    invocation: Invocation,
    ref: str,
    direction: Direction,
    depth: int | None,
    mermaid: bool,
    dot: bool,
    as_of: str | None,
) -> None:
    """Show where something came from, or what was made of it.

    REF is run-12, run-12/train, run-12/train.model, baseline@v3, a source, a note like decision-3, or a tag like @good.
    """
    from goldfish.adapters.cli.views import lineage as views

    answer = invocation.questions().lineage(ref, direction=direction, depth=depth, as_of=as_of)
    if mermaid and dot:
        raise click.UsageError("--mermaid and --dot are two forms of one answer: give one of them.")
    invocation.answer(answer, views.graph if mermaid else views.dot if dot else views.tree)
