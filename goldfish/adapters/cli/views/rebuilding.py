"""Read models that were made anew, or compared with the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.terminal import put, row, table
from goldfish.adapters.cli.views.wording import count

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.answers import ReadModelsCheck


def rebuilt(answer: Mapping[str, JsonValue]) -> None:
    """After rebuild."""
    say(f"Every read model is made anew, as of event {answer['as_of']}.")


def compared(answer: ReadModelsCheck) -> None:
    """Each table with its rows and how many of them differ, and what follows from it."""
    if answer.tables:
        listing = table("TABLE", "ROWS", "DIFFERENT", "FIRST", right=["ROWS", "DIFFERENT"])
        for found in answer.tables:
            style = "red" if found.differences else ""
            row(listing, found.name, f"{found.rows:,}", f"{found.differences:,}", found.first or "", style=style)
        put(listing, "")
    if answer.same:
        head = click.style("the same", fg="green", bold=True)
        click.echo(f"{head}: {count(len(answer.tables), 'table')} as the log says, as of event {answer.as_of}.")
        return
    wrong = [found.name for found in answer.tables if found.differences]
    why = inert(answer.unreadable) if answer.unreadable else f"{', '.join(wrong)} not as the log says"
    click.echo(f"{click.style('different', fg='red', bold=True)}: {why}.")
    click.echo(click.style("next: ", fg="cyan") + "goldfish rebuild")
