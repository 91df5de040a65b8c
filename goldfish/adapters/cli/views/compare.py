"""Runs, groups or versions side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.measures import measures, verdicts
from goldfish.adapters.cli.views.patches import patch
from goldfish.adapters.cli.views.terminal import heading, put, row, table
from goldfish.adapters.cli.views.wording import count, duration, size, value

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.queries.compare import Comparison, Difference, FileDifference, InputDifference
    from goldfish.queries.curves import Curves

COLUMNS = 5  # sides that get a column each; of more than that, a row says which have a value


def comparison(answer: Comparison, *, patches: bool = True) -> None:
    """A table for each aspect that differs; then those in which nothing does."""
    names = [inert(f"{side.id} ({side.foreign_id})" if side.foreign_id else side.id) for side in answer.sides]
    _groups(answer)
    _table("config", answer.config, names)
    _inputs(answer.inputs, names)
    _table("environment", answer.environment, names)
    _code(answer, names, patches)
    if answer.metrics:
        heading("metrics")
        measures(answer.metrics, names, COLUMNS)
        verdicts(answer.metrics, names)
    _table("cost", answer.cost, names, {"seconds": _seconds, "seconds per run": _seconds, "peak memory": _bytes})
    _table("checks", answer.checks, names)
    _table("outcome", answer.outcome, names)
    for name, side in zip(names, answer.sides, strict=True):
        for caution in side.warnings:
            click.echo(f"\nWarning: {name}: {inert(caution.finding)}: {inert(caution.reason)} ({inert(caution.why)})")
    for note in answer.notes:
        click.echo(f"\nNote: {inert(note)}.")
    if answer.same:
        click.echo(f"\nNothing differs in {', '.join(answer.same)}.")


def drawn(curves: Curves, path: str) -> None:
    """What a picture shows, and what it does not."""
    shown = ", ".join(inert(".".join(filter(None, (chart.stage, chart.metric)))) for chart in curves.charts)
    click.echo(f"\nDrawn in {inert(path)}: {shown}.")
    for line in curves.left_out:
        click.echo(f"Not drawn: {inert(line)}")


def shown(given: JsonValue) -> str:
    """A value; of a group whose runs do not agree, the different ones."""
    if isinstance(given, dict) and isinstance(several := given.get("several"), list):
        more = [f"and {given['more']} more"] if given.get("more") else []
        return ", ".join([*(value(one) for one in several), *more])
    return value(given)


def _groups(answer: Comparison) -> None:
    groups = [side for side in answer.sides if side.kind == "group"]
    if groups:
        heading("groups")
        made = table("group", "runs", "seeds", "configurations", right=["runs", "seeds", "configurations"])
        for side in groups:
            row(made, side.id, side.count, side.seeds, side.configurations)
        put(made)


def _table(
    title: str,
    differences: Sequence[Difference],
    names: Sequence[str],
    ways: dict[str, Callable[[JsonValue], str]] | None = None,
) -> None:
    if not differences:
        return
    heading(title)
    cells = []
    for one in differences:
        show = (ways or {}).get(one.name, shown)
        origins = one.origins or [None] * len(one.values)
        texts = [
            show(v) + (f" ({o})" if o not in (None, "config", "imported") else "")
            for v, o in zip(one.values, origins, strict=True)
        ]
        cells.append((one.name, texts))
    _put(cells, names)


def _put(cells: Sequence[tuple[str, Sequence[str]]], names: Sequence[str]) -> None:
    if len(names) <= COLUMNS:
        made = table("name", *_distinct(names))
        for name, texts in cells:
            row(made, name, *texts)
    else:
        made = table("name", "value", "of")
        for name, texts in cells:
            for number, text in enumerate(dict.fromkeys(texts)):
                having = [of for of, one in zip(names, texts, strict=True) if one == text]
                row(made, name if not number else "", text, ", ".join(having))
    put(made)


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns: a side that is given twice is told apart."""
    return [name if name not in names[:at] else f"{name} #{at + 1}" for at, name in enumerate(names)]


def _inputs(differences: Sequence[InputDifference], names: Sequence[str]) -> None:
    if not differences:
        return
    heading("inputs")
    cells = []
    for one in differences:
        known = zip(one.refs, one.values, strict=True)
        cells.append((one.name, [f"{r} {shown(v)}" if isinstance(r, str) and r != v else shown(v) for r, v in known]))
        cells += [(f"  {fact.name}", [shown(v) for v in fact.values]) for fact in one.data]
        if one.left_out:
            cells.append((f"  and {count(one.left_out, 'more difference')}", [""] * len(names)))
    _put(cells, names)


def _seconds(given: JsonValue) -> str:
    return duration(given) if isinstance(given, float) else value(given)


def _bytes(given: JsonValue) -> str:
    return size(given) if isinstance(given, int) else value(given)


def _code(answer: Comparison, names: Sequence[str], patches: bool) -> None:
    if not answer.code:
        return
    heading("code")
    if len(names) == 2:
        made = table("file", "change", "added", "removed", right=["added", "removed"])
        for file in answer.code:
            row(made, file.path, file.change, file.added, file.removed)
    else:
        made = table("file", f"against {names[0]}", "in")
        for path in dict.fromkeys(file.path for file in answer.code):
            told: dict[str, list[str]] = {}
            for file in answer.code:
                if file.path == path:
                    told.setdefault(f"{file.change} +{file.added} −{file.removed}", []).append(names[file.side])
            for number, (change, having) in enumerate(told.items()):
                row(made, path if not number else "", change, ", ".join(having))
    put(made)
    if answer.code_left_out:
        ids = [json.dumps(side.ref) if " " in side.ref else side.ref for side in answer.sides[:2]]
        click.echo(f"and {count(answer.code_left_out, 'more file')}: goldfish diff {' '.join(map(inert, ids))}")
    for file in answer.code if patches else ():
        _patch(file)


def _patch(file: FileDifference) -> None:
    if file.patch:
        click.echo()
        patch(file.patch)
    if file.cut:
        click.echo(f"… {count(file.cut, 'more line')} of {inert(file.path)}")
