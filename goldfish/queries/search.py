"""Search: what was said, by its words and by filters; the best fitting first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.search_grammar import read_search, written
from goldfish.projections.projector import View
from goldfish.projections.text_index import TextIndex
from goldfish.queries.search_hints import hints
from goldfish.queries.search_hits import Page, find
from goldfish.queries.search_lines import lines
from goldfish.queries.warnings import Caution, warnings_of


class Found(Value):
    """Something that was found, in one line. `id` names it to other commands; old thoughts and the goal have none.

    `snippet` is the part of a text in which words were found, `hits` where in it they begin and end, `field` what that
    text is: reason, hypothesis, error, finding, verdict …
    """

    id: str | None
    kind: str
    title: str
    called: str | None = None  # its id where it was imported from
    when: datetime
    actor: str | None = None
    state: str | None = None  # how a run ended, or what became of a note: withdrawn, superseded, refuted …
    verdict: str | None = None  # what a run achieved
    value: float | None = None  # of the metric by which is sorted
    field: str | None = None
    snippet: str | None = None
    hits: list[tuple[int, int]] = Field(default_factory=list)
    score: float | None = None  # how well it fits, within this answer
    position: int
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


class SearchAnswer(Value):
    """A page of what was found, the best fitting first; without words, runs, newest first.

    `more` is the value of `before` that asks for the next page; None on the last one. `matching` counts all pages; with
    `at_least`, there are more than that.
    """

    as_of: int
    asked: str  # the search as it was understood
    results: list[Found]
    matching: int
    at_least: bool = False
    more: int | None
    hints: list[str] = Field(default_factory=list)


def search(
    view: View,
    index: TextIndex,
    text: str,
    *,
    kinds: Sequence[str] = (),
    limit: int = 20,
    before: int | None = None,
    since: int | None = None,
) -> SearchAnswer:
    """What fits a search of `search_grammar`. Raises `UnknownFilter`, `MalformedSearch`, `SearchUnavailable`.

    `kinds` are those of which something is looked for; all when there are none. `limit` is kept between 1 and 200.
    `since` is a position: only texts of later events, and runs to which something happened later.
    """
    asked = read_search(text)
    size = max(1, min(limit, 200))
    found = find(view, index, asked, frozenset(kinds), Page(size, before), since or 0)
    shown = lines(view, index, asked, found)
    warned = warnings_of(view, [line["id"] for line in shown])
    results = [Found.model_validate({**line, "warnings": warned.get(line["id"], [])}) for line in shown]
    return SearchAnswer(
        as_of=view.position,
        asked=written(asked),
        results=results,
        matching=found.matching,
        at_least=found.at_least,
        more=results[-1].position if found.goes_on else None,
        hints=[] if results else hints(view, asked),
    )
