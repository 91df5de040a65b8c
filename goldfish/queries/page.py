"""A page of sections within a fixed size, whatever there is to say: the important first, the rest counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a title, the most important first.

    `total` is how many there would be if none had been left out before, and `how` the command that shows them all.
    """

    title: str
    lines: Sequence[str]
    total: int = 0
    how: str = ""

    def shown(self, count: int) -> list[str]:
        """The section with its first lines, and how many more there are."""
        more = max(self.total, len(self.lines)) - count
        rest = [f"- {more} more: `{self.how}`"] if more > 0 and self.how else []
        return ["", f"## {self.title}", "", *self.lines[:count], *rest] if count or rest else []


def fitted(sections: Sequence[Section], characters: int, lines: int) -> list[str]:
    """The sections in at most so many characters and lines.

    Each gets its first line before any gets a second one, and so on: what is short stays whole, what is long gives
    way. A line that does not fit ends its section. Titles and counts of what is left out have their room in advance.
    """
    counts = [0] * len(sections)
    room = characters - sum(_size(section.shown(0)) + _HEAD for section in sections)
    rows = lines - sum(4 for _ in sections)
    open_ = [bool(section.lines) for section in sections]
    while any(open_):
        for at, section in enumerate(sections):
            if not open_[at]:
                continue
            line = section.lines[counts[at]]
            if len(line) + 1 > room or not rows:
                open_[at] = False
                continue
            room, rows = room - len(line) - 1, rows - 1
            counts[at] += 1
            open_[at] = counts[at] < len(section.lines)
    return [line for section, count in zip(sections, counts, strict=True) for line in section.shown(count)]


_HEAD = 60  # characters of a title and of the count of what is left out


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
