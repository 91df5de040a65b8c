"""Metrics side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.terminal import put, row, table, text
from goldfish.adapters.cli.views.wording import count, number

if TYPE_CHECKING:
    from rich.text import Text

    from goldfish.queries.compare import Measured, MetricComparison, Versus

COLORS: Final = {"better": "green", "worse": "red", "same": ""}
SHOWN = 6  # metrics that get a column where every side has a row


def measures(metrics: Sequence[MetricComparison], names: Sequence[str], columns: int) -> None:
    """Every metric in a row and every side in a column; or, of many sides, every side in a row."""
    if len(names) > columns:
        _by_side(metrics, names)
        return
    two = len(names) == 2
    ends = ["difference", ""] if two else []
    sides = [name if name not in names[:at] else f"{name} #{at + 1}" for at, name in enumerate(names)]
    made = table("metric", *sides, *ends, right=[*sides, *ends[:1]])
    for one in metrics:
        cells: list[object] = [_cell(one.values[0], None)]
        for measured, versus in zip(one.values[1:], one.versus, strict=True):
            cells.append(_cell(measured, None if two else versus))
        if two:
            cells += _difference(one.versus[0])
        row(made, _name(one), *cells)
    put(made)


def verdicts(metrics: Sequence[MetricComparison], names: Sequence[str]) -> None:
    """Whether the differences are more than noise, a line each; and which directions were guessed."""
    for one in metrics:
        for name, versus in zip(names[1:], one.versus, strict=True):
            if versus is not None and (versus.sentence or versus.why):
                said = "; ".join(filter(None, (versus.sentence, versus.why)))
                noise = f" (noise: {versus.floor})" if versus.floor else ""
                click.echo(f"{_name(one)}: {name} against {names[0]}: {inert(said)}{inert(noise)}")
    guessed = [_name(one) for one in metrics if one.guessed and any(one.versus)]
    if guessed:
        shown = [*guessed[:SHOWN], *([f"{len(guessed) - SHOWN} more"] if len(guessed) > SHOWN else [])]
        click.echo(f"Better or worse is guessed from the name of {', '.join(shown)}.")


def _name(one: MetricComparison) -> str:
    name = ".".join(filter(None, (one.stage, one.metric)))
    return inert(f"{name} ({one.split})" if one.split else name)


def _cell(measured: Measured | None, versus: Versus | None) -> Text:
    if measured is None:
        return text("–")
    said = number(measured.value)
    if measured.sd is not None:
        said += f" ± {measured.sd:.2g} ({measured.n})"
    elif measured.best_run is not None:
        said += f" ({measured.n})"
    if versus is None or versus.change is None:
        return text(said)
    return text(f"{said} {versus.change}", COLORS[versus.change])


def _difference(versus: Versus | None) -> list[object]:
    if versus is None:
        return ["", ""]
    delta = "" if versus.delta is None else f"{versus.delta:+.6g}" if versus.delta else "0"
    change = versus.change if versus.change in ("better", "worse") else ""
    return [delta, text(change or "", COLORS[change or "same"])]


def _by_side(metrics: Sequence[MetricComparison], names: Sequence[str]) -> None:
    shown = metrics[:SHOWN]
    heads = [_name(one) for one in shown]
    made = table("", *heads, right=heads, least=heads[:0:-1])
    for place, name in enumerate(names):
        row(made, name, *(_cell(one.values[place], one.versus[place - 1] if place else None) for one in shown))
    put(made)
    if len(metrics) > SHOWN:
        click.echo(f"and {count(len(metrics) - SHOWN, 'more metric')}: --json")
