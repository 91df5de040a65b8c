"""Whether the ledger is sound."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.wording import count

if TYPE_CHECKING:
    from goldfish.api.answers import VerifyAnswer


@contextmanager
def checking() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    from rich.progress import Progress

    from goldfish.adapters.cli.views.terminal import console

    with Progress(console=console(err=True), transient=True) as bar:
        task = bar.add_task("events", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def verdict(answer: VerifyAnswer) -> None:
    """That all is as it was recorded; or each damage with its position."""
    if answer.sound:
        what = ", ".join(
            (count(answer.events, "event"), count(answer.trees, "tree"), count(answer.artifacts, "artifact"))
        )
        click.echo(f"{click.style('sound', fg='green', bold=True)}: {what} are as they were recorded.")
        if answer.elsewhere:
            click.echo(f"{count(answer.elsewhere, 'source')} in place: `goldfish source check` compares them.")
        if answer.head:
            click.echo(f"head {answer.head}")
            click.echo(
                click.style("Kept elsewhere, this hash proves later that nothing before it was rewritten.", dim=True)
            )
        return
    click.echo(click.style(count(len(answer.damages), "damage"), fg="red", bold=True) + " found:")
    for damage in answer.damages:
        where = f"position {damage.position}" if damage.position else "the ledger as a whole"
        click.echo(f"  {where}: {inert(damage.what)}: {inert(damage.why)}")
    click.echo(click.style("next: ", fg="cyan") + "do not edit the file; restore .goldfish from a backup.")
