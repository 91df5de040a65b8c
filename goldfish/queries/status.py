"""Where the project stands, in at most so many tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goldfish.domain.event import Value
from goldfish.domain.tokens import DEFAULT, MOST, tokens
from goldfish.errors import BudgetTooSmall
from goldfish.projections.projector import View
from goldfish.queries.allotting import Claim, allot
from goldfish.queries.bearings import Bearings, bearings
from goldfish.queries.brief import cut, spelled
from goldfish.queries.status_lines import Status

__all__ = ["Status", "candidates", "cost", "status", "within"]

CANDIDATES: Final = 100  # tokens of a budget for each candidate that is looked for in every section
GOALS: Final = (400, 200, 100, 50)  # characters of the goal, the fewer the less room there is
HEAD: Final = 8  # tokens of a section's name, and what stands around it
APART: Final = 3  # tokens between two items


@dataclass(frozen=True, slots=True)
class Part:
    """A section: what its items are called, how to ask for all of them, how many it shows in its turn."""

    name: str
    one: str
    many: str
    how: str
    weight: int = 1


PARTS: Final = (
    Part("changes", "change", "changes", "goldfish log --after {since}", 4),
    Part("invariants", "invariant", "invariants", "goldfish invariant list", 4),
    Part("findings", "finding", "findings", "goldfish findings", 2),
    Part("next", "suggestion", "suggestions", "goldfish status --budget {more}", 2),
    Part("under_way", "run under way", "runs under way", "goldfish history", 2),
    Part("baseline", "baseline", "baselines", "goldfish thoughts --kind decision"),
    Part("best", "best run", "best runs", "goldfish results --trend", 2),
    Part("awaiting", "workspace awaiting verdicts", "workspaces awaiting verdicts", "goldfish results"),
    Part("untested", "untested idea", "untested ideas", "goldfish hypothesis list", 2),
    Part("results", "result", "results", "goldfish history", 2),
    Part(
        "do_not_repeat",
        "run or hypothesis not to repeat",
        "runs or hypotheses not to repeat",
        "goldfish history --outcome failed, goldfish results, goldfish hypothesis list --all",
        3,
    ),
    Part("decisions", "decision", "decisions", "goldfish thoughts --kind decision", 2),
    Part("workspaces", "workspace", "workspaces", "goldfish status --budget {more}", 2),
    Part("thoughts", "thought", "thoughts", "goldfish thoughts"),
    Part("tags", "tag", "tags", "goldfish tags"),
    Part("sources", "source", "sources", "goldfish source list"),
)


def status(view: View, *, since: int | None = None, budget: int = DEFAULT) -> Status:
    """The most needed first, and changes after `since`. Raises `BudgetTooSmall`."""
    return within(bearings(view, since=since, most=candidates(budget)), budget)


def candidates(budget: int) -> int:
    """How many candidates for each section are worth looking for."""
    return max(12, min(budget // CANDIDATES, 200))


def within(found: Bearings, budget: int) -> Status:
    """As much of it as fits: as JSON, and in every other form, which is shorter. Raises `BudgetTooSmall`."""
    bare = _skeleton(found.status, budget)
    room = budget
    while True:
        answer = _filled(found, bare, room)
        excess = cost(answer) - budget
        if excess <= 0:
            return answer
        room -= excess + APART


def cost(value: Value) -> int:
    """The tokens of a value as JSON that is safe to print."""
    return tokens(spelled(value.model_dump_json()))


def _skeleton(whole: Status, budget: int) -> Status:
    """The goal and the counts: the goal is cut where it would take more than a third. Raises `BudgetTooSmall`."""
    empty: dict[str, object] = {part.name: [] for part in PARTS}
    bare = whole.model_copy(update={**empty, "left_out": [_all_the_rest(budget)]})
    for length in GOALS if whole.goal is not None else ():
        bare = bare.model_copy(update={"goal": cut(whole.goal or "", length)})
        if 3 * cost(bare) <= budget:
            return bare
    if (least := cost(bare)) > budget:
        raise BudgetTooSmall(given=budget, least=least)
    return bare


def _filled(found: Bearings, bare: Status, budget: int) -> Status:
    """The skeleton with as many items of each section as there is room for; one sentence for each that is cut."""
    parts = [part for part in PARTS if getattr(found.status, part.name)]
    items = {part.name: [(cost(item) + APART,) for item in _values(found.status, part.name)] for part in parts}
    room = (max(0, budget - cost(bare)),)
    rest = [(tokens(_sentence(found, part, 0, budget)) + APART,) for part in parts]
    told = 3 * sum(one for (one,) in rest) <= room[0]  # else one sentence for all of them
    claims = [
        Claim(
            items=items[part.name],
            head=(HEAD,),
            rest=one if told else (0,),
            hidden=_total(found, part) > _told(found, part, len(items[part.name])),
            weight=part.weight,
        )
        for part, one in zip(parts, rest, strict=True)
    ]
    counts = dict(zip([part.name for part in parts], allot(claims, room), strict=True))
    shown = {name: list(getattr(found.status, name))[:count] for name, count in counts.items()}
    cut_off = [part for part in parts if _told(found, part, counts[part.name]) < _total(found, part)]
    said = [_sentence(found, part, counts[part.name], budget) for part in cut_off if told]
    by_room = any(counts[name] < len(items[name]) for name in counts)
    larger = [_all_the_rest(budget)] if budget < MOST and (by_room or (cut_off and not told)) else []
    left_out = [*said, *larger]
    return bare.model_copy(update={**shown, "left_out": left_out})


def _values(whole: Status, name: str) -> list[Value]:
    return [item if isinstance(item, Value) else _Text(text=item) for item in getattr(whole, name)]


class _Text(Value):
    """A sentence as an item."""

    text: str


def _total(found: Bearings, part: Part) -> int:
    return max(found.totals.get(part.name, 0), len(getattr(found.status, part.name)))


def _told(found: Bearings, part: Part, shown: int) -> int:
    """Of how many things the first items tell: one that stands for several runs tells of them all."""
    return sum(getattr(item, "times", 1) for item in getattr(found.status, part.name)[:shown])


def _sentence(found: Bearings, part: Part, shown: int, budget: int) -> str:
    number = _total(found, part) - _told(found, part, shown)
    how = part.how.format(since=found.status.since, more=_larger(budget))
    return f"{number} {part.one if number == 1 else part.many}: {how}"


def _all_the_rest(budget: int) -> str:
    return f"with more room: goldfish status --budget {_larger(budget)}"


def _larger(budget: int) -> int:
    return min(MOST, max(DEFAULT, 4 * budget))
