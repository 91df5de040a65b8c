"""Runs in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.views.terminal import put, row, table, text
from goldfish.adapters.cli.views.wording import COLORS, duration, metrics, moment

if TYPE_CHECKING:
    from goldfish.adapters.cli.views.listing import Listing
    from goldfish.queries.history import History
    from goldfish.queries.lines import RunLine


def page(answer: History) -> None:
    """A page of runs, and how to ask for the next."""
    if not answer.runs:
        click.echo("No run matches.")
        return
    put(runs(answer.runs))
    if answer.more is not None:
        click.echo(f"{answer.matching} match. The next page: --before {answer.more}")


def runs(lines: Sequence[RunLine]) -> Listing:
    """Each run in a row."""
    made = table(
        "run",
        "outcome",
        "version",
        "requested",
        "took",
        "metrics",
        "why or what went wrong",
        right=["took"],
        yielding=["metrics", "why or what went wrong"],
        least=["requested", "version", "took", "metrics"],
    )
    for line in lines:
        word = line.outcome or line.state
        why = line.cause if line.cause and word != "succeeded" else line.description
        at = moment(line.requested_at)
        colored = text(word, COLORS.get(word, "cyan"))
        name = f"{line.run} ({', '.join(line.tags)})" if line.tags else line.run
        why = "; ".join([*(f"WARNING {one.finding}: {one.reason}" for one in line.warnings), why])
        version = line.version or line.foreign_id or ""
        row(made, name, colored, version, at, duration(line.seconds), metrics(line.metrics), why)
    return made
