"""The one call to find one's bearings."""

from __future__ import annotations

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_options
from goldfish.adapters.cli.views.status import overview


@click.command()
@click.option("--since", type=click.IntRange(0), metavar="POSITION", help="Also what happened after this position.")
@click.option(
    "--budget",
    type=click.IntRange(1, 20_000),
    metavar="TOKENS",
    help="At most so many tokens, rather overestimated.  [default: 2000]",
)
@as_of_option
@command_options
@pass_invocation
def status(invocation: Invocation, since: int | None, budget: int | None, as_of: str | None) -> None:
    """Show where the project stands, the most needed first: the one call to find one's bearings."""
    invocation.answer(invocation.questions().status(since=since, as_of=as_of, budget=budget), overview)
