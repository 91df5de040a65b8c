"""Commands around code."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import versions
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, expected_option, workspace_argument
from goldfish.adapters.cli.views.said import created, mounted, rolled_back, synced, unmounted, version_saved


@click.command()
@click.argument("name")
@click.option("--goal", metavar="TEXT", help="What is tried there.")
@click.option(
    "--from",
    "base",
    metavar="BASE",
    shell_complete=versions,
    help="What to begin with: baseline, baseline@v3, run-3, @good.",
)
@command_id
@command_options
@pass_invocation
def create(invocation: Invocation, name: str, goal: str | None, base: str | None, command_id: str | None) -> None:
    """Begin a workspace, empty or from a workspace, version, run or tag.

    Unsaved edits of a workspace that it begins with are saved as a version first.

    \b
    goldfish create baseline --goal "The simplest thing"
    goldfish create wider-net --from baseline
    goldfish create again --from run-3
    """
    goldfish = invocation.goldfish()
    invocation.answer(goldfish.create_workspace(name, goal=goal, base=base, command_id=command_id), created)


@click.command()
@workspace_argument
@click.option("--slot", metavar="NAME", help="The directory below workspaces/. By default the workspace's name.")
@command_id
@command_options
@pass_invocation
def mount(invocation: Invocation, workspace: str, slot: str | None, command_id: str | None) -> None:
    """Put a workspace's files into a directory, to be edited.

    \b
    goldfish mount baseline
    goldfish mount baseline --slot w1
    """
    invocation.answer(invocation.goldfish().mount(workspace, slot, command_id=command_id), mounted)


@click.command()
@workspace_argument
@command_id
@command_options
@pass_invocation
def sync(invocation: Invocation, workspace: str, command_id: str | None) -> None:
    """Record the files as they are now, without a version.

    \b
    goldfish sync baseline
    """
    invocation.answer(invocation.goldfish().sync(workspace, command_id=command_id), synced)


@click.command()
@workspace_argument
@click.option("--message", "-m", metavar="TEXT", required=True, help="What changed, and why.")
@expected_option
@command_id
@command_options
@pass_invocation
def save(invocation: Invocation, workspace: str, message: str, expected: str | None, command_id: str | None) -> None:
    """Give the files the next version number.

    \b
    goldfish save baseline -m "smaller steps"
    goldfish save baseline -m "smaller steps" --expected v3
    """
    found = invocation.goldfish()
    answer = found.save_version(workspace, message, expected=expected, command_id=command_id)
    invocation.answer(answer, version_saved)


@click.command()
@workspace_argument
@click.argument("version", shell_complete=versions)
@expected_option
@command_id
@command_options
@pass_invocation
def rollback(
    invocation: Invocation, workspace: str, version: str, expected: str | None, command_id: str | None
) -> None:
    """Put the files back to a version; what is there now is saved first.

    VERSION is v3, baseline@v3, a tag like @good, or a run of the workspace. `goldfish undo` brings back what was there.

    \b
    goldfish rollback baseline v3
    goldfish rollback baseline @good
    """
    found = invocation.goldfish()
    answer = found.rollback(workspace, version, expected=expected, command_id=command_id)
    invocation.answer(answer, rolled_back)


@click.command()
@workspace_argument
@expected_option
@command_id
@command_options
@pass_invocation
def unmount(invocation: Invocation, workspace: str, expected: str | None, command_id: str | None) -> None:
    """Record the files and take them out of their directory.

    \b
    goldfish unmount baseline
    """
    found = invocation.goldfish()
    invocation.answer(found.unmount(workspace, expected=expected, command_id=command_id), unmounted)
