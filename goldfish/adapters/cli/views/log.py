"""Events in a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import shorten
from goldfish.adapters.cli.views.terminal import cut, put, row, table

if TYPE_CHECKING:
    from goldfish.api.answers import EventAnswer

DATA = 160  # characters of an event's data; `--json` has all of it


def events(answers: Sequence[EventAnswer]) -> None:
    """One event in a row, in the order in which they happened."""
    if not answers:
        click.echo("No event after that position.")
        return
    names = ("position", "at (UTC)", "actor", "stream", "event", "data")
    made = table(*names, right=["position"], yielding=["data"], least=["at (UTC)", "actor", "data"])
    for e in answers:
        row(made, e.position, e.at[:19].replace("T", " "), e.actor, e.stream, e.name, cut(_short(e.data)))
    put(made)


def _short(data: dict[str, object]) -> str:
    """`outcome=failed cause="…"`: scalars as they are, what is nested as JSON."""
    parts = [f"{key}={_value(given)}" for key, given in data.items() if given not in (None, [], {})]
    return shorten(" ".join(parts), DATA)


def _value(given: object) -> str:
    if isinstance(given, str) and given and " " not in given:
        return given
    return json.dumps(given, ensure_ascii=False)
