"""Times and sizes as people write them: "90s", "10m", "512MiB", or plain numbers of seconds and bytes."""

from __future__ import annotations

import math
import re

_TIMES = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SIZES = {
    "B": 1,
    **{f"{p}B": 1000**n for n, p in enumerate(("k", "M", "G", "T"), 1)},
    **{f"{p}iB": 1024**n for n, p in enumerate(("K", "M", "G", "T"), 1)},
}
_QUANTITY = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?) ?([A-Za-z]{0,3})")
LONGEST = 366 * 86_400  # seconds
LARGEST = 2**63 - 1  # bytes


def seconds(value: object) -> float:
    """A wall time in seconds, above zero and at most a year. Raises `ValueError` with the reason."""
    amount = _amount(value, _TIMES, 'a time like "90s", "10m", "2h", or a number of seconds')
    if not 0 < amount <= LONGEST:
        raise ValueError("a time is above zero and at most 366 days")
    return amount


def size(value: object) -> int:
    """A size in whole bytes, above zero. Raises `ValueError` with the reason."""
    amount = _amount(value, _SIZES, 'a size like "512MiB", "2GiB", or a number of bytes')
    if not 1 <= amount <= LARGEST:
        raise ValueError("a size is at least 1 byte and below 2^63")
    return int(amount)


def _amount(value: object, units: dict[str, int], meant: str) -> float:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    found = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[2] not in {"", *units}:
        raise ValueError(f"{str(value)[:40]!r} is not {meant}")
    number = float(found[1]) if "." in found[1] else int(found[1])
    return number * units.get(found[2], 1)
