"""Answers to SQL."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert, inert_lines, shorten
from goldfish.adapters.cli.views.terminal import put, row, table
from goldfish.adapters.cli.views.wording import count, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from goldfish.api.analysis import SqlAnswer, SqlFile
    from goldfish.api.exporting import Exported

_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT")
_WIDEST = 2_000  # characters of a cell that people are shown


def shown(answer: SqlAnswer) -> None:
    """A table, and how many rows it has."""
    names = [column.name for column in answer.columns]
    right = [c.name for c in answer.columns if any(kind in c.type for kind in _NUMBERS) and "[" not in c.type]
    made = table(*(inert(name) for name in names), right=[inert(name) for name in right])
    for line in answer.rows:
        row(made, *(shorten(_text(line[name]), _WIDEST) for name in names))
    put(made)
    said = count(len(answer.rows), "row")
    click.echo(f"The first {said}: more with --limit." if answer.more else f"{said}.")
    _missing(answer.missing)


def as_csv(answer: SqlAnswer) -> None:
    """RFC 4180 without its carriage returns; NULL is empty. On a terminal nothing in it takes effect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = [column.name for column in answer.columns]
    writer.writerow(names)
    writer.writerows([_cell(line[name]) for name in names] for line in answer.rows)
    text = buffer.getvalue()
    click.echo((inert_lines(text) if sys.stdout.isatty() else text).encode(), nl=False)
    if answer.more:
        click.echo(f"These are the first {count(len(answer.rows), 'row')}: more with --limit.", err=True)
    _missing(answer.missing)


def written(answer: SqlFile) -> None:
    """What was written."""
    more = ": more with --limit" if answer.more else ""
    click.echo(f"{inert(answer.path)}: {'the first ' if more else ''}{count(answer.rows, 'row')}{more}.")
    _missing(answer.missing)


def exported(answer: Exported) -> None:
    """What was exported."""
    rows = sum(answer.rows.values())
    tables = count(len(answer.rows), "table")
    click.echo(f"{inert(answer.path)}: {tables}, {count(rows, 'row')}, {size(answer.bytes)}, as of {answer.as_of}.")
    _missing(answer.missing)


def _missing(names: Sequence[str]) -> None:
    if names:
        some = ", ".join(map(inert, names[:5])) + (" …" if len(names) > 5 else "")
        click.echo(f"Missing are the metric points of {some}: `goldfish verify` names the files.", err=True)


def _text(value: JsonValue) -> str:
    return "–" if value is None else _cell(value)


def _cell(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
