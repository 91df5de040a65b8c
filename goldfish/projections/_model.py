"""What a read model is: one SELECT over the relation `events`, and a sentence for each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A table computed from events.

    `sql` selects `key` and then exactly `columns`, in that order. A row may depend on the events of its own key alone:
    that is what makes it enough to compute the rows of the keys again that new events touched. What spans keys (best
    per metric, counts) is asked of the tables in a query. `keys` are the beginnings of the keys that it has rows for:
    events on other keys leave it alone. `reads` are models listed before it whose rows of the same key it may use
    besides, by their names: what they worked out from the events is not worked out twice.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    sql: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelView:
    """A question that is asked again and again of the models, under a name of its own. It is computed when it is asked.

    `sql` selects exactly `columns`, in that order, from `events` and the models, each named after FROM or JOIN.
    """

    name: str
    about: str
    columns: Mapping[str, str]
    sql: str


def key_of(stream: str) -> str:
    """The key of a stream's events: `run-42/train` belongs to `run-42`, every other stream to itself."""
    return stream.partition("/")[0]


KEY = "split_part(stream, '/', 1)"  # the same in SQL
