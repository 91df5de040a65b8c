"""Room shared among sections: the useful first, none pushed out by another, and what is left out counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Cost = tuple[int, ...]  # in as many currencies as the room has: tokens, or tokens and lines


@dataclass(frozen=True, slots=True)
class Claim:
    """What a section would like to show: the cost of each item, the most useful first.

    `head` is what the section costs once anything of it is shown, `rest` what it costs to say that something is not.
    `hidden` says that there is more than the items. A section takes `weight` items in each turn after the first.
    """

    items: Sequence[Cost]
    head: Cost
    rest: Cost
    hidden: bool = False
    weight: int = 1


@dataclass(slots=True)
class _Room:
    left: list[int]
    taken: list[Cost] = field(default_factory=list)

    def take(self, *costs: Cost) -> bool:
        needed = [sum(column) for column in zip(*costs, strict=True)]
        if any(need > left for need, left in zip(needed, self.left, strict=True)):
            return False
        self.left = [left - need for need, left in zip(needed, self.left, strict=True)]
        return True


def allot(claims: Sequence[Claim], room: Cost) -> list[int]:
    """How many items each section shows, so that all of them together fit.

    Sections take turns in their order: each gets its first item before any gets another. So what is short stays whole,
    and what is long gives way. An item that does not fit ends its section. The sentences about what is not shown have
    their room in advance, and give it back where all is shown.
    """
    counts = [0] * len(claims)
    place = _Room(list(room))
    if not place.take(*(claim.rest for claim in claims), tuple(0 for _ in room)):
        return counts
    waiting = [at for at, claim in enumerate(claims) if claim.items]
    waiting = [at for at in waiting if _one_more(claims[at], counts, at, place)]
    while waiting:
        waiting = [
            at for at in waiting if all(_one_more(claims[at], counts, at, place) for _ in range(claims[at].weight))
        ]
    return counts


def _one_more(claim: Claim, counts: list[int], at: int, place: _Room) -> bool:
    """Whether another item was shown, and more could follow."""
    item, first = claim.items[counts[at]], counts[at] == 0
    last = counts[at] + 1 == len(claim.items) and not claim.hidden
    back = tuple(-cost if last else 0 for cost in claim.rest)
    if not place.take(item, claim.head if first else tuple(0 for _ in item), back):
        return False
    counts[at] += 1
    return counts[at] < len(claim.items)
