"""Thoughts, hypotheses and decisions: the newest, or those that fit some words best."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.notes import NoteKind, NoteState
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.warnings import Caution, warnings_of

WORDS = 20  # of a search; further ones are passed over


class ThoughtLine(Value):
    """Something that somebody thought, supposes or decided. `note` is its id; old thoughts have none.

    `ended` says why a hypothesis was resolved or a note withdrawn, or which decision superseded this one.
    """

    position: int
    recorded_at: datetime
    actor: str
    note: str | None
    kind: NoteKind
    state: NoteState
    workspace: str | None
    text: str
    about: list[str]
    because: list[str]
    instead_of: list[str]
    ended: str | None
    evidence: list[str]
    amendments: int
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


class Thoughts(Value):
    """A page of notes: with words those that fit best first, else the newest first.

    `more` is the value of `before` that asks for the next page; None on the last one.
    """

    as_of: int
    notes: list[ThoughtLine]
    matching: int
    more: int | None


# A reference is meant with all that belongs to it: run-3 with run-3/train, baseline with baseline@v2.
_CONCERNING = """
    coalesce(workspace = $6, false) OR len([
        ref FOR ref IN about || because || instead_of || evidence
        IF ref = $6 OR starts_with(ref, $6 || '/') OR starts_with(ref, $6 || '@')
           OR (contains($6, '/') AND starts_with(ref, $6 || '.'))]) > 0
"""
# Words are taken as they stand, and in the parts of words like learning-rate: letters and digits of every script.
_PAGE = rf"""
    WITH asked AS (
        SELECT list_slice(regexp_extract_all(lower($1), '[\pL\pN_]+(?:[-./@][\pL\pN_]+)*'), 1, $9) AS words
    ), fitting AS (
        SELECT *, about || because || instead_of || evidence AS refs FROM thoughts
        WHERE coalesce(kind = $2, true) AND coalesce(state = $3, true) AND coalesce(changed > $5, true)
          AND ($4 IS NULL OR coalesce(workspace = $4, false))
    ), concerning AS (
        SELECT *, lower(concat_ws(' ', note, kind, text, ended, array_to_string(refs, ' '))) AS said FROM fitting
        WHERE $6 IS NULL OR {_CONCERNING}
    ), told AS (
        SELECT *, regexp_extract_all(said, '[\pL\pN_]+(?:[-./@][\pL\pN_]+)*')
                  || regexp_extract_all(said, '[\pL\pN_]+') AS own
        FROM concerning
    ), scored AS (
        SELECT *, CASE WHEN $1 IS NULL THEN 0 ELSE list_sum([
                   CASE WHEN list_contains(own, word) THEN 3
                        WHEN len(word) > 2 AND len([one FOR one IN own IF starts_with(one, word)]) > 0 THEN 2
                        ELSE 0 END FOR word IN asked.words]) END AS score
        FROM told, asked
    ), found AS (
        SELECT *, count(*) OVER () AS matching FROM scored WHERE $1 IS NULL OR score > 0
    ), last AS (
        SELECT max((score, position)) AS place FROM found WHERE position = $7
    )
    SELECT found.* FROM found, last
    WHERE $7 IS NULL OR coalesce((score, position) < place, position < $7)
    ORDER BY score DESC, position DESC LIMIT $8
"""  # noqa: S608 constants
_NAME = "SELECT coalesce(note, '#' || position) AS name FROM thoughts WHERE "  # as the text index has it


def thoughts(
    view: View,
    *,
    search: str | None = None,
    kind: NoteKind | None = None,
    state: NoteState | None = None,
    about: str | None = None,
    workspace: str | None = None,
    since: int | None = None,
    limit: int = 20,
    before: int | None = None,
) -> Thoughts:
    """Notes of a kind, in a state, about a reference or a part of it, of a workspace, that changed after `since`.

    With `search`, those that hold any of its words or words that begin so: first those that hold most of them, then
    the newest. Without, the newest first. `limit` is kept between 1 and 200. `matching` counts all of them.
    """
    size = max(1, min(limit, 200))
    rows = view.rows(_PAGE, search, kind, state, workspace, since, about, before, size + 1, WORDS)
    page = rows[:size]
    return Thoughts(
        as_of=view.position,
        notes=_lines(view, page),
        matching=rows[0]["matching"] if rows else 0,
        more=page[-1]["position"] if len(rows) > size else None,
    )


def notes_about(view: View, ref: str, limit: int = 20) -> list[ThoughtLine]:
    """The newest notes about this or a part of it, or that rest on it, newest first."""
    return thoughts(view, about=ref, limit=limit).notes


def names_about(view: View, ref: str) -> set[str]:
    """The names of all notes about this or a part of it, or that rest on it."""
    rows = view.rows(_NAME + _CONCERNING.replace("$6", "$1"), ref)
    return {row["name"] for row in rows}


def names_in_state(view: View, state: str) -> set[str]:
    """The names of all notes of which this has become."""
    return {row["name"] for row in view.rows(_NAME + "state = ?", state)}


def note_line(view: View, note: str) -> ThoughtLine:
    """One note that exists."""
    return _lines(view, view.rows("SELECT * FROM thoughts WHERE note = ?", note))[0]


def standing_notes(view: View, kind: NoteKind, limit: int) -> tuple[list[ThoughtLine], int]:
    """The newest notes of a kind that hold now (open, standing, kept), and how many there are.

    Decisions that say only what the baseline is are left out: the newest of them is told by itself.
    """
    rows = view.rows(
        """
        SELECT *, count(*) OVER () AS all_of_them FROM thoughts
        WHERE kind = ? AND state IN ('open', 'standing', 'kept')
          AND (note IS NULL OR note NOT IN (SELECT note FROM baselines))
        ORDER BY position DESC LIMIT ?
        """,
        kind,
        limit,
    )
    return _lines(view, rows), rows[0]["all_of_them"] if rows else 0


def settled_hypotheses(view: View, limit: int) -> tuple[list[ThoughtLine], int]:
    """The hypotheses that were found to be right last, and how many were."""
    rows = view.rows(
        """
        SELECT *, count(*) OVER () AS all_of_them FROM thoughts
        WHERE state = 'supported' ORDER BY changed DESC LIMIT ?
        """,
        limit,
    )
    return _lines(view, rows), rows[0]["all_of_them"] if rows else 0


def _lines(view: View, rows: list[Row]) -> list[ThoughtLine]:
    warned = warnings_of(view, [row["note"] for row in rows])
    return [
        ThoughtLine.model_validate({**{name: row[name] for name in _OF_NOTE}, "warnings": warned.get(row["note"], [])})
        for row in rows
    ]


_OF_NOTE = [name for name in ThoughtLine.model_fields if name != "warnings"]
