"""The texts as they were at one moment: which there are, how well they fit, and how they begin."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from goldfish.projections._moment import Moment
from goldfish.projections._text_rows import BEGIN, END

WEIGHTS = "4.0, 2.0, 1.0"  # of words in a title, in the rest, among ids and names
SNIPPET = 24  # words that are shown around what was found
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Place = tuple[int, int, float]
"""A text: the position of its event, what it is about (a run's number, or below zero), and how well it fits."""


class Subject(NamedTuple):
    """What a text is about. `known` is when it was first named here, or happened elsewhere; runs have no `name`."""

    kind: str
    name: str | None
    title: str
    known: datetime
    actor: str | None
    workspace: str | None
    ended: str | None  # how a note ended: withdrawn, superseded, supported …


class TextView:
    """Asks the index about one moment. Later texts in the place of earlier ones make those invisible."""

    def __init__(self, connection: sqlite3.Connection, moment: Moment, counts: dict[tuple[str, int], int]) -> None:
        self._connection = connection
        self._counts = counts
        self._last = moment.position if moment.time is None else moment.head
        self._time = moment.time
        self._seen = "p.position <= :last"
        self._values: dict[str, int | str] = {"last": moment.position}
        if moment.time is not None:
            self._seen = "p.position <= CASE WHEN p.happened IS NULL THEN :last WHEN p.happened <= :time THEN :head END"
            time = (moment.time.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
            self._values |= {"head": moment.head, "time": time}
        later = self._seen.replace("p.", "l.")
        holds = f"NOT EXISTS (SELECT 1 FROM places l WHERE l.slot = p.slot AND l.position > p.position AND {later})"  # noqa: S608
        self._holds = f"{self._seen} AND (p.slot IS NULL OR {holds})"

    def count(self, match: str) -> int:
        """In how many texts it is found; earlier versions of texts count too."""
        if (match, self._last) not in self._counts:
            asked = "SELECT count(*) FROM found WHERE found MATCH ? AND rowid <= ?"
            self._counts[match, self._last] = int(self._connection.execute(asked, (match, self._last)).fetchone()[0])
        return self._counts[match, self._last]

    def ranked(self, match: str, since: int = 0) -> list[Place]:
        """Every text in which it is found, with how well it fits by BM25: larger is better."""
        asked = f"""
            SELECT p.position, p.subject, -f.score
            FROM (SELECT rowid AS at, bm25(found, {WEIGHTS}) AS score FROM found
                  WHERE found MATCH :match AND rowid > :since AND rowid <= :most) AS f
                 CROSS JOIN places AS p ON p.position = f.at
            WHERE {self._holds}
        """  # noqa: S608 constants
        return self._run(asked, match=match, since=since, most=self._last).fetchall()

    def newest(self, match: str, since: int = 0) -> Iterator[tuple[int, int]]:
        """Position and subject of the texts in which it is found, newest first."""
        asked = f"""
            SELECT p.position, p.subject FROM found AS f CROSS JOIN places AS p ON p.position = f.rowid
            WHERE found MATCH :match AND f.rowid > :since AND f.rowid <= :most AND {self._holds}
            ORDER BY f.rowid DESC
        """  # noqa: S608 constants
        yield from self._run(asked, match=match, since=since, most=self._last)

    def newest_about(self, match: str, subjects: Collection[int], since: int = 0) -> Iterator[tuple[int, int]]:
        """The same for texts about a few things."""
        asked = f"""
            SELECT position, subject FROM places AS p
            WHERE subject IN (SELECT value FROM json_each(:subjects)) AND {self._holds}
        """  # noqa: S608 constants
        about = dict(self._run(asked, subjects=str([*subjects])).fetchall())
        found = "SELECT rowid FROM found WHERE found MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid DESC"
        for (position,) in self._connection.execute(found, (match, since, self._last)):
            if position in about:
                yield position, about[position]

    def heads(self, runs: Collection[int]) -> list[int]:
        """Where these runs were asked for, or imported."""
        asked = "SELECT position FROM places WHERE head AND subject IN (SELECT value FROM json_each(?))"
        return [position for (position,) in self._connection.execute(asked, (str([*runs]),))]

    def subjects(self, match: str) -> set[int]:
        """What all texts are about in which it is found."""
        asked = f"""
            SELECT DISTINCT p.subject FROM (SELECT rowid AS at FROM found
                  WHERE found MATCH :match AND rowid <= :most) AS f CROSS JOIN places AS p ON p.position = f.at
            WHERE {self._holds}
        """  # noqa: S608 constants
        return {subject for (subject,) in self._run(asked, match=match, most=self._last)}

    def snippets(self, match: str, positions: Collection[int]) -> dict[int, tuple[str | None, str]]:
        """Position → what the text is, and a part of it with what was found between BEGIN and END.

        The texts are put into an index of their own for that: in the large one, each would be looked for anew.
        """
        listed = str([*positions])
        chosen = "SELECT value FROM json_each(?)"
        texts = "INSERT INTO page (rowid, title, body, names) SELECT * FROM texts WHERE position IN "
        marked = f"SELECT rowid, snippet(page, -1, ?, ?, '…', {SNIPPET}) FROM page WHERE page MATCH ?"  # noqa: S608
        self._connection.execute("DELETE FROM page")
        self._connection.execute(f"{texts} ({chosen})", (listed,))
        found = dict(self._connection.execute(marked, (BEGIN, END, match)).fetchall())
        fields = f"SELECT position, field FROM places WHERE position IN ({chosen})"  # noqa: S608 constants
        return {at: (field, found.get(at, "")) for at, field in self._connection.execute(fields, (listed,))}

    def others(
        self, kinds: Collection[str] | None = None
    ) -> dict[int, tuple[str, str, int, datetime, str, str | None]]:
        """All that is no run: id → kind, name, position, when it was known, actor, workspace."""
        asked = f"""
            SELECT s.id, s.kind, s.name, s.position, s.known, s.actor, s.workspace
            FROM subjects AS s CROSS JOIN places AS p ON p.position = s.position WHERE {self._seen}
        """  # noqa: S608 constants
        rows = self._run(asked)
        return {
            row[0]: (row[1], row[2], row[3], _time(row[4]), *row[5:]) for row in rows if not kinds or row[1] in kinds
        }

    def about(self, subject: int) -> Subject:
        """What something is called, and what is said of it first."""
        asked = f"""
            SELECT coalesce(t.title, ''), p.slot FROM places AS p LEFT JOIN texts AS t ON t.position = p.position
            WHERE p.subject = :subject AND p.head AND {self._holds} ORDER BY t.title IS NULL, p.position DESC LIMIT 1
        """  # noqa: S608 constants
        title, _ = next(iter(self._run(asked, subject=subject)), ("", None))
        if subject > 0:
            return Subject("run", None, title, _EPOCH, None, None, None)
        row = self._run(
            "SELECT kind, name, known, actor, workspace FROM subjects WHERE id = :id", id=subject
        ).fetchone()
        kind, name, known, actor, workspace = row
        ended = f"SELECT p.field FROM places AS p WHERE p.slot = :slot AND {self._holds}"  # noqa: S608 constants
        (how,) = next(iter(self._run(ended, slot=f"end {name}")), (None,))
        return Subject(kind, name, title, _time(known), actor, workspace, how)

    def _run(self, asked: str, **values: int | str) -> sqlite3.Cursor:
        return self._connection.execute(asked, {**self._values, **values})


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
