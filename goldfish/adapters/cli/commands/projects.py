"""Commands around the project itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options
from goldfish.adapters.cli.views.said import begun, goal_set


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
@click.argument("text")
@command_id
@command_options
@pass_invocation
def goal(invocation: Invocation, text: str, command_id: str | None) -> None:
    """Say what the project is for."""
    invocation.goldfish().set_goal(text, command_id=command_id)
    invocation.answer({"goal": text}, goal_set)
