"""Earlier experiments that are like an idea, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.terminal import put, text
from goldfish.adapters.cli.views.wording import VERDICTS, moment

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from goldfish.queries.similarity.answer import Candidate, Similar


def candidates(answer: Similar) -> None:
    """What is known of it, the most alike first."""
    if not answer.candidates:
        click.echo(f"Nothing like it is known among {answer.compared} experiments.")
        return
    if answer.flagged:
        click.echo("This was probably tried:")
    else:
        click.echo(f"Nothing reaches the threshold of {answer.threshold}; the nearest are:")
    made: list[RenderableType] = []
    for one in answer.candidates:
        made += ["", _head(one), text(f"  {one.title}"), text(f"  {one.outcome}"), text(f"  {one.why}", "dim")]
    put(*made)
    click.echo(f"\nnext: goldfish show {inert(answer.candidates[0].id)}")


def _head(one: Candidate) -> Text:
    name = one.id if one.id == one.run else f"{one.id} ({one.run})"
    head = text(name, "bold") + text(f"  {one.score:.2f}", "bold")
    if one.verdict:
        head += text(f"  {one.verdict}", VERDICTS.get(one.verdict, "dim"))
    also = f"  also {', '.join(one.rounds[:3])}" if one.rounds else ""
    return head + text(f"  {moment(one.known)}{also}", "dim")
