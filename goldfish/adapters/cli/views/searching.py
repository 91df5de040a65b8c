"""What a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.terminal import put, text
from goldfish.adapters.cli.views.wording import COLORS, VERDICTS, moment, number

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from goldfish.queries.search import Found, SearchAnswer


def page(answer: SearchAnswer) -> None:
    """A page of what was found, and how to ask for the next."""
    if not answer.results:
        click.echo(f"Nothing matches {inert(answer.asked)}.")
        for hint in answer.hints:
            click.echo(f"  {inert(hint)}")
        return
    made: list[RenderableType] = []
    for found in answer.results:
        made += ["", _head(found), text(f"  {found.title}")]
        if found.snippet and found.snippet != found.title:
            made.append(_snippet(found))
        made += [text(f"  warning: {one.finding}: {one.reason} ({one.why})", "red") for one in found.warnings]
    put(*made[1:])
    if answer.more is not None:
        least = "At least " if answer.at_least else ""
        click.echo(f"\n{least}{answer.matching} match. The next page: --before {answer.more}")


def _head(found: Found) -> Text:
    name = found.id or found.kind
    head = text(f"{name} ({found.called})" if found.called else name, "bold")
    if found.state:
        head += text(f"  {found.state}", COLORS.get(found.state, "dim"))
    if found.verdict:
        head += text(f"  {found.verdict}", VERDICTS.get(found.verdict, "dim"))
    if found.value is not None:
        head += text(f"  {number(found.value)}", "bold")
    return head + text(f"  {moment(found.when)} {found.actor or ''}", "dim")


def _snippet(found: Found) -> Text:
    """The words that were found stand out: bold in a terminal. What the text is comes first."""
    shown, at, given = text(f"  {found.field or 'text'}: ", "dim"), 0, found.snippet or ""
    for begin, end in found.hits:
        shown += text(given[at:begin]) + text(given[begin:end], "bold")
        at = end
    return shown + text(given[at:])
