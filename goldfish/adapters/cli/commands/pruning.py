"""Commands that take versions and workspaces out of the lists, and bring them back. Nothing is erased."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import versions, workspaces
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, expected_option, workspace_argument
from goldfish.adapters.cli.views.said_of_code import deleted, pruned, restored

reason_option = click.option("--reason", "-r", metavar="TEXT", required=True, help="Why.")


@click.command()
@workspace_argument
@click.argument("versions", metavar="[VERSIONS]", required=False, shell_complete=versions)
@click.option("--before", metavar="REF", shell_complete=versions, help="All before this version or tag.")
@reason_option
@expected_option
@command_id
@command_options
@pass_invocation
def prune(
    invocation: Invocation,
    workspace: str,
    versions: str | None,
    before: str | None,
    reason: str,
    expected: str | None,
    command_id: str | None,
) -> None:
    """Take versions out of the lists.

    One, a range, or all before a version or tag. Their files and runs stay readable, and `goldfish restore` brings
    them back. Tagged versions, the latest one and the one that is mounted are never pruned.

    \b
    goldfish prune baseline v2 --reason "a dead end"
    goldfish prune baseline v2..v5 --reason "before the loader was mended"
    goldfish prune baseline --before @good --reason "nothing of it is used"
    """
    found = invocation.goldfish()
    answer = found.prune(workspace, versions, before=before, reason=reason, expected=expected, command_id=command_id)
    invocation.answer(answer, pruned)


@click.command()
@click.argument("ref", metavar="WORKSPACE", shell_complete=workspaces)
@click.argument("versions", metavar="[VERSIONS]", required=False)
@command_id
@command_options
@pass_invocation
def restore(invocation: Invocation, ref: str, versions: str | None, command_id: str | None) -> None:
    """Bring back pruned versions, or a deleted workspace.

    \b
    goldfish restore baseline            the workspace
    goldfish restore baseline@v2         one version
    goldfish restore baseline v2..v5     a range of them
    """
    invocation.answer(invocation.goldfish().restore(ref, versions, command_id=command_id), restored)


@click.command()
@workspace_argument
@reason_option
@expected_option
@command_id
@command_options
@pass_invocation
def delete(invocation: Invocation, workspace: str, reason: str, expected: str | None, command_id: str | None) -> None:
    """Take an unmounted workspace out of all lists.

    Nothing is erased: its versions and runs stay readable, branches of it are untouched, its name stays taken, and
    `goldfish restore` brings it back. A workspace that an open run is using cannot be deleted.

    \b
    goldfish delete wider-net --reason "no better than the baseline in five runs"
    """
    found = invocation.goldfish()
    answer = found.delete_workspace(workspace, reason, expected=expected, command_id=command_id)
    invocation.answer(answer, deleted)
