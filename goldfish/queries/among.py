"""Rows of some runs, asked for in the way that is fastest for so many."""

from __future__ import annotations

from collections.abc import Sequence

from goldfish.projections import Row
from goldfish.projections.projector import View

FEW = 20  # names that are written into the question, which passes over parts of a table that hold none of them


def rows_of(view: View, asked: str, names: Sequence[str]) -> list[Row]:
    """The answer to SQL in which {} stands for the names: `SELECT * FROM params WHERE run IN {}`."""
    if not names:
        return []
    if len(names) <= FEW:
        return view.rows(asked.format(f"({', '.join(f'${place}' for place in range(1, len(names) + 1))})"), *names)
    return view.rows(asked.format("(SELECT unnest($1::VARCHAR[]))"), list(names))
