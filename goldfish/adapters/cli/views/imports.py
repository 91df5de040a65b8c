"""What came of an import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.wording import count

if TYPE_CHECKING:
    from goldfish.api.import_answers import ImportAnswer

SHOWN = 20  # refused things
WAYS = {"minimize": "smaller is better", "maximize": "larger is better", None: "nothing tells which way is better"}


def imported(answer: ImportAnswer) -> None:
    """How much was new, and everything that was not taken over."""
    some = ((answer.new, "experiment"), (answer.verdicts, "later verdict"), (answer.notes, "note"))
    told = ", ".join(count(number, what) for number, what in some if number) or "nothing new"
    known = f"; {answer.known} known already" if answer.known else ""
    verb = "Would import" if answer.dry_run else "Imported"
    runs = f" ({' to '.join(answer.runs)})" if answer.runs and not answer.dry_run else ""
    say(f"{verb} {told}{runs} of {inert(answer.path)}{known}")
    for metric, direction in sorted(answer.directions.items()):
        click.echo(f"  {inert(metric)}: {WAYS[direction]}")
    for why, number in sorted(answer.left_out.items()):
        click.echo(f"  {count(number, 'run')} left out: {inert(why)}")
    if answer.refused:
        click.echo(click.style(f"{count(answer.refused, 'thing')} not taken over:", fg="yellow"))
        for one in answer.named[:SHOWN]:
            name = f" ({inert(one.id)})" if one.id else ""
            click.echo(f"  {inert(one.where)}{name}: {inert(one.why)}")
        if answer.refused > SHOWN:
            click.echo(f"  and {answer.refused - SHOWN} more: --json names {len(answer.named)}")
    if answer.new and not answer.dry_run:
        click.echo("See them: goldfish history")


@contextmanager
def counting() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from goldfish.adapters.cli.views.terminal import console

    columns = (TextColumn("import"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(err=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
