"""The warnings that things carry: what was found out to be bad, where it spoils them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from goldfish.domain.event import Value
from goldfish.domain.suspicion import Suspicion
from goldfish.projections.projector import View

if TYPE_CHECKING:
    from goldfish.projections._moment import Moment
    from goldfish.projections.projector import Projector

MOST = 100  # standing findings that are looked at, the newest ones
KEPT = 4  # moments whose warnings are remembered
REASON = 200  # characters of a reason in a warning

Warnings = dict[str, list["Caution"]]


class Caution(Value):
    """A finding that concerns something, and how it does."""

    finding: str
    reason: str
    why: str


_remembered: WeakKeyDictionary[Projector, dict[Moment, Warnings]] = WeakKeyDictionary()
_lock = threading.Lock()


def warnings_of(view: View, nodes: Iterable[str]) -> Warnings:
    """Node → its warnings, the newest finding first; nodes without any are left out."""
    known = _warnings(view)
    return {node: known[node] for node in nodes if node in known} if known else {}


def warnings_on(view: View, node: str) -> list[Caution]:
    """The warnings of one thing."""
    return _warnings(view).get(node, [])


def standing(view: View) -> list[tuple[str, str, Suspicion]]:
    """The findings that stand, the newest first: id, reason, suspicion."""
    rows = view.rows(
        "SELECT finding, reason, suspicion FROM findings WHERE state = 'standing' ORDER BY position DESC LIMIT ?", MOST
    )
    return [(row["finding"], row["reason"], Suspicion.model_validate_json(row["suspicion"])) for row in rows]


def _warnings(view: View) -> Warnings:
    """All warnings at a moment. What is computed once is remembered: it follows from the log alone."""
    with _lock:
        found = _remembered.setdefault(view.projector, {}).get(view.moment)
    if found is None:
        found = _computed(view)
        with _lock:
            kept = _remembered.setdefault(view.projector, {})
            while len(kept) >= KEPT:
                kept.pop(next(iter(kept)))
            kept[view.moment] = found
    return found


def _computed(view: View) -> Warnings:
    findings = standing(view)
    if not findings:
        return {}
    from goldfish.queries.affected import called, reason_of, spoiled
    from goldfish.queries.spreading import VERDICT

    made: Warnings = {}
    for finding, reason, suspicion in findings:
        found, _ = spoiled(view, suspicion)
        names = called(view, found)
        for node in found:
            why, _ = reason_of(node, found, names)
            warning = Caution(finding=finding, reason=_short(reason), why=_short(why))
            kept = made.setdefault(node.removesuffix(VERDICT), [])
            if all(one.finding != finding for one in kept):
                kept.append(warning)
    return made


def _short(text: str) -> str:
    return text if len(text) <= REASON else text[: REASON - 1] + "…"
