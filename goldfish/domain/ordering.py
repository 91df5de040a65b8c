"""The order of stages: what is read comes before what reads it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence


def ordered(upstream: Mapping[str, Sequence[str]]) -> list[str]:
    """All names so that each follows its upstream; among those that could be next, the first given.

    Every upstream name is a key. Names on a cycle, and those that follow one, are left out.
    """
    rank = {name: index for index, name in enumerate(upstream)}
    waiting = {name: len(set(reads)) for name, reads in upstream.items()}
    readers: dict[str, list[str]] = {name: [] for name in upstream}
    for name, reads in upstream.items():
        for read in set(reads):
            readers[read].append(name)
    free = [rank[name] for name, count in waiting.items() if count == 0]
    names = list(upstream)
    result: list[str] = []
    while free:  # already a heap: it is sorted
        name = names[heapq.heappop(free)]
        result.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heapq.heappush(free, rank[reader])
    return result


def cycle(upstream: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of one cycle in the direction of the data, the first given first; [] when there is none."""
    done = set(ordered(upstream))
    path: dict[str, None] = {}
    name = next((name for name in upstream if name not in done), None)
    if name is None:
        return []
    while name not in path:  # every name left has an upstream that is left too
        path[name] = None
        name = next(read for read in upstream[name] if read not in done)
    walked = list(path)
    loop = walked[walked.index(name) :][::-1]
    members = set(loop)
    start = loop.index(next(name for name in upstream if name in members))
    return loop[start:] + loop[:start]
