"""Tools that do several things: which arguments each of them takes, so that none is passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goldfish.errors import WrongArguments


@dataclass(frozen=True, slots=True)
class Takes:
    """The arguments that an action needs, and those that it can have."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


def fitting(tool: str, action: str, actions: Mapping[str, Takes], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that were given, if the action takes them and has all that it needs. Raises `WrongArguments`.

    Null and False are the same as left out.
    """
    takes = actions[action]
    said = {name: value for name, value in given.items() if value is not None and value is not False}
    known = takes.needs + takes.may
    why = [f"{name}: {action} needs it" for name in takes.needs if name not in said]
    why += [f"{name}: {action} does not take it" for name in said if name not in known]
    if why:
        raise WrongArguments(tool=tool, why=why)
    return said
