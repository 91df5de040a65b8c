"""The command that keeps what runs are said to show."""

from __future__ import annotations

import click

from goldfish.adapters.cli.commands.notes import about_option
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, references_option, workspace_option


@click.command()
@click.argument("text")
@references_option("--runs", help="The runs that show it: run-12, a group … May be given again.")
@references_option("--against", help="The runs that they are compared with. May be given again.")
@click.option("--metric", metavar="NAME", help="The metric that it is about.")
@click.option("--value", type=float, metavar="NUMBER", help="The mean that they are compared with, where it is no run.")
@click.option("--deviation", type=float, metavar="NUMBER", help="Its standard deviation over seeds.")
@click.option("--among", type=click.IntRange(1), metavar="N", help="How many seeds that were.")
@workspace_option("The workspace that it belongs to.")
@about_option
@command_id
@command_options
@pass_invocation
def claim(
    invocation: Invocation,
    text: str,
    runs: tuple[str, ...],
    against: tuple[str, ...],
    metric: str | None,
    value: float | None,
    deviation: float | None,
    among: int | None,
    workspace: str | None,
    about: tuple[str, ...],
    command_id: str | None,
) -> None:
    """Keep what runs are said to show, and see whether they do.

    The answer says at once whether their numbers show more than what seeds change.

    \b
    goldfish claim "Warm-up improves accuracy" --runs run-4 --runs run-5 --against run-1 --against run-2
    goldfish claim "Better than the paper" --runs seeds --metric accuracy --value 0.91 --deviation 0.01 --among 5
    """
    from goldfish.adapters.cli.views.notes import claimed

    answer = invocation.goldfish().log_claim(
        text,
        runs=runs,
        against=against,
        metric=metric,
        value=value,
        deviation=deviation,
        among=among,
        workspace=workspace,
        about=about,
        command_id=command_id,
    )
    invocation.answer(answer, claimed)
