"""The command that takes back."""

from __future__ import annotations

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options
from goldfish.adapters.cli.views.said_of_code import can_be_undone, undone


@click.command()
@click.argument("position", type=click.IntRange(1), required=False)
@click.option("--list", "only_list", is_flag=True, help="Only list what can be undone.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@command_id
@command_options
@pass_invocation
def undo(invocation: Invocation, position: int | None, only_list: bool, limit: int, command_id: str | None) -> None:
    """Take back what was done last, or at a position.

    Rollback, unmount, prune, delete, a moved or removed tag, a changed goal and a retired invariant can be undone, as
    long as nothing else has taken their place. The log keeps both, and an undo can be undone by its own position.

    \b
    goldfish undo --list
    goldfish undo
    goldfish undo 118
    """
    found = invocation.goldfish()
    if only_list:
        invocation.answer(found.undoable(limit), can_be_undone)
    else:
        invocation.answer(found.undo(position, command_id=command_id), undone)
