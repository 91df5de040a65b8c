"""rich, set up so that text is only text: no markup, no emoji codes, no guessing at what might be a number."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from goldfish.adapters.cli.inert import inert, inert_lines
from goldfish.adapters.cli.views.listing import Listing

RULE = "─"
ENDLESS = 10_000  # columns where nothing is a terminal: lines are for programs there, and nothing is cut


class PlainTextConsole(Console):
    """A console that leaves a broken pipe to `main`."""

    def on_broken_pipe(self) -> NoReturn:
        """Let the program end as it does for all output."""
        raise BrokenPipeError


def console(*, err: bool = False, width: int = ENDLESS) -> Console:
    """Where to print now; `width` counts where there is no terminal, unless COLUMNS is set."""
    stream = sys.stderr if err else sys.stdout
    fixed = None if stream.isatty() or os.environ.get("COLUMNS") else width
    return PlainTextConsole(file=stream, markup=False, highlight=False, emoji=False, width=fixed)


def put(*renderables: RenderableType) -> None:
    """Print on standard output."""
    target = console()
    if target.is_terminal:
        for renderable in renderables:
            target.print(renderable)
        return
    with target.capture() as printed:
        for renderable in renderables:
            target.print(renderable)
    before = ""
    for line in map(str.rstrip, printed.get().splitlines()):
        before = line[: len(before)] if line.strip(RULE) == "" else line  # a rule no longer than the names above it
        click.echo(before)


def text(given: object, style: str = "") -> Text:
    """Text from anywhere, in one line."""
    return Text(inert(given), style=style)


def block(given: str, style: str = "") -> Text:
    """Text from anywhere, its line ends kept."""
    return Text(inert_lines(given), style=style)


def heading(title: str) -> None:
    """The title of a section."""
    put("", text(title, "bold"))


def table(*names: str, right: Sequence[str] = (), yielding: Sequence[str] = (), least: Sequence[str] = ()) -> Listing:
    """An empty table. Columns in `right` hold numbers; those in `yielding`, else all, give way where the line ends.

    Where even that is not enough, columns in `least` are left out, the first one first.
    """
    return Listing(names, right, yielding or [name for name in names if name not in right], least)


def cut(given: str) -> Text:
    """A cell that stays in one line and ends in an ellipsis where its column does."""
    return Text(inert(given), no_wrap=True, overflow="ellipsis")


def row(to: Table | Listing, *cells: object, style: str = "") -> None:
    """Add a row; cells that are not `Text` are made inert."""
    to.add_row(*(cell if isinstance(cell, Text) else text(cell) for cell in cells), style=style)


def facts(pairs: Sequence[tuple[str, object]]) -> Table:
    """Names with their values, without those that are empty."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, given in pairs:
        if given is not None and given != "":
            row(grid, name, given)
    return grid
