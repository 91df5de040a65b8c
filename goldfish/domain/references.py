"""What an event refers to outside the ledger: trees and artifacts, found in its recorded data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from goldfish.domain.event import JsonObject

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_TREE: Final = re.compile(r"[0-9a-f]{40}")
_TREE_FIELDS: Final = frozenset({"tree", "safety"})
_NOT_ARTIFACTS: Final = frozenset({"fingerprint"})
_FREE: Final = frozenset(
    {"comment", "config", "described", "environment_variables", "evidence", "learned", "message", "reason", "text"}
)


def references(data: JsonObject) -> Iterator[tuple[Literal["tree", "artifact"], str]]:
    """Every tree and artifact that an event's data names. What users wrote freely is not searched."""
    for key, value in data.items():
        if key in _FREE or key in _NOT_ARTIFACTS:
            continue
        match value:
            case str() if key in _TREE_FIELDS and _TREE.fullmatch(value):
                yield "tree", value
            case str() if _DIGEST.fullmatch(value):
                yield "artifact", value
            case dict():
                yield from references(value)
            case list():
                yield from (found for item in value if isinstance(item, dict) for found in references(item))
            case _:
                pass
