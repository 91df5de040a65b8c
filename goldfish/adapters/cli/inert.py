"""Text from users, logs and files, made safe to print: nothing in it moves the cursor, colours or turns the line."""

from __future__ import annotations


def inert(text: object) -> str:
    """One line: line ends, control and escape characters, direction marks and the like become visible escapes."""
    line = str(text)
    return line if line.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in line)


def inert_lines(text: str) -> str:
    """The same for text of several lines; line ends and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)


def inert_json(document: str) -> str:
    """The same JSON document with such characters spelled `\\uXXXX`. They can only occur within its strings."""
    if document.isprintable():
        return document
    return "".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in document)


def shorten(text: str, width: int) -> str:
    """At most `width` characters, with an ellipsis where something was cut."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
