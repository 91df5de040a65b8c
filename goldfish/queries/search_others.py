"""Notes, versions, sources and all else that is no run, and whether it passes the filters of a search."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from goldfish.domain.search_grammar import Filter
from goldfish.domain.search_values import Typed
from goldfish.projections.projector import View
from goldfish.projections.text_view import TextView
from goldfish.queries.references import resolve
from goldfish.queries.search_filters import of_runs
from goldfish.queries.search_runs import Hit
from goldfish.queries.thoughts import names_about, names_in_state


class _Other(NamedTuple):
    kind: str
    name: str
    position: int
    known: datetime
    actor: str
    workspace: str | None


class Others:
    """Those of some kinds that pass the filters. What nothing but a run can have, none of them has."""

    def __init__(self, texts: TextView, filters: Sequence[Filter], kinds: Collection[str], view: View) -> None:
        self._texts = texts
        self._filters = [one for one in filters if one.field != "kind"]
        self._kinds = kinds
        self._view = view
        self._named: dict[tuple[str, str], set[str]] = {}  # names of notes by what they have in common
        for one in filters:
            if one.field == "about" and isinstance(one.value, Typed):
                self._about(one.value.text)  # what nothing is called is refused, also where there are no notes

    def __contains__(self, subject: int) -> bool:
        return subject in self._passing

    def __iter__(self) -> Iterator[int]:
        return iter(self._passing)

    def __len__(self) -> int:
        return len(self._passing)

    def newest(self) -> list[Hit]:
        """All of them, the newest first."""
        return sorted((Hit(at, other.position) for at, other in self._passing.items()), key=lambda hit: -hit.position)

    @cached_property
    def _passing(self) -> dict[int, _Other]:
        if not self._kinds:
            return {}
        every = {at: _Other(*row) for at, row in self._texts.others(self._kinds).items()}
        return {
            at: other
            for at, other in every.items()
            if all(self._passes(one, other) is not one.negated for one in self._filters)
        }

    def _passes(self, one: Filter, other: _Other) -> bool:
        value = one.value
        if of_runs(one):
            return False
        if isinstance(value, datetime):
            return other.known < value if one.field == "before" else other.known >= value
        text = value.text if isinstance(value, Typed) else ""
        match one.field:
            case "workspace":
                own = other.name.partition("@")[0] if other.kind in ("workspace", "version") else other.workspace
                return own == text
            case "actor":
                return text in (other.actor, other.actor.partition(":")[2])
            case "id":
                return other.name == text
            case "about":
                return other.name in self._about(text)
            case "status":
                return other.name in self._in_state(text)
            case _:
                return other.name in self._tagged(text.removeprefix("@"))

    def _about(self, ref: str) -> set[str]:
        """The notes about what is meant, or a part of it, and those that rest on it. Raises as `resolve`."""
        if ("about", ref) not in self._named:
            meant = resolve(self._view, ref)
            whole = meant.kind == "source" and "@" not in ref  # the name of a source means all its revisions
            self._named["about", ref] = names_about(self._view, ref if whole else meant.id)
        return self._named["about", ref]

    def _in_state(self, state: str) -> set[str]:
        if ("state", state) not in self._named:
            self._named["state", state] = names_in_state(self._view, state)
        return self._named["state", state]

    def _tagged(self, tag: str) -> set[str]:
        return {row["target"] for row in self._view.rows("SELECT target FROM tags WHERE tag = ?", tag)}
