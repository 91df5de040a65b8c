"""Commands around tags."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import tag_names
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_id, command_options, reference_argument, since_option
from goldfish.adapters.cli.views.said_of_code import tagged, tags_listed


@click.command()
@click.argument("name", shell_complete=tag_names)
@reference_argument
@click.option("--move", is_flag=True, help="Also when the tag points elsewhere now.")
@command_id
@command_options
@pass_invocation
def tag(invocation: Invocation, name: str, ref: str, move: bool, command_id: str | None) -> None:
    """Give a version or a run a name.

    @NAME then stands for it everywhere. A workspace stands for its latest version. Versions with a tag are never
    pruned.

    \b
    goldfish tag good baseline@v3
    goldfish tag best run-12 --move
    goldfish diff @good baseline
    """
    invocation.answer(invocation.goldfish().tag(name, ref, move=move, command_id=command_id), tagged)


@click.command()
@click.argument("name", shell_complete=tag_names)
@command_id
@command_options
@pass_invocation
def untag(invocation: Invocation, name: str, command_id: str | None) -> None:
    """Take a tag away.

    `goldfish undo` puts it back.

    \b
    goldfish untag good
    """
    invocation.answer(invocation.goldfish().untag(name, command_id=command_id), tagged)


@click.command()
@since_option
@as_of_option
@command_options
@pass_invocation
def tags(invocation: Invocation, since: int | None, as_of: str | None) -> None:
    """List the tags and what they point to.

    \b
    goldfish tags
    goldfish tags --as-of 120
    """
    invocation.answer(invocation.goldfish(reviving=False).tags(since=since or 0, as_of=as_of), tags_listed)
