"""Looking for what was said and done before, by words, by filters, or by what it is like."""

from __future__ import annotations

from typing import Annotated, Final

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Hit, Near, Sought
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Before, Budget, Since
from goldfish.domain.search_grammar import SearchKind
from goldfish.errors import WrongArguments
from goldfish.queries.search import SearchAnswer
from goldfish.queries.similarity.answer import Similar

_USUAL: Final = 20
_NEAREST: Final = 5
_MOST_NEAR: Final = 50
_SOUGHT: Final = Cutting(
    how={"results": "search(text=…, before=MORE)", "near.candidates": "search(idea=…, limit=2) shows them whole"},
    pages="results",
)


class SearchTools:
    """What agents look for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [reads(self.search)]

    def search(
        self,
        call: Call,
        text: Annotated[
            str | None,
            Field(
                max_length=4000,
                description='Words, "phrases", -without, and filters: lr=3e-4 metric:accuracy>0.9 sort:-loss stage:'
                " status: verdict: input: workspace: group: tag: actor: before:2026-10-01 after:; of notes about:run-3"
                " status:open.",
            ),
        ] = None,
        kind: Annotated[SearchKind | None, Field(description="Only these.")] = None,
        idea: Annotated[
            str | None,
            Field(max_length=10_000, description="An experiment you have in mind, in your own words."),
        ] = None,
        config: Annotated[
            dict[str, JsonValue] | None,
            Field(max_length=1000, description='With or without idea: what you would set, {"lr": 0.01}.'),
        ] = None,
        limit: Annotated[
            int | None, Field(ge=1, le=200, description="Most results. Default: 20; like an idea: 5.")
        ] = None,
        before: Before = None,
        since: Since = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Sought]:
        """Find what was said or done before. Call it before you try or decide something: search(idea="warm up the
        learning rate") answers the most similar earlier experiments and what came of them; search(text="learning rate")
        runs, thoughts, decisions, sources with these words; search(kind="hypothesis", text="status:open") lists. Next:
        inspect a result.
        """
        goldfish = self._desk.reading(call)
        near = None
        if idea is not None or config is not None:
            if text is None and (given := _of_text(kind, before, since)):
                raise WrongArguments(tool="search", why=f"{given} goes with text, not with idea or config")
            most = min(limit or _NEAREST, _MOST_NEAR)
            near = goldfish.similar(idea or "", config=config, limit=most, as_of=as_of)
        found = None
        if near is None or text is not None:
            found = goldfish.search(
                text or "",
                kinds=[kind] if kind is not None else [],
                limit=limit or _USUAL,
                before=before,
                since=since,
                as_of=as_of,
            )
        return answer(_sought(near, found), budget=budget, cutting=_SOUGHT, headline=_headline(near, found))


def _of_text(kind: SearchKind | None, before: int | None, since: int | None) -> str | None:
    given = {"kind": kind, "before": before, "since": since}
    return next((name for name, value in given.items() if value is not None), None)


def _sought(near: Similar | None, found: SearchAnswer | None) -> Sought:
    """Both parts in one; where in a snippet the words are is for programs that mark them."""
    like = Near(**near.model_dump(exclude={"as_of"})) if near is not None else None
    if found is None:
        return Sought(as_of=near.as_of if near is not None else 0, near=like)
    return Sought(
        as_of=found.as_of,
        near=like,
        asked=found.asked,
        results=[Hit(**one.model_dump(exclude={"hits", "score"})) for one in found.results],
        matching=found.matching,
        at_least=found.at_least or None,
        more=found.more,
        hints=found.hints,
    )


def _headline(near: Similar | None, found: SearchAnswer | None) -> str | None:
    said = []
    if near is not None and not near.candidates:
        said.append("Nothing like this was tried.")
    elif near is not None and near.flagged:
        said.append(f'Probably tried before: see inspect(ref="{near.candidates[0].run}").')
    elif near is not None:
        said.append("Probably new: nothing is very like it.")
    if found is not None and not found.results:
        said.append("Nothing matches.")
    return " ".join(said) or None
