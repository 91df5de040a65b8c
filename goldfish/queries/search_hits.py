"""Which texts a search finds, in which order: by words, by filters, or both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import get_args

from goldfish.domain.notes import NoteKind
from goldfish.domain.search_grammar import KINDS, Search
from goldfish.projections._matching import both, either, matches
from goldfish.projections.projector import View
from goldfish.projections.text_index import TextIndex
from goldfish.projections.text_view import TextView
from goldfish.queries.search_filters import of_notes, of_runs
from goldfish.queries.search_others import Others
from goldfish.queries.search_runs import Hit, numbers, page_of_runs

RANKED = 3_000
"""Texts that are ranked for a search. Words that more of them hold say little: they rank, but find nothing alone."""

COUNTED = 2_000  # things that are counted where nothing is ranked
FEW = 2_000  # things whose texts are looked up one by one
_NOTES = get_args(NoteKind)


@dataclass(slots=True)
class Hits:
    """A page of hits. With `at_least`, there are more than are `matching`."""

    page: list[Hit] = field(default_factory=list)
    matching: int = 0
    at_least: bool = False
    goes_on: bool = False
    match: str | None = None  # what marks the words in the texts


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of all hits: so many, after the one at this position."""

    size: int
    before: int | None

    def of(self, hits: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], bool]:
        """The page of all hits in their order, each with its position, and whether there is another one."""
        start = 0
        if self.before is not None:
            at = next((n for n, (position, _) in enumerate(hits) if position == self.before), None)
            start = len(hits) if at is None else at + 1
        return list(hits[start : start + self.size]), len(hits) > start + self.size


def find(view: View, index: TextIndex, asked: Search, kinds: frozenset[str], page: Page, since: int) -> Hits:
    """The hits of a search among some kinds of things; all kinds where none is named."""
    wanted = _kinds(asked, kinds)
    if not asked.has_words and not asked.without and wanted <= {"run"}:
        return _of_runs(view, asked, page, since) if wanted else Hits()
    return index.ask(view, lambda texts: _Finding(view, texts, asked, wanted, page, since).hits())


def _kinds(asked: Search, given: frozenset[str]) -> frozenset[str]:
    """The kinds of things that can be found at all."""
    named = [one for one in asked.filters if one.field == "kind"]
    wanted = {one.value.text for one in named if not one.negated} | given  # type: ignore[union-attr]  # kinds are text
    notes_only = any(of_notes(one) and not one.negated for one in asked.filters)
    usual = _NOTES if notes_only else KINDS if asked.has_words else ("run",)
    found = frozenset(wanted or usual)
    found -= {one.value.text for one in named if one.negated}  # type: ignore[union-attr]
    runs_only = asked.sort is not None or any(of_runs(one) and not one.negated for one in asked.filters)
    return found & {"run"} if runs_only else found


def _of_runs(view: View, asked: Search, page: Page, since: int, **among: Collection[int]) -> Hits:
    found, matching, goes_on = page_of_runs(view, asked, size=page.size, before=page.before, since=since, **among)
    return Hits(found, matching, goes_on=goes_on)


