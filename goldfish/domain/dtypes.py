"""The names of element types: numpy's, as `str(dtype)` says them, and Arrow's for what numpy does not have."""

from __future__ import annotations

import re

_WIDTHS = {"int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "float": (16, 32, 64, 128), "complex": (64, 128, 256)}
NAMES = (
    "bool",
    "str",
    "bytes",
    "object",
    "null",
    "datetime64",
    "timedelta64",
    *(f"{kind}{width}" for kind, widths in _WIDTHS.items() for width in widths),
)

_SIZED = re.compile(r"[<>|=]?(?:[US]\d*|[iufc]\d{1,2}|V\d+|[?b]1?)|(?:datetime|timedelta)64\[[0-9a-zA-Zμ]{1,8}\]")
_ARROW = re.compile(r"(?:timestamp|duration|date32|date64|time32|time64)\[.{1,60}\]|decimal\d*\(.{1,20}\)")
_NESTED = re.compile(
    r"(?:list|large_list|fixed_size_list|struct|map|dictionary|fixed_size_binary)[<\[].*[>\]](?:\[\d+\])?"
)
_RECORD = re.compile(r"[\[{].*[\]}]")
_SHORT = re.compile(r"[<=|]?([iufc])(\d{1,2})")
_KINDS = {"i": "int", "u": "uint", "f": "float", "c": "complex"}
_TEXT = re.compile(r"[<>|=]?U\d*")
_BYTES = re.compile(r"[<>|=]?S\d*")


def is_dtype(given: str) -> bool:
    """Whether this names an element type that an array or a column can have."""
    return len(given) <= 200 and (
        plain(given) in NAMES or any(p.fullmatch(given) for p in (_SIZED, _ARROW, _NESTED, _RECORD))
    )


def plain(given: str) -> str:
    """The long name of a little-endian number: `<f4` and `f4` are float32; anything else as it is."""
    short = _SHORT.fullmatch(given)
    name = f"{_KINDS[short[1]]}{int(short[2]) * 8}" if short else given
    return name if name in NAMES else given


def fits(produced: str, wanted: str) -> bool:
    """Whether elements of one type are what was asked for. `str` and `bytes` stand for those of any length."""
    produced, wanted = plain(produced), plain(wanted)
    if wanted == produced:
        return True
    if wanted in ("datetime64", "timedelta64"):
        return produced.startswith(f"{wanted}[")
    pattern = {"str": _TEXT, "bytes": _BYTES}.get(wanted)
    return pattern is not None and pattern.fullmatch(produced) is not None


def text_fits(guessed: str, wanted: str) -> bool:
    """The same for a column of text, of which only the kind of values is known: `1` is an int8 and a float64."""
    kind = re.sub(r"\d+", "", plain(wanted))
    known = {"bool", "int", "uint", "float"}
    return guessed == "null" or kind not in known or kind in _READ_AS.get(guessed, {guessed})


_READ_AS = {"int64": {"int", "uint", "float"}, "float64": {"float"}, "bool": {"bool"}, "str": set[str]()}
