"""Writes texts of events into the index."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

from goldfish.projections import Row

LONGEST = {"title": 2_000, "body": 20_000, "names": 10_000}
"""Characters that are kept of a text: what comes after them is not found."""

BEGIN, END = "\x01", "\x02"
"""Stand around what was found in a text; no text holds them."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_RUN = re.compile(r"run-([1-9][0-9]{0,11})")


def append(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Add rows of `texts.SQL`, within a transaction."""
    ids = _Subjects(connection)
    texts, places = [], []
    for row in rows:
        position = row["position"]
        subject = ids.of(row)
        if subject is None and row["slot"] is None:
            continue
        places.append((position, subject or 0, row["slot"], bool(row["head"]), row["field"], row["happened"]))
        text = tuple(plain(row[name], most) for name, most in LONGEST.items())
        if subject is not None and any(text):
            texts.append((position, *text))
    connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)", places)
    connection.executemany("INSERT INTO texts VALUES (?, ?, ?, ?)", texts)
    connection.executemany("INSERT INTO found (rowid, title, body, names) VALUES (?, ?, ?, ?)", texts)


def plain(text: str | None, most: int) -> str | None:
    """Text without control characters, cut; None for none."""
    return _CONTROL.sub(" ", text[:most]).strip() or None if text else None


def number_of(run: str) -> int | None:
    """The number of a run, which is its id in the index."""
    found = _RUN.fullmatch(run)
    return int(found[1]) if found else None


class _Subjects:
    """The ids of what texts are about. New ones are written down with when and by whom they were first named."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, int] = {}
        self._lowest = int(connection.execute("SELECT coalesce(min(id), 0) FROM subjects").fetchone()[0])

    def of(self, row: Row) -> int | None:
        """The id; None for what nothing is said about."""
        name = row["subject"]
        if name is None:
            return None
        number = number_of(name)
        if number is not None:
            return number
        if name not in self._known:
            found = self._connection.execute("SELECT id FROM subjects WHERE name = ?", (name,)).fetchone()
            self._known[name] = int(found[0]) if found else self._add(row)
        return self._known[name]

    def _add(self, row: Row) -> int:
        self._lowest -= 1
        values: Iterable[object] = (
            row[name] for name in ("subject", "kind", "position", "known", "actor", "workspace")
        )
        self._connection.execute("INSERT INTO subjects VALUES (?, ?, ?, ?, ?, ?, ?)", (self._lowest, *values))
        return self._lowest