class _Finding:
    """One search that needs the text index."""

    def __init__(
        self, view: View, texts: TextView, asked: Search, kinds: frozenset[str], page: Page, since: int
    ) -> None:
        self._view = view
        self._texts = texts
        self._asked = asked
        self._kinds = kinds
        self._page = page
        self._since = since
        self._others = Others(texts, asked.filters, kinds - {"run"}, view)
        self._filters = [one for one in asked.filters if one.field != "kind"]

    def hits(self) -> Hits:
        """The page that is asked for."""
        if not self._asked.has_words:
            return self._without_words()
        forms = [matches(word) for word in (*self._asked.words, *self._asked.phrases)]
        found = dict.fromkeys(self._chosen(one) for one in forms if one)
        if not found or not all(forms[len(self._asked.words) :]):
            return Hits()
        counts = sorted((count, one) for one in found if (count := self._texts.count(one)))
        if not counts:
            return Hits()
        if self._asked.sort is not None:
            runs = self._possible({subject for subject in self._texts.subjects(either(found)) if subject > 0})
            hits = _of_runs(self._view, self._asked, self._page, self._since, among=runs)
        elif (telling := _telling(counts)) is not None:
            hits = self._ranked(telling)
        else:
            hits = self._newest([one for _, one in counts])
        hits.match = either(found)
        return hits

    def _chosen(self, forms: list[str]) -> str:
        """The widest form of a word that is still rare; else the word as it is."""
        exact = forms[-1]
        if len(forms) > 1 and self._texts.count(exact) > RANKED:
            return exact
        return next((form for form in forms[:-1] if self._texts.count(form) <= RANKED), exact)

    def _ranked(self, match: str) -> Hits:
        """The best fitting first. Of several texts about the same, each further one counts half as much."""
        best: dict[int, tuple[float, int]] = {}
        several: dict[int, list[tuple[float, int]]] = {}
        for position, subject, score in self._texts.ranked(match, self._since):
            if subject in best:
                several.setdefault(subject, [best[subject]]).append((score, position))
            else:
                best[subject] = (score, position)
        for subject, places in several.items():
            places.sort(reverse=True)
            best[subject] = (sum(score / 2**n for n, (score, _) in enumerate(places[:16])), places[0][1])
        allowed = self._allowed(self._possible(best))
        order = sorted(((*best[subject], subject) for subject in allowed), reverse=True)
        page, goes_on = self._page.of([(position, subject) for _, position, subject in order])
        hits = [Hit(subject, position, round(best[subject][0], 6)) for position, subject in page]
        return Hits(hits, len(order), goes_on=goes_on)

    def _newest(self, found: Sequence[str]) -> Hits:
        """Of words that are everywhere: what holds all of them in one text, the newest first; else any of them."""
        together = both(found)
        match = together if self._texts.count(together) else either(found)
        runs: set[int] | None = None if "run" in self._kinds else set()
        if runs is None and self._filters:
            runs = numbers(self._view, self._filters)
        if runs is not None and len(runs) + len(self._others) <= FEW:
            places = self._texts.newest_about(match, [*runs, *self._others], self._since)
        else:
            places = self._texts.newest(match, self._since)
        seen: dict[int, int] = {}
        at_least = False
        for number, (position, subject) in enumerate(places):
            if number >= COUNTED and self._is_enough(seen):
                at_least = True
                break
            if subject not in seen and self._passes(subject, runs):
                seen[subject] = position
        page, goes_on = self._page.of([(position, subject) for subject, position in seen.items()])
        return Hits([Hit(subject, position) for position, subject in page], len(seen), at_least, goes_on)

    def _is_enough(self, seen: dict[int, int]) -> bool:
        """Whether the page, and one more, is among what was seen."""
        if self._page.before is None:
            return len(seen) > self._page.size
        return sum(position < self._page.before for position in seen.values()) > self._page.size

    def _passes(self, subject: int, runs: set[int] | None) -> bool:
        """Whether one thing may be found; `runs` are those that pass the filters."""
        if subject in self._excluded or any(subject not in one for one in self._required):
            return False
        if subject > 0:
            return "run" in self._kinds and (runs is None or subject in runs)
        return subject in self._others

    def _possible(self, subjects: Iterable[int]) -> set[int]:
        """Those that hold all phrases, and none of the words that are to be absent."""
        return set(subjects).difference(self._excluded).intersection(*self._required)

    def _allowed(self, subjects: set[int]) -> set[int]:
        """Those that are of a wanted kind and pass the filters."""
        runs = {subject for subject in subjects if subject > 0} if "run" in self._kinds else set()
        if runs and self._filters:
            runs = numbers(self._view, self._filters, runs)
        return runs | {subject for subject in subjects if subject < 0 and subject in self._others}

    def _without_words(self) -> Hits:
        """By filters alone; not only runs, or not those that hold some word."""
        runs = Hits()
        if "run" in self._kinds:
            excluded = {subject for subject in self._excluded if subject > 0}
            runs = _of_runs(self._view, self._asked, self._page, self._since, excluded=excluded)
        others = [hit for hit in self._others.newest() if hit.subject not in self._excluded]
        others = [hit for hit in others if hit.position > self._since]
        before = self._page.before
        rest = [hit for hit in others if before is None or hit.position < before]
        page = sorted([*runs.page, *rest], key=lambda hit: -hit.position)
        goes_on = runs.goes_on or len(page) > self._page.size
        return Hits(page[: self._page.size], runs.matching + len(others), goes_on=goes_on)

    @cached_property
    def _excluded(self) -> set[int]:
        found = [forms[-1] for word in self._asked.without if (forms := matches(word))]
        return self._texts.subjects(either(found)) if found else set()

    @cached_property
    def _required(self) -> list[set[int]]:
        return [self._texts.subjects(form) for phrase in self._asked.phrases for form in matches(phrase)]


def _telling(counts: Sequence[tuple[int, str]]) -> str | None:
    """What finds the texts that hold the rarer words, and ranks them by all; None when no word is rare."""
    rare: list[str] = []
    brought = 0
    for count, one in counts:
        brought += count
        if brought <= RANKED:
            rare.append(one)
    common = [one for _, one in counts if one not in rare]
    if not rare or not common:
        return either(rare) if rare else None
    return f"({either(rare)} OR ({either(rare)} AND {either(common)}))"
