"""The fields of a record, taken one after the other with the types that they must have; the rest are labels."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from goldfish.adapters.imports.json_values import Unusable, check_text
from goldfish.domain.names import plain_text
from goldfish.domain.values import MetricSummary
from goldfish.errors import UnusableText

NAME: Final = 256  # characters of an id or a name
TEXT: Final = 20_000  # characters of a text
MOST: Final = 10_000  # entries of a list or a mapping
_MILLISECONDS = 1e11  # as seconds, that would be in the year 5138


class Fields:
    """One record. What was not asked for is in `rest`."""

    def __init__(self, row: JsonValue) -> None:
        if not isinstance(row, dict):
            raise Unusable("it is no JSON object")
        self._row = row
        self._taken: set[str] = set()

    def take(self, *names: str) -> JsonValue:
        """The first of these that says anything."""
        for name in names:
            if self._row.get(name) is not None:
                self._taken.add(name)
                return self._row[name]
        self._taken.update(name for name in names if name in self._row)
        return None

    def look(self, name: str) -> JsonValue:
        """A field that stays among the rest."""
        return self._row.get(name)

    def text(self, *names: str, limit: int = TEXT) -> str | None:
        """Text, or a whole number as text; None for nothing and for blanks."""
        return text(self.take(*names), names[0], limit)

    def number(self, *names: str) -> float | None:
        """A finite number."""
        given = self.take(*names)
        return None if given is None else number(given, names[0])

    def whole(self, *names: str) -> int | None:
        """A whole number."""
        given = self.take(*names)
        if given is None:
            return None
        found = number(given, names[0])
        if found != int(found):
            raise Unusable(f"{names[0]} is no whole number")
        return int(given) if isinstance(given, int) else int(found)

    def when(self, *names: str) -> datetime | None:
        """A time; one without a zone is in UTC."""
        given = self.take(*names)
        return None if given is None else moment(given, names[0])

    def truth(self, *names: str) -> bool | None:
        """True or false."""
        given = self.take(*names)
        if given is not None and not isinstance(given, bool):
            raise Unusable(f"{names[0]} is neither true nor false")
        return given

    def entries(self, *names: str) -> list[JsonValue]:
        """A list; one thing by itself is a list of one."""
        given = self.take(*names)
        found: list[JsonValue] = [] if given is None else given if isinstance(given, list) else [given]
        if len(found) > MOST:
            raise Unusable(f"{names[0]} has {len(found)} entries, more than {MOST}")
        return found

    def texts(self, *names: str, limit: int = NAME) -> list[str]:
        """Texts, each once."""
        given = [text(one, names[0], limit) for one in self.entries(*names)]
        return list(dict.fromkeys(one for one in given if one is not None))

    def mapping(self, *names: str) -> dict[str, JsonValue]:
        """Names to values."""
        given = self.take(*names)
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise Unusable(f"{names[0]} is no JSON object")
        if len(given) > MOST:
            raise Unusable(f"{names[0]} has {len(given)} entries, more than {MOST}")
        return given

    def rest(self) -> dict[str, JsonValue]:
        """What nobody asked for and says something."""
        left = {name: value for name, value in self._row.items() if name not in self._taken}
        return {short(name): value for name, value in left.items() if value not in (None, [], {}, "")}


def text(given: JsonValue, what: str, limit: int = TEXT) -> str | None:
    """As `Fields.text`, of a value."""
    if given is None:
        return None
    if isinstance(given, bool | float | list | dict):
        raise Unusable(f"{what} is no text")
    try:
        found = plain_text(str(given), what, limit).strip()
    except UnusableText as refusal:
        raise Unusable(f"{what}: {refusal.facts['why']}") from refusal
    return found or None


def number(given: JsonValue, what: str) -> float:
    """A finite number."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Unusable(f"{what} is no number")
    return float(given)


def moment(given: JsonValue, what: str) -> datetime:
    """A time: ISO 8601, or seconds or milliseconds since 1970."""
    try:
        if isinstance(given, str):
            found = datetime.fromisoformat(given.strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(given, int | float) and not isinstance(given, bool):
            return datetime.fromtimestamp(given / 1000 if abs(given) >= _MILLISECONDS else given, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unusable(f"{what} is no time: {str(given)[:40]!r}") from error
    raise Unusable(f"{what} is no time")


def numbers(given: Mapping[str, JsonValue], what: str) -> dict[str, float]:
    """The finite numbers of a mapping; nothing and what is not finite are left out."""
    found = {}
    for name, value in given.items():
        if value is not None and not is_odd(value):
            found[short(name)] = number(value, f"{what}.{name[:40]}")
    return found


def summaries(given: Mapping[str, JsonValue], what: str) -> dict[str, MetricSummary]:
    """Each number as the one point of a metric. Nothing is no point; nan and inf, as text, are points all the same."""
    odd = {short(name): summary(None) for name, value in given.items() if is_odd(value)}
    return {**odd, **{name: summary(value) for name, value in numbers(given, what).items()}}


def is_odd(value: JsonValue) -> bool:
    """Whether it is a number that is not finite, as people write it where JSON has none."""
    return isinstance(value, str) and value.strip().lower().lstrip("+-") in ("nan", "inf", "infinity")


def summary(value: float | None) -> MetricSummary:
    """The summary of one point; None: one that is not finite."""
    some = value is not None and math.isfinite(value)
    held = value if some else None
    step = 0 if some else None
    return MetricSummary(
        count=1,
        non_finite=0 if some else 1,
        first=held,
        last=held,
        last_is_finite=some,
        min=held,
        max=held,
        min_step=step,
        max_step=step,
        last_step=step,
    )


def short(name: str) -> str:
    """A name, when it is one. Raises `Unusable`."""
    if not 0 < len(check_text(name)) <= NAME:
        raise Unusable(f"a name has {len(name)} characters, not 1 to {NAME}")
    return name


def written(value: JsonValue) -> str | None:
    """A value of a setting as the record writes it."""
    if value is None or isinstance(value, str):
        return None if value is None else value[:TEXT]
    return json.dumps(value, ensure_ascii=False, sort_keys=True)[:TEXT]
