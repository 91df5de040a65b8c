"""The steps of lineage that lead to some nodes, or from them."""

from __future__ import annotations

from collections.abc import Iterable

from goldfish.projections import Row
from goldfish.projections.edges import HASH
from goldfish.projections.projector import View

_NUMBERS = f"SELECT {HASH.format('node')} FROM (SELECT unnest(?::VARCHAR[]) AS node)"  # noqa: S608 constants
_TO = f"SELECT source, target, kind, position FROM edges WHERE target_hash IN ({_NUMBERS})"  # noqa: S608 constants
_FROM = f"SELECT source, target, kind, position FROM edges WHERE source_hash IN ({_NUMBERS})"  # noqa: S608 constants


def steps_to(view: View, nodes: Iterable[str]) -> list[Row]:
    """The edges that lead to these nodes, in the order in which they were recorded."""
    wanted = set(nodes)
    return sorted((row for row in view.rows(_TO, [*wanted]) if row["target"] in wanted), key=_place) if wanted else []


def steps_from(view: View, nodes: Iterable[str]) -> list[Row]:
    """The edges that lead from these nodes, in the order in which they were recorded."""
    wanted = set(nodes)
    return sorted((row for row in view.rows(_FROM, [*wanted]) if row["source"] in wanted), key=_place) if wanted else []


def _place(row: Row) -> tuple[int, str, str]:
    return row["position"], row["source"] or "", row["target"]
