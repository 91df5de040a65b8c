"""Commands around what is found out to be bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import findings as finding_names
from goldfish.adapters.cli.completing import references
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_id, command_options

if TYPE_CHECKING:
    from pydantic import JsonValue


@click.command()
@click.argument("refs", metavar="[REF]…", nargs=-1, shell_complete=references)
@click.option("--finding", metavar="JSON", help="What is bad, told as JSON: a file, - for standard input, or the text.")
@click.option("--reason", metavar="TEXT", help="What is wrong with it. It is recorded, and all of this is warned.")
@click.option("--dry-run", is_flag=True, help="Record nothing.")
@as_of_option
@command_id
@command_options
@pass_invocation
def affected(
    invocation: Invocation,
    refs: tuple[str, ...],
    finding: str | None,
    reason: str | None,
    dry_run: bool,
    as_of: str | None,
    command_id: str | None,
) -> None:
    """Show every run, claim, decision and tag that depends on something bad.

    REF is a run, an output, a source, a version, a note, or the name of data, code or a setting. With --reason or
    --finding it is recorded: everything that depends on it carries the warning, now and later.

    \b
    goldfish affected run-3
    goldfish affected digits@r1 --reason "the labels are shifted by one"
    goldfish affected --finding '{"bad_flag": "augment", "bad_code": "baseline@v3", "since": "2026-04-01"}'
    """
    from goldfish.adapters.cli.views.findings import spoilt

    told = _read(finding) if finding is not None else None
    found = invocation.goldfish()
    if dry_run or as_of is not None or (reason is None and told is None):
        if as_of is not None and reason is not None:
            raise click.UsageError("--as-of asks about the past, and nothing is recorded there. Leave out --reason.")
        answer = found.affected(refs, finding=told, as_of=as_of)
    else:
        answer = found.record_finding(refs, reason=reason, finding=told, command_id=command_id)
    invocation.answer(answer, spoilt)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that were withdrawn.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more.")
@click.option(
    "--since", type=click.IntRange(0), metavar="POSITION", help="Only those that changed after this position."
)
@as_of_option
@command_options
@pass_invocation
def findings(
    invocation: Invocation, everything: bool, limit: int, before: int | None, since: int | None, as_of: str | None
) -> None:
    """List what was found out to be bad.

    The newest comes first, with how much it spoils.

    \b
    goldfish findings --all
    """
    from goldfish.adapters.cli.views.findings import page

    answer = invocation.goldfish().findings(withdrawn=everything, limit=limit, before=before, since=since, as_of=as_of)
    invocation.answer(answer, page)


@click.group()
def finding() -> None:
    """Show a finding, or take it back."""


@finding.command()
@click.argument("finding", shell_complete=finding_names)
@as_of_option
@command_options
@pass_invocation
def show(invocation: Invocation, finding: str, as_of: str | None) -> None:
    """Show what was found out, and everything that it spoils now.

    \b
    goldfish finding show finding-1
    """
    from goldfish.adapters.cli.views.show import story

    invocation.answer(invocation.questions().show(finding, as_of=as_of), story)


@finding.command()
@click.argument("finding", shell_complete=finding_names)
@click.option("--reason", metavar="TEXT", required=True, help="Why it does no harm.")
@command_id
@command_options
@pass_invocation
def withdraw(invocation: Invocation, finding: str, reason: str, command_id: str | None) -> None:
    """Take a finding back: nothing carries its warning any more. It stays in the ledger, with the reason.

    \b
    goldfish finding withdraw finding-1 --reason "the labels were right after all"
    """
    from goldfish.adapters.cli.views.findings import withdrawn

    invocation.answer(invocation.goldfish().withdraw_finding(finding, reason, command_id=command_id), withdrawn)


def _read(given: str) -> dict[str, JsonValue]:
    """A finding that is told as JSON. Raises `UnusableFinding`."""
    import json

    from goldfish.errors import UnusableFinding

    text = given if given.lstrip().startswith(("{", "[")) else _text(given)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableFinding(why=f"it is no JSON: {str(error)[:100]}") from None
    if not isinstance(found, dict):
        raise UnusableFinding(why="it is no JSON object")
    return found


def _text(path: str) -> str:
    from goldfish.errors import UnusableFinding

    try:
        with click.open_file(path, encoding="utf-8") as file:
            return str(file.read(1 << 20))
    except (OSError, ValueError) as error:
        raise UnusableFinding(why=f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
