"""The warnings that things carry: what was found out to be bad, where it spoils them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
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


class Caution(Value):
    """A finding that concerns something, and how it does."""

    finding: str
    reason: str
    why: str


Warnings = dict[str, list[Caution]]


_remembered: WeakKeyDictionary[Projector, dict[Moment, Known]] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass
class Known:
    """What is known of the warnings at a moment: the findings that stand, and the nodes that were looked at."""

    findings: list[tuple[str, str, Suspicion]]
    nodes: Warnings = field(default_factory=dict)


def warnings_of(view: View, nodes: Iterable[str]) -> Warnings:
    """Node → its warnings, the newest finding first; nodes without any are left out."""
    known = _known(view)
    if not known.findings:
        return {}
    asked = [node for node in dict.fromkeys(nodes) if node]
    new = [node for node in asked if node not in known.nodes]
    if new:
        found = _looked_at(view, known.findings, new)
        with _lock:
            known.nodes.update({node: found.get(node, []) for node in new})
    return {node: known.nodes[node] for node in asked if known.nodes[node]}


def warnings_on(view: View, node: str) -> list[Caution]:
    """The warnings of one thing."""
    return warnings_of(view, [node]).get(node, [])


def standing(view: View) -> list[tuple[str, str, Suspicion]]:
    """The findings that stand, the newest first: id, reason, suspicion."""
    rows = view.rows(
        "SELECT finding, reason, suspicion FROM findings WHERE state = 'standing' ORDER BY position DESC LIMIT ?", MOST
    )
    return [(row["finding"], row["reason"], Suspicion.model_validate_json(row["suspicion"])) for row in rows]


def _known(view: View) -> Known:
    """What was found out until a moment follows from the log alone, so it is remembered."""
    with _lock:
        known = _remembered.setdefault(view.projector, {}).get(view.moment)
    if known is None:
        known = Known(standing(view))
        with _lock:
            kept = _remembered.setdefault(view.projector, {})
            while len(kept) >= KEPT:
                kept.pop(next(iter(kept)))
            kept[view.moment] = known
    return known


def _looked_at(view: View, findings: list[tuple[str, str, Suspicion]], nodes: list[str]) -> Warnings:
    """Each node's warnings, by all that it depends on: what else a finding spoils is not looked at."""
    from goldfish.queries.affected import called, reason_of, spoiled
    from goldfish.queries.spreading import VERDICT, Upstream

    made: Warnings = {}
    among = Upstream(view, nodes)
    for finding, reason, suspicion in findings:
        found, _ = spoiled(view, suspicion, among)
        hit = [(node, bad) for node in nodes for bad in (node, node + VERDICT) if bad in found]
        names = called(view, found) if hit else {}
        for node, bad in hit:
            kept = made.setdefault(node, [])
            if all(one.finding != finding for one in kept):
                why, _ = reason_of(bad, found, names)
                kept.append(Caution(finding=finding, reason=_short(reason), why=_short(why)))
    return made


def _short(text: str) -> str:
    return text if len(text) <= REASON else text[: REASON - 1] + "…"
