"""Unified patches in colour."""

from __future__ import annotations

import click

from goldfish.adapters.cli.inert import inert

BAR = 40  # characters of the widest bar in a summary


def patch(given: str) -> None:
    """Print a patch; what was added green, what was removed red."""
    for line in given.splitlines():
        click.echo(click.style(inert(line.replace("\t", "    ")), fg=_color(line)))


def bar(added: int, removed: int, most: int) -> str:
    """`++++--`, in proportion to the file that changed most."""
    scale = min(1.0, BAR / most) if most else 1.0
    plus, minus = (max(1, round(lines * scale)) if lines else 0 for lines in (added, removed))
    return click.style("+" * plus, fg="green") + click.style("-" * minus, fg="red")


def _color(line: str) -> str | None:
    if line.startswith(("+++", "---")):
        return None
    if line.startswith("@@"):
        return "cyan"
    return {"+": "green", "-": "red"}.get(line[:1])
