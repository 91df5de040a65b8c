"""The element types of columns: Arrow's in the words of contracts, and those that the text of a CSV column fits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

_ARROW: Final = {
    "halffloat": "float16",
    "float": "float32",
    "double": "float64",
    **dict.fromkeys(("string", "large_string", "string_view"), "str"),
    **dict.fromkeys(("binary", "large_binary", "binary_view"), "bytes"),
}
_BOOLEANS: Final = frozenset({"true", "false", "True", "False", "TRUE", "FALSE"})


def of_arrow(name: str) -> str:
    """The name of an Arrow type, as numpy would say it where it can."""
    return _ARROW.get(name, name)


class Columns:
    """Guesses what each column of text holds: int64, float64, bool or str; null while it held nothing."""

    def __init__(self, names: Sequence[str], limit: int) -> None:
        self._names = names[:limit]
        self._kinds = ["null"] * len(self._names)

    def look(self, rows: Sequence[Sequence[str]]) -> None:
        """Some more rows. Column by column is several times faster than value by value."""
        for column, texts in enumerate(zip_longest(*rows, fillvalue="")):
            if column < len(self._kinds) and self._kinds[column] != "str" and (held := list(filter(None, texts))):
                self._kinds[column] = _widened(self._kinds[column], _kind(held))

    @property
    def dtypes(self) -> dict[str, str]:
        """The guesses by name. An empty value says nothing."""
        return dict(zip(self._names, self._kinds, strict=True))


def _kind(texts: list[str]) -> str:
    joined = "".join(texts)
    if not joined.isascii() or "_" in joined:  # Python would take other digits, and 1_000
        return "str"
    try:
        numbers = list(map(int, texts))
    except ValueError:
        pass
    else:
        return "int64" if min(numbers) >= -(2**63) and max(numbers) < 2**63 else "float64"
    try:
        list(map(float, texts))
    except ValueError:
        return "bool" if set(texts) <= _BOOLEANS else "str"
    return "float64"


def _widened(known: str, found: str) -> str:
    if known in ("null", found):
        return found
    return "float64" if {known, found} == {"int64", "float64"} else "str"
