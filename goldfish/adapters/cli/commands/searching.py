"""The command that searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import search_words
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_options

if TYPE_CHECKING:
    from goldfish.domain.search_grammar import SearchKind

KINDS = (  # as in domain.search_grammar, which completion does not import
    *("run", "thought", "hypothesis", "decision", "claim", "version", "workspace", "source", "goal", "invariant"),
)


@click.command()
@click.argument("query", nargs=-1, required=True, shell_complete=search_words)
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these. May be given again.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more.")
@click.option("--since", type=click.IntRange(0), metavar="POSITION", help="Only what was said after this position.")
@as_of_option
@command_options
@pass_invocation
def search(
    invocation: Invocation,
    query: tuple[str, ...],
    kinds: tuple[SearchKind, ...],
    limit: int,
    before: int | None,
    since: int | None,
    as_of: str | None,
) -> None:
    """Find runs, notes and all that was said, by words and by filters.

    The best fitting comes first. QUERY holds words, "exact phrases", beginnings like optim*, -words that are not to
    occur, and filters. A filter is NAME:VALUE, or a parameter with = != < <= > >= and a value: 3e-4 is 0.0003. Without
    words, runs, newest first.

    \b
    goldfish search 'warm-up "learning rate" -dropout'
    goldfish search 'lr=3e-4 metric:accuracy>0.9 status:succeeded sort:accuracy'
    goldfish search 'nan loss stage:train after:2026-10-01' --kind run
    goldfish search 'kind:decision batch size'

    \b
    Filters: metric:NAME>0.9  param:NAME=VALUE  sort:METRIC or sort:-METRIC
             kind:  status:  verdict:  stage:  input:  about:  workspace:  group:
             tag:  actor:  system:  id:  before:  after:
    """
    from goldfish.adapters.cli.views.searching import page

    answer = invocation.goldfish().search(
        " ".join(query), kinds=kinds, limit=limit, before=before, since=since, as_of=as_of
    )
    invocation.answer(answer, page)
