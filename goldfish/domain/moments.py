"""When: a position in the ledger, or a time. What people write for either, read once at the door."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from goldfish.errors import MomentAhead, NotAMoment

When: TypeAlias = int | str | datetime

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = 1 << 62


def read_moment(given: When, now: datetime) -> int | datetime:
    """A position from 1, or a time in UTC that is not in the future.

    Text is a position in digits or a time of ISO 8601; without an offset it is UTC. A day means its end: all that was
    known on it. Raises `NotAMoment` and `MomentAhead`.
    """
    if isinstance(given, str):
        return _read(given.strip(), now)
    if isinstance(given, datetime):
        return _past(given, str(given), now)
    if not 0 < given < _LARGEST:
        raise NotAMoment(given=str(given))
    return given


def is_day(given: str) -> bool:
    """Whether this is a day, like 2026-10-01, and no time of it."""
    return _DAY.fullmatch(given.strip()) is not None


def _read(given: str, now: datetime) -> int | datetime:
    if given.isascii() and given.isdigit():
        return read_moment(int(given[:20]), now)
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise NotAMoment(given=given[:80]) from None
    if not _DAY.fullmatch(given):
        return _past(found, given, now)
    day = found.replace(tzinfo=UTC)
    if day > now:
        raise MomentAhead(given=given, newest=_said(now))
    return min(day + timedelta(days=1, microseconds=-1), now)


def _past(time: datetime, given: str, now: datetime) -> datetime:
    found = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if found > now:
        raise MomentAhead(given=given, newest=_said(now))
    return found


def _said(now: datetime) -> str:
    return f"it is {now:%Y-%m-%d %H:%M} UTC"
