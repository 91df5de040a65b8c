"""Commands around the ledger itself."""

from __future__ import annotations

import sys

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options
from goldfish.errors import UnknownReference


@click.command()
@click.option("--stream", metavar="STREAM", help="Only one stream: project, workspace:baseline, run-12, run-12/train.")
@click.option("--after", type=click.IntRange(0), metavar="POSITION", help="The first events after this position.")
@click.option("--limit", "-n", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@command_options
@pass_invocation
def log(invocation: Invocation, stream: str | None, after: int | None, limit: int) -> None:
    """Show the events themselves.

    Without --after the newest are shown; always in the order in which they happened.
    """
    from goldfish.adapters.cli.views.log import events

    goldfish = invocation.goldfish(reviving=False)
    if after is None:
        found = goldfish.tail(limit) if stream is None else goldfish.log(limit=sys.maxsize >> 1, stream=stream)[-limit:]
    else:
        found = goldfish.log(after=after, limit=limit, stream=stream)
    if stream is not None and not found and not goldfish.log(limit=1, stream=stream):
        raise UnknownReference(given=stream)
    invocation.answer(found, events)


@click.command()
@command_options
@pass_invocation
@click.pass_context
def verify(ctx: click.Context, invocation: Invocation) -> None:
    """Check every event, tree and artifact against its hash.

    The exit code is 0 when all is as it was recorded, else 4, and each damage is named with its position.
    """
    from goldfish.adapters.cli.views.verify import checking, verdict

    goldfish = invocation.goldfish(reviving=False)
    with checking() as tell:
        answer = goldfish.verify(tell)
    invocation.answer(answer, verdict)
    ctx.exit(0 if answer.sound else 4)


@click.command()
@click.option(
    "--check", "checks", is_flag=True, help="Change nothing: compare each table with what the log alone gives."
)
@command_options
@pass_invocation
@click.pass_context
def rebuild(ctx: click.Context, invocation: Invocation, checks: bool) -> None:
    """Make every read model anew from the log.

    They are a cache: this changes no answer, and is never needed but to prove that. With --check the exit code is 0
    when every table is what the log says, else 4.
    """
    from goldfish.adapters.cli.views.rebuilding import compared, rebuilt
    from goldfish.adapters.cli.views.verify import checking

    goldfish = invocation.goldfish(reviving=False)
    with checking() as tell:
        answer = goldfish.check_read_models(tell) if checks else None
        position = answer.as_of if answer else goldfish.rebuild(tell)
    if answer is None:
        invocation.answer({"as_of": position}, rebuilt)
        return
    invocation.answer(answer, compared)
    ctx.exit(0 if answer.same else 4)
