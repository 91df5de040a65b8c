"""A page of sections within a fixed size, whatever there is to say: the important first, the rest counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goldfish.queries.allotting import Claim, Cost, allot


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a title, the most important first.

    `total` is how many there would be if none had been left out before, and `how` the command that shows them all.
    `weight` is how many lines it shows in its turn.
    """

    title: str
    lines: Sequence[str]
    total: int = 0
    how: str = ""
    weight: int = 1

    def shown(self, count: int) -> list[str]:
        """The section with its first lines, and how many more there are."""
        more = max(self.total, len(self.lines)) - count
        rest = [f"- {more} more: `{self.how}`"] if more > 0 and self.how else []
        return ["", f"## {self.title}", "", *self.lines[:count], *rest] if count or rest else []


def fitted(sections: Sequence[Section], characters: int, lines: int) -> list[str]:
    """The sections in at most so many characters and lines; those for which nothing is said are left out.

    Room is shared as `allot` says, but titles and counts of what is left out have theirs in advance.
    """
    room = (characters, lines)
    claims = []
    for section in sections:
        rest = _cost(section.shown(0))
        room = (room[0] - rest[0], room[1] - rest[1])
        claims.append(Claim([_cost([line]) for line in section.lines], (0, 0), (0, 0), weight=section.weight))
    counts = allot(claims, room)
    return [line for section, count in zip(sections, counts, strict=True) for line in section.shown(count)]


def _cost(lines: Sequence[str]) -> Cost:
    return sum(len(line) + 1 for line in lines), len(lines)
