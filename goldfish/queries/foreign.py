"""What was recorded elsewhere, by the ids that it has there."""

from __future__ import annotations

import re
from typing import get_args

from goldfish.domain.imported import System
from goldfish.errors import AmbiguousReference
from goldfish.projections import Row
from goldfish.projections.projector import View

_HASH = re.compile(r"[0-9a-f]{7,64}")
_SYSTEMS = frozenset(get_args(System))
_SHOWN = 10  # candidates that are named

_EXACT = """
    SELECT run AS ours, system, foreign_id AS id FROM runs WHERE foreign_id = $1 AND coalesce(system = $2, true)
    UNION ALL
    SELECT note, system, called FROM thoughts WHERE called = $1 AND coalesce(system = $2, true)
    ORDER BY system, ours
"""
_BEGINNING = """
    SELECT run AS ours, system, foreign_id AS id FROM runs
    WHERE starts_with(foreign_id, $1) AND coalesce(system = $2, true)
          AND regexp_full_match(foreign_id, '[0-9a-f]{7,64}')
    ORDER BY system, ours
"""


def by_foreign_id(view: View, given: str) -> str | None:
    """Our name of the run or note that has this id elsewhere, if there is one: E7, experiments:E7, 3f9c2ab.

    Of ids that are hashes, seven digits are enough when no other one begins so. Raises `AmbiguousReference`.
    """
    prefix, colon, rest = given.partition(":")
    named = [(rest, prefix)] if colon and rest and prefix in _SYSTEMS else []
    for name, system in [(given, None), *named]:
        found = view.rows(_EXACT, name, system)
        if not found and _HASH.fullmatch(name):
            found = view.rows(_BEGINNING, name, system)
        if found:
            return _only(given, found)
    return None


def _only(given: str, found: list[Row]) -> str:
    if len(found) > 1:
        same = len({row["id"] for row in found}) == 1 and len({row["system"] for row in found}) == len(found)
        names = [f"{row['system']}:{row['id']}" if same else row["ours"] for row in found]
        more = [f"and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
        raise AmbiguousReference(given=given, candidates=", ".join(names[:_SHOWN] + more), near=names[:3])
    return str(found[0]["ours"])
