"""metrics.txt: points that any program can write, one a line: `name value`, `name value step`, `name value step at`."""

from __future__ import annotations

import math
import re
from typing import BinaryIO

from goldfish.adapters.parquet_metrics.points import Records, lines
from goldfish.ports import Unread

FILE = "metrics.txt"

_LONGEST = 1_000  # bytes of a line
_MOST_NAMED = 5  # lines that cannot be read, by their text
# As printf writes them: %d, %f, %g, %e, nan and inf with or without a sign; and no underscores, which float() takes.
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)", re.IGNORECASE | re.ASCII)
_STEP = re.compile(r"\d{1,19}", re.ASCII)


def read_written(file: BinaryIO, records: Records) -> Unread | None:
    """Put every point into `records`; what could not be read, if anything. A last line without an end is torn."""
    unread = 0
    named: list[str] = []
    for count, line in enumerate(lines(file, _LONGEST), 1):
        if line is not None and not line.endswith(b"\n"):
            break
        problem = "it is too long" if line is None else _take(line, records)
        if problem is not None:
            unread += 1
            if len(named) < _MOST_NAMED:
                named.append(f"line {count}: {problem}")
    return Unread(FILE, unread, named) if unread else None


def _take(line: bytes, records: Records) -> str | None:
    """Add the point of a line; what is wrong with it, if something is. Empty lines and comments say nothing."""
    text = line.decode("utf-8", "replace").strip()
    if not text or text.startswith("#"):
        return None
    fields = text.split()
    shown = ascii(text[:60])
    if not 2 <= len(fields) <= 4:
        return f"{shown}: it has {len(fields)} words, not a name, a value, and maybe a step and a time"
    name, value, step, at = [*fields, "-", "-"][:4]
    if not _NUMBER.fullmatch(value):
        return f"{shown}: the value is no number"
    if step != "-" and not (_STEP.fullmatch(step) and int(step) < 1 << 63):
        return f"{shown}: the step is no number from 0 on"
    if at != "-" and not (_NUMBER.fullmatch(at) and math.isfinite(float(at))):
        return f"{shown}: the time is no number of seconds since 1970"
    taken = records.add(name, None if step == "-" else int(step), float(value), None if at == "-" else float(at))
    return None if taken else f"{shown}: the name cannot be used, or is one too many"
