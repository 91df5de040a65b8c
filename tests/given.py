"""Given some facts, when something is asked for, then these new facts, or a named refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

from goldfish.application import Aggregate
from goldfish.domain.event import Event
from goldfish.domain.names import Stream
from goldfish.errors import Refusal

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R", bound=Refusal)


def given(aggregate: Callable[[Stream], A] | A, *facts: Event) -> Given[A]:
    """An aggregate (a class means: its empty state) to which these facts have happened."""
    state = aggregate(Stream("a-stream")) if callable(aggregate) else aggregate
    return Given(_after(state, facts))


@dataclass(frozen=True)
class Given(Generic[A]):
    """A state reached by facts."""

    state: A

    def when(self, decide: Callable[[A], Sequence[Event]]) -> When[A]:
        """What is asked of it."""
        return When(self.state, decide)


@dataclass(frozen=True)
class When(Generic[A]):
    """A question put to a state. It is answered by `then` or `refused`."""

    state: A
    decide: Callable[[A], Sequence[Event]]

    def then(self, *expected: Event) -> A:
        """Exactly these facts follow, and they can be applied. Returns the state after them."""
        decided = list(self.decide(self.state))
        assert decided == list(expected)
        return _after(self.state, decided)

    def refused(self, error: type[R]) -> R:
        """It is refused by this name. Returns the refusal."""
        with pytest.raises(error) as caught:
            self.decide(self.state)
        assert type(caught.value) is error
        assert "{" not in caught.value.message + caught.value.next_step  # every fact of the sentence is filled in
        return caught.value


def _after(state: A, facts: Sequence[Event]) -> A:
    for fact in facts:
        before = state.version
        state = state.apply(fact)
        assert state.version == before + 1, f"{type(fact).__qualname__} must advance the version by one"
    return state
