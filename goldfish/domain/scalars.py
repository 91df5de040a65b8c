"""Single values as people write them: the YAML 1.2 core schema, in files and on the command line alike."""

from __future__ import annotations

import math
import re

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def core_scalar(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar: null, true, false, a number, else the text itself.

    1e-3 and 3e-4 are numbers; yes, no, on, off and dates are text; 0o17 is 15 and 017 is 17, as the core schema says.
    Raises `ValueError` with the reason for NaN, infinity and numbers beyond 64 bits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return whole(text)
    if _BASED.fullmatch(text):
        return whole(text, base=8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return finite(text)
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    return text


def whole(text: str, base: int = 10) -> int:
    """An integer of at most 64 bits, signed or not: what every reader of the ledger can hold."""
    if len(text) > 80 or not -(2**63) <= (value := int(text, base)) < 2**64:
        raise ValueError(f"the integer {text[:20]}… does not fit in 64 bits; quote it if it is text")
    return value


def finite(text: str) -> float:
    """A finite float."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is not a finite number")
    return value
