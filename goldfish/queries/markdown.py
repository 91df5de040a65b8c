"""Text of others inside Markdown: it reads as it was written, and does nothing."""

from __future__ import annotations

import re
import unicodedata

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ACTIVE = re.compile(
    r"""
      (?P<id>(?<![\w.@-])[A-Za-z0-9][\w.-]*@[vr][0-9]+(?![\w.@-]))  # baseline@v3: ours, and harmless
    | (?P<entity>[&<>])
    | (?P<word>(?<=[^\W_])_(?=[^\W_]))                # learning_rate: no emphasis within a word
    | (?P<link>:(?=//)|(?<=www)\.|@|(?<=mailto):|(?<=xmpp):)  # what is made a link or a mention without being asked
    | (?P<mark>[\\`*_\[\]|~$!])
    | (?P<start>^[#+=-])                              # a heading, a list, a rule
    """,
    re.VERBOSE | re.IGNORECASE,
)

_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")  # the beginning of a numbered list


def inert(text: object, limit: int = 200) -> str:
    """One line of plain text: no Markdown, HTML, links, mentions, control or direction characters; at most `limit`.

    What cannot be seen becomes a visible code point, like ⟨U+202E⟩.
    """
    line = " ".join(str(text).split())
    shown = line if len(line) <= limit else line[: limit - 1] + "…"
    harmless = _ACTIVE.sub(_harmless, "".join(_visible(character) for character in shown))
    return _NUMBERED.sub(r"\1\\\2", harmless)


def _visible(character: str) -> str:
    hidden = character != " " and unicodedata.category(character)[0] in "CZ"
    return f"⟨U+{ord(character):04X}⟩" if hidden else character


def _harmless(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "id" | "word":
            return text
        case "entity":
            return _ENTITIES[text]
        case "link":
            return f"&#{ord(text)};"
        case _:
            return f"\\{text}"
