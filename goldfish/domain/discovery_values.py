"""Values that a finding tells: numbers, times, data, in the forms in which people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from goldfish.domain import discovery_words as say
from goldfish.domain.suspicion import InputIs


def name_and_digest(value: Mapping[str, JsonValue]) -> InputIs | None:
    """Data that an object tells by its name, its digest, or both."""
    found: dict[str, str] = {}
    for key, one in value.items():
        words = set(say.words_of(key))
        field = "digest" if words & {"sha256", "digest", "hash", "sha", "checksum"} else "name"
        if (
            not isinstance(one, str)
            or (field == "name" and not words & {"name", "id", "ref", "path"})
            or field in found
        ):
            return None
        found[field] = one
    return InputIs(**found) if found else None


def entries_of(value: JsonValue) -> list[JsonValue]:
    """The entries of a list and of the lists in it; of anything else, itself."""
    if not isinstance(value, list):
        return [value]
    return [entry for one in value for entry in entries_of(one)]


def number_in(value: JsonValue) -> float | None:
    """A number, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def time_in(value: JsonValue) -> datetime | None:
    """A time, in UTC where no zone is told."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}", value):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def json_in(text: str) -> JsonValue:
    """A value written as JSON, or as people write yes and no."""
    plain = text.strip().strip("'\"")
    try:
        found: JsonValue = json.loads(text)
    except ValueError:
        return {"true": True, "false": False, "none": None, "yes": True, "no": False}.get(plain.lower(), plain)
    return found


def short(value: JsonValue) -> str:
    """At most 60 characters of it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
