"""Numbers, times and values in words, the same in every view."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from goldfish.adapters.cli.inert import inert, shorten

COLORS: Final = {"succeeded": "green", "failed": "red", "lost": "magenta", "cancelled": "yellow", "parked": "magenta"}
VERDICTS: Final = {"success": "green", "partial": "yellow", "miss": "red", "unknown": "magenta"}
UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


def duration(seconds: float | None) -> str:
    """`0.84 s`, `12.3 s`, `3 min 05 s`, `2 h 14 min`."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def size(count: int | None) -> str:
    """`820 B`, `1.3 MiB`."""
    if count is None:
        return ""
    amount, unit = float(count), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{amount:.1f} {UNITS[unit]}"


def number(value: float | None) -> str:
    """Six significant digits; a dash where there is no finite value."""
    return "–" if value is None else f"{value:.6g}"


def value(given: object) -> str:
    """A JSON value in one line; text as it is, a dash for nothing."""
    if given is None:
        return "–"
    if isinstance(given, str) and given.startswith("sha256:"):
        return digest(given)
    return inert(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))


def moment(given: datetime | None) -> str:
    """UTC to the second."""
    return "" if given is None else f"{given.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def digest(given: str | None) -> str:
    """The beginning of a digest or tree id: enough to tell two apart."""
    return "" if given is None else shorten(inert(given), 19)


def metrics(given: dict[str, float | None]) -> str:
    """`accuracy 0.974, loss 0.0831`."""
    return ", ".join(f"{inert(name)} {number(last)}" for name, last in given.items())


def cause(outcome: str | None, given: str | None) -> str:
    """Why it ended so; nothing for a success, whose cause is always the same."""
    return "" if given is None or outcome == "succeeded" else inert(given)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 run`, `2 runs`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def sentences(lines: Sequence[str]) -> str:
    """Texts from outside in one line, separated."""
    return "; ".join(inert(line) for line in lines)
