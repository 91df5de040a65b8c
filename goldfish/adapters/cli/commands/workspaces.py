"""Commands around code."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import versions
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, workspace_argument
from goldfish.adapters.cli.views.said import created, mounted, rolled_back, synced, unmounted, version_saved


@click.command()
@click.argument("name")
@click.option("--goal", metavar="TEXT", help="What is tried there.")
@click.option("--from", "base", metavar="BASE", shell_complete=versions, help="A workspace or version to begin with.")
@command_id
@command_options
@pass_invocation
def create(invocation: Invocation, name: str, goal: str | None, base: str | None, command_id: str | None) -> None:
    """Begin a workspace, empty or from another one."""
    goldfish = invocation.goldfish()
    invocation.answer(goldfish.create_workspace(name, goal=goal, base=base, command_id=command_id), created)


@click.command()
@workspace_argument
@click.option("--slot", metavar="NAME", help="The directory below workspaces/. By default the workspace's name.")
@command_id
@command_options
@pass_invocation
def mount(invocation: Invocation, workspace: str, slot: str | None, command_id: str | None) -> None:
    """Put a workspace's files into a directory, to be edited."""
    invocation.answer(invocation.goldfish().mount(workspace, slot, command_id=command_id), mounted)


@click.command()
@workspace_argument
@command_id
@command_options
@pass_invocation
def sync(invocation: Invocation, workspace: str, command_id: str | None) -> None:
    """Record the files as they are now, without a version."""
    invocation.answer(invocation.goldfish().sync(workspace, command_id=command_id), synced)


@click.command()
@workspace_argument
@click.option("--message", "-m", metavar="TEXT", required=True, help="What changed, and why.")
@command_id
@command_options
@pass_invocation
def save(invocation: Invocation, workspace: str, message: str, command_id: str | None) -> None:
    """Give the files the next version number."""
    invocation.answer(invocation.goldfish().save_version(workspace, message, command_id=command_id), version_saved)


@click.command()
@workspace_argument
@click.argument("version", shell_complete=versions)
@command_id
@command_options
@pass_invocation
def rollback(invocation: Invocation, workspace: str, version: str, command_id: str | None) -> None:
    """Put the files back to a version; what is there now is saved first."""
    invocation.answer(invocation.goldfish().rollback(workspace, version, command_id=command_id), rolled_back)


@click.command()
@workspace_argument
@command_id
@command_options
@pass_invocation
def unmount(invocation: Invocation, workspace: str, command_id: str | None) -> None:
    """Record the files and take them out of their directory."""
    invocation.answer(invocation.goldfish().unmount(workspace, command_id=command_id), unmounted)
