"""Folding: a state and a fact make the next state, one version later."""

from __future__ import annotations

from dataclasses import Field, replace
from typing import ClassVar, Protocol, TypeVar


class Folded(Protocol):
    """A frozen dataclass that counts the facts it is made of."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    @property
    def version(self) -> int: ...


S = TypeVar("S", bound=Folded)


def after(state: S, /, **changes: object) -> S:
    """The state one fact later, with these fields changed."""
    return replace(state, version=state.version + 1, **changes)
