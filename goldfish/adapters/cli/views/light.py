"""Columns of text without any library, for answers that have to come fast."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Final

import click

from goldfish.adapters.cli.inert import shorten

GAP: Final = 2
LEAST: Final = 30  # columns that the last cell needs beside the others; with fewer it gets a line of its own


def heading(text: str) -> None:
    """The title of a section."""
    click.echo("\n" + click.style(text, bold=True))


def columns(rows: Sequence[Sequence[str]], *, colors: Sequence[str | None] = (), indent: int = 2) -> None:
    """Print rows with aligned columns; on a terminal the last cell is cut where the line ends.

    The cells must be inert. `colors` has a colour for each row, for its second cell.
    """
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    room = _terminal_width()
    before = indent + sum(width + GAP for width in widths[:-1])
    for at, row in enumerate(rows):
        last, below = row[-1], ""
        if room is not None and room - before < min(LEAST, _width(last)):
            last, below = "", " " * (indent + GAP) + shorten(last, max(LEAST, room - indent - GAP))
        elif room is not None:
            last = shorten(last, room - before)
        cells = [cell + " " * (width - _width(cell) + GAP) for cell, width in zip(row[:-1], widths, strict=False)]
        color = colors[at] if at < len(colors) else None
        if color and len(cells) > 1:
            cells[1] = click.style(cells[1], fg=color)
        click.echo((" " * indent + "".join(cells) + last).rstrip())
        if below:
            click.echo(below)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _terminal_width() -> int | None:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    except (OSError, ValueError):
        return None
