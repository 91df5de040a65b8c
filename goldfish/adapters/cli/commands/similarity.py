"""The command that asks whether anything like an idea was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import runs
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options

if TYPE_CHECKING:
    from pydantic import JsonValue


@click.command()
@click.argument("text", required=False, default="")
@click.option("--config", metavar="JSON", help="What would be set, as a JSON object; compared as values.")
@click.option("--before", metavar="WHEN", help="Only what was known before that: a position, a day, or a time (UTC).")
@click.option("--exclude", metavar="ID", multiple=True, shell_complete=runs, help="Not this one. May be given again.")
@click.option("--limit", "-n", type=click.IntRange(1, 50), default=5, show_default=True, help="At most so many.")
@command_options
@pass_invocation
def similar(
    invocation: Invocation, text: str, config: str | None, before: str | None, exclude: tuple[str, ...], limit: int
) -> None:
    """Ask whether anything like an idea was tried before, and what came of it.

    TEXT is a sentence, or a short name. With --config, settings are compared too. Nothing is blocked by it.

    \b
    goldfish similar "supervise the middle layers too"
    goldfish similar "smaller steps for the head" --config '{"head_lr": 3e-4}'
    goldfish similar muon-optimizer --before 2026-10-01 --json
    """
    from goldfish.adapters.cli.views.similarity import candidates

    settings = _read(config) if config is not None else None
    answer = invocation.goldfish().similar(text, config=settings, before=before, exclude=exclude, limit=limit)
    invocation.answer(answer, candidates)


def _read(given: str) -> dict[str, JsonValue]:
    import json

    from goldfish.errors import UnusableConfig

    try:
        found = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise UnusableConfig(why=f"it is no JSON: {str(error)[:100]}") from None
    if not isinstance(found, dict):
        raise UnusableConfig(why="it is no JSON object")
    return found
