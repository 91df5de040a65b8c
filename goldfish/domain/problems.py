"""Everything wrong with one document, gathered, so that one answer names it all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from pydantic import JsonValue

from goldfish.domain.names import key_name, nearest, plain_text, safe_name
from goldfish.errors import UnsafeName, UnusableText

SHOWN = 20  # problems that a message shows
_SEARCHED = 2_000  # known names among which a near one is looked for

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class Problems:
    """Collects sentences, each led by the place it is about."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Remember a problem."""
        self.found.append(f"{where}: {what}" if where else what)

    def mapping(self, where: str, given: JsonValue) -> dict[str, JsonValue]:
        """A mapping; nothing stands for an empty one."""
        if isinstance(given, dict):
            return given
        if given is not None:
            self.add(where, f"this is a mapping of keys to values, not {kind(given)}")
        return {}

    def unknown_keys(
        self,
        where: str,
        given: Mapping[str, JsonValue],
        known: Collection[str],
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Report each key that means nothing here, with what to do: as `words` says, else the nearest known one."""
        for key in given:
            if key not in known:
                word = (words or {}).get(key.casefold())
                self.add(where, f"unknown key {key[:80]!r}{f': {word}' if word else self.hint(key.casefold(), known)}")

    def flag(self, where: str, given: JsonValue) -> bool:
        """True or false."""
        if not isinstance(given, bool):
            self.add(where, f"this is true or false, not {brief(given)}")
        return given is True

    def hint(self, given: str, known: Collection[str]) -> str:
        """What was probably meant, as the end of a sentence."""
        if len(self.found) >= SHOWN:  # nobody will see it, and looking for it in a hostile document takes long
            return ""
        near = nearest(given[:100], known, limit=1) if len(known) <= _SEARCHED else ()
        if near:
            return f" (did you mean {near[0]!r}?)"
        return f"; there is {', '.join(sorted(known)[:20])}" if known else ""

    def key(self, where: str, given: JsonValue) -> str | None:
        """A stage or signal name."""
        try:
            return key_name(self._text(given), where)
        except (UnsafeName, UnusableText):
            rule = "a name has 1 to 64 letters, digits, dashes or underscores and begins with a letter or digit"
            self.add(where, f"{brief(given)} is not a usable name: {rule}")
            return None

    def safe(self, where: str, given: JsonValue) -> str | None:
        """A pipeline or source name."""
        try:
            return safe_name(self._text(given), where)
        except (UnsafeName, UnusableText) as error:
            self.add(where, f"{brief(given)} is not a usable name: {error.facts['why']}")
            return None

    def text(self, where: str, given: JsonValue) -> str:
        """Free text; nothing stands for empty text."""
        try:
            return "" if given is None else plain_text(self._text(given), where)
        except UnusableText as error:
            self.add(where, str(error.facts["why"]))
            return ""

    def code_path(self, where: str, given: JsonValue, example: str) -> str:
        """The path of a Python file within the workspace; "" when it is none."""
        parts = given.split("/") if isinstance(given, str) else []
        if len(str(given)) > 255 or not parts or not all(_PART.fullmatch(p) for p in parts) or parts[-1][-3:] != ".py":
            self.add(where, f"{brief(given)} is not a path within the workspace like {example}")
            return ""
        return "/".join(parts)

    def _text(self, given: JsonValue) -> str:
        if isinstance(given, str):
            return given
        raise UnusableText(what="value", why=f"it is {kind(given)}, not text")


def kind(value: JsonValue) -> str:
    """What a value is, in the words of the reference page."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def brief(value: JsonValue) -> str:
    """A value, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def clashes(names: list[str]) -> list[tuple[str, str]]:
    """Pairs of names that are equal, or would be one file where capitals do not count, in order of appearance."""
    seen: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    for name in names:
        if (folded := name.casefold()) in seen:
            found.append((seen[folded], name))
        else:
            seen[folded] = name
    return found


def repeated(names: list[str]) -> list[str]:
    """The names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
