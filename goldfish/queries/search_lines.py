"""What is shown of each hit of a search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from goldfish.domain.search_grammar import Search
from goldfish.projections import Row
from goldfish.projections._text_rows import BEGIN, END
from goldfish.projections.projector import View
from goldfish.projections.text_index import TextIndex
from goldfish.projections.text_view import TextView
from goldfish.queries.search_hits import Hits
from goldfish.queries.search_runs import Hit

TITLE = 300  # characters

_RUNS = """
    SELECT run, coalesce(happened_at, requested_at) AS known, description, actor, coalesce(outcome, state) AS state,
           foreign_id AS called
    FROM runs WHERE position IN (SELECT unnest(?::BIGINT[]))
"""
_VERDICTS = "SELECT run, verdict FROM verdicts WHERE holds AND run IN (SELECT unnest(?::VARCHAR[]))"


def lines(view: View, index: TextIndex, asked: Search, hits: Hits) -> list[dict[str, Any]]:
    """The fields of each result, in their order."""
    if hits.match is None and all(hit.subject > 0 for hit in hits.page):
        runs = _runs(view, [hit.position for hit in hits.page])
        return [_run(hit, runs, {}) for hit in hits.page]
    return index.ask(view, lambda texts: _with_texts(view, texts, hits, sorted_by=asked.sort))


def _runs(view: View, positions: Sequence[int]) -> dict[str, Row]:
    """The runs that were asked for at these positions."""
    rows = {row["run"]: row for row in view.rows(_RUNS, [*positions])} if positions else {}
    verdicts = {row["run"]: row["verdict"] for row in view.rows(_VERDICTS, [*rows])} if rows else {}
    return {run: row | {"verdict": verdicts.get(run)} for run, row in rows.items()}


def _with_texts(view: View, texts: TextView, hits: Hits, sorted_by: str | None) -> list[dict[str, Any]]:
    runs = _runs(view, texts.heads([hit.subject for hit in hits.page if hit.subject > 0]))
    found: dict[int, tuple[str | None, str]] = {}
    if hits.match is not None and sorted_by is None:
        found = texts.snippets(hits.match, [hit.position for hit in hits.page])
    made = []
    for hit in hits.page:
        shown = _marked(*found[hit.position]) if hit.position in found else {}
        if hit.subject < 0:
            made.append(_other(texts, hit, shown))
        elif f"run-{hit.subject}" in runs:
            made.append(_run(hit, runs, shown))
    return made


def _run(hit: Hit, runs: Mapping[str, Row], shown: Mapping[str, Any]) -> dict[str, Any]:
    run = f"run-{hit.subject}"
    row = runs[run]
    return {
        "id": run,
        "kind": "run",
        "title": _title(row["description"]),
        "called": row["called"],
        "when": row["known"],
        "actor": row["actor"],
        "state": row["state"],
        "verdict": row["verdict"],
        "value": hit.value,
        "score": hit.score,
        "position": hit.position,
        **shown,
    }


def _other(texts: TextView, hit: Hit, shown: Mapping[str, Any]) -> dict[str, Any]:
    about = texts.about(hit.subject)
    named = about.name is not None and about.kind != "goal" and not about.name.startswith("#")
    return {
        "id": about.name if named else None,
        "kind": about.kind,
        "title": _title(about.title),
        "when": about.known,
        "actor": about.actor,
        "state": about.ended,
        "score": hit.score,
        "position": hit.position,
        **shown,
    }


def _title(text: str | None) -> str:
    """The first line."""
    line = next(iter((text or "").strip().splitlines()), "")
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def _marked(field: str | None, text: str) -> dict[str, Any]:
    """A part of a text in one line, and where in it the words are that were found."""
    plain: list[str] = []
    hits: list[tuple[int, int]] = []
    length = begin = 0
    for piece in _pieces(" ".join(text.split())):
        if piece == BEGIN:
            begin = length
        elif piece == END:
            hits.append((begin, length))
        else:
            plain.append(piece)
            length += len(piece)
    return {"field": field, "snippet": "".join(plain), "hits": hits}


def _pieces(text: str) -> Iterable[str]:
    for marked in text.split(BEGIN):
        inside, end, outside = marked.partition(END)
        if end:
            yield from (BEGIN, inside, END, outside)
        else:
            yield marked
