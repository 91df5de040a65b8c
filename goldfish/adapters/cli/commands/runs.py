"""Commands around runs that were asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import references
from goldfish.adapters.cli.inert import inert_lines
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, run_argument
from goldfish.adapters.cli.views.following import following, progress_table
from goldfish.adapters.cli.views.printing import printed_by
from goldfish.adapters.cli.views.said import cancelled, printed
from goldfish.errors import StoppedWaiting

if TYPE_CHECKING:
    from goldfish.api import Goldfish
    from goldfish.api.answers import RunProgress


@click.command()
@run_argument
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting after this long; the run goes on."
)
@command_options
@pass_invocation
@click.pass_context
def wait(ctx: click.Context, invocation: Invocation, run: str, timeout: float | None) -> None:
    """Follow a run to its end.

    The exit code is 0 only when the run succeeded, 1 when it ended otherwise, 5 when --timeout came first.
    """
    ended = follow(invocation, invocation.goldfish(), run, timeout)
    if invocation.json:
        invocation.answer(ended, progress_table)
    ctx.exit(exit_code_of(ended))


@click.command()
@run_argument
@command_options
@pass_invocation
def progress(invocation: Invocation, run: str) -> None:
    """Show where a run is."""
    invocation.answer(invocation.goldfish().progress(run), progress_table)


@click.command()
@click.argument("ref", metavar="RUN[/STAGE]", shell_complete=references)
@click.option(
    "--lines", "-n", type=click.IntRange(1, 100_000), default=200, show_default=True, help="The last so many."
)
@click.option("--follow", "-f", is_flag=True, help="Go on until the stage has ended.")
@click.option("--since", type=click.IntRange(0), metavar="BYTE", help="From this byte on; --json tells the next one.")
@command_options
@pass_invocation
def logs(invocation: Invocation, ref: str, lines: int, follow: bool, since: int | None) -> None:
    """Show what a stage printed, while it runs and afterwards.

    Without a stage, each stage of the run.
    """
    goldfish = invocation.goldfish()
    if follow:
        for text in printed_by(goldfish, ref, since or 0):
            click.echo(inert_lines(text), nl=False)
    elif since is not None:
        invocation.answer(goldfish.log_since(ref, since), lambda part: click.echo(inert_lines(part.text), nl=False))
    else:
        invocation.answer(goldfish.logs(ref, lines=lines), printed)


@click.command()
@click.argument("run", metavar="RUN[/STAGE]", shell_complete=references)
@click.option("--reason", "-r", metavar="TEXT", required=True, help="Why it should end.")
@command_id
@command_options
@pass_invocation
def cancel(invocation: Invocation, run: str, reason: str, command_id: str | None) -> None:
    """End a run or one stage of it: stop what is under way, start nothing more.

    When one stage is ended, what does not read it goes on.
    """
    invocation.answer(invocation.goldfish().cancel(run, reason, command_id=command_id), cancelled)


def follow(invocation: Invocation, goldfish: Goldfish, run: str, timeout: float | None) -> RunProgress:
    """Wait for the end of a run, showing how it goes unless JSON is wanted. Raises `StillRunning`, `StoppedWaiting`."""
    try:
        with following(silent=invocation.json) as tell:
            return goldfish.wait(run, seconds=math.inf if timeout is None else timeout, on_progress=tell)
    except KeyboardInterrupt as stop:
        raise StoppedWaiting(run=run) from stop


def exit_code_of(ended: RunProgress) -> int:
    """0 only for success."""
    return 0 if ended.outcome == "succeeded" else 1
