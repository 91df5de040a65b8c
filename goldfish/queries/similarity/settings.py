"""How alike two sets of changed settings are: the same knob turned, and how far."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from goldfish.domain.stems import stems
from goldfish.queries.likeness import closeness, same
from goldfish.queries.similarity.records import Setting

TURNED = 0.5  # what it counts that both turned a setting, to whatever value; closer values count more
NEAR = 0.4


def likeness(asked: Mapping[str, JsonValue], changed: Mapping[str, Setting], rarity: Callable[[str], float]) -> float:
    """From 0 to 1: what the settings have in common that both turned, by how rare their names are."""
    theirs = by_leaf(changed)
    shared = sum(
        _says(name, rarity) * _alike(value, theirs[leaf(name)].after)
        for name, value in asked.items()
        if leaf(name) in theirs
    )
    mine = sum(_says(name, rarity) for name in asked)
    its = sum(_says(name, rarity) for name in theirs)
    return min(1.0, shared / math.sqrt(mine * its)) if shared else 0.0


def by_leaf(changed: Mapping[str, Setting]) -> dict[str, Setting]:
    """By the last part of their names: `train.lr` and `lr` are one setting."""
    return {leaf(name): setting for name, setting in changed.items()}


def leaf(name: str) -> str:
    """The last part of a dotted name, however it is written: `--weight-decay` is `weight_decay`."""
    return name.rpartition(".")[2].strip("-").replace("-", "_").lower()


def _says(name: str, rarity: Callable[[str], float]) -> float:
    found = stems(name)
    return sum(map(rarity, found)) / len(found) if found else 0.0


def _alike(one: JsonValue, other: JsonValue) -> float:
    return 1.0 if same(one, other) else TURNED + NEAR * closeness(one, other)
