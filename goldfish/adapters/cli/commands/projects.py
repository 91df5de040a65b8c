"""Commands around the project itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import workspaces
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_id, command_options, since_option
from goldfish.adapters.cli.views.said import begun
from goldfish.adapters.cli.views.said_of_code import goal_set, invariant_added, invariant_retired, invariants_listed
from goldfish.errors import Refusal

if TYPE_CHECKING:
    from goldfish.api import Goldfish


@click.command()
@click.argument("directory", default=".", type=click.Path(path_type=Path))
@click.option("--name", metavar="TEXT", help="What the project is called. By default as its directory.")
@click.option("--goal", metavar="TEXT", help="What the project is for.")
@command_options
@pass_invocation
def init(invocation: Invocation, directory: Path, name: str | None, goal: str | None) -> None:
    """Begin a project in a directory."""
    from goldfish.adapters.cli.actor import who_calls
    from goldfish.api import Goldfish

    goldfish = Goldfish.found(directory, who_calls(os.environ), name=name, goal=goal)
    layout = goldfish.layout
    invocation.answer({"project": str(layout.root), "ledger": str(layout.ledger), "state": str(layout.state)}, begun)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[WORKSPACE] TEXT", shell_complete=workspaces)
@command_id
@command_options
@pass_invocation
@click.pass_context
def goal(ctx: click.Context, invocation: Invocation, words: tuple[str, ...], command_id: str | None) -> None:
    """Say what the project, or a workspace, is for.

    An empty text takes the goal away.

    \b
    goldfish goal "Recognize every digit"
    goldfish goal wider-net "As good with half the parameters"
    """
    if len(words) > 2:
        raise click.UsageError("the text is one argument: put it in quotes", ctx)
    workspace, text = (words[0], words[1]) if len(words) == 2 else (None, words[0])
    goldfish = invocation.goldfish()
    if workspace is None and _is_workspace(goldfish, text):
        raise click.UsageError(f"{text} is a workspace: its goal comes behind its name", ctx)
    invocation.answer(goldfish.set_goal(text, workspace=workspace, command_id=command_id), goal_set)


def _is_workspace(goldfish: Goldfish, name: str) -> bool:
    try:
        goldfish.look(name)
    except Refusal:
        return False
    return True


@click.group()
def invariant() -> None:
    """Say what nobody is to change.

    It stands in STATE.md and in status.
    """


@invariant.command()
@click.argument("text")
@command_id
@command_options
@pass_invocation
def add(invocation: Invocation, text: str, command_id: str | None) -> None:
    """Add an invariant.

    It gets a number that no other one ever has.

    \b
    goldfish invariant add "The test set is never trained on"
    """
    invocation.answer(invocation.goldfish().add_invariant(text, command_id=command_id), invariant_added)


@invariant.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", "-r", metavar="TEXT", required=True, help="Why it may be changed.")
@command_id
@command_options
@pass_invocation
def retire(invocation: Invocation, number: int, reason: str, command_id: str | None) -> None:
    """Let it be changed from now on.

    \b
    goldfish invariant retire 2 --reason "There is a new test set"
    """
    answer = invocation.goldfish().retire_invariant(number, reason, command_id=command_id)
    invocation.answer(answer, invariant_retired)


@invariant.command("list")
@click.option("--all", "retired", is_flag=True, help="Those that were retired too.")
@since_option
@as_of_option
@command_options
@pass_invocation
def list_(invocation: Invocation, retired: bool, since: int | None, as_of: str | None) -> None:
    """List what nobody is to change.

    \b
    goldfish invariant list
    """
    answer = invocation.goldfish(reviving=False).invariants(retired=retired, since=since or 0, as_of=as_of)
    invocation.answer(answer, invariants_listed)
