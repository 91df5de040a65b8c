"""What differs in code."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import versions
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options
from goldfish.adapters.cli.views.differences import differences


@click.command()
@click.argument("left", shell_complete=versions)
@click.argument("right", required=False, shell_complete=versions)
@click.option("--stat", is_flag=True, help="Only how many lines differ in each file.")
@command_options
@pass_invocation
def diff(invocation: Invocation, left: str, right: str | None, stat: bool) -> None:
    """Show what differs between any two of workspaces, versions, runs and tags.

    A slot stands for the workspace in it. LEFT alone is compared with what it grew from or into: a workspace's
    files with its latest version, a version with the files as they are now.

    \b
    goldfish diff baseline                  unsaved edits
    goldfish diff baseline@v1 baseline@v3
    goldfish diff @good run-12
    """
    invocation.answer(invocation.goldfish().diff(left, right), lambda answer: differences(answer, only_stat=stat))
