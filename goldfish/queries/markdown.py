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
    | (?P<start>^[#+=-]|(?<=\s)\#(?=\#{0,5}(?:\s|$)))  # a heading, a list, a rule; what looks like a heading
    """,
    re.VERBOSE | re.IGNORECASE,
)

_UNSEEN = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, *range(0xFE00, 0xFE10), 0xFFA0))
) | frozenset(map(chr, range(0xE0000, 0xE1000)))
_CHOOSING = frozenset("\ufe0e\ufe0f")  # text or picture
_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")  # the beginning of a numbered list


def inert(text: object, limit: int = 200) -> str:
    """One line of plain text: no Markdown, HTML, links, mentions, control or direction characters.

    At most `limit` characters of it, and at most twice as many with what keeps them harmless. What cannot be seen
    becomes a visible code point, like ⟨U+202E⟩.
    """
    line = " ".join(str(text).split())
    shown = line if len(line) <= limit else line[: limit - 1] + "…"
    made = _made_harmless(shown)
    while len(made) > 2 * limit:
        shown = shown[: min(len(shown) - 2, len(shown) * 2 * limit // len(made))] + "…"
        made = _made_harmless(shown)
    return made


def _made_harmless(line: str) -> str:
    harmless = _ACTIVE.sub(_harmless, "".join(map(_visible, " " + line, line)))
    return _NUMBERED.sub(r"\1\\\2", harmless)


def _visible(before: str, character: str) -> str:
    """A character, or the code point of what cannot be seen. One mark that chooses how a sign looks may follow it."""
    hidden = character != " " and unicodedata.category(character)[0] in "CZ"
    if hidden or (character in _UNSEEN and not (character in _CHOOSING and before not in _UNSEEN)):
        return f"⟨U+{ord(character):04X}⟩"
    return character


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
