"""read-models.md: every table that questions are answered from."""

from __future__ import annotations

from _pages.markdown import code, document, table
from goldfish.projections._duck import EVENTS
from goldfish.projections._model import ReadModel
from goldfish.projections.models import MODELS

INTRODUCTION = """
A read model is a table computed from events by one SELECT. Deleting all of them loses nothing: `goldfish rebuild` makes
them again. Every answer of goldfish comes from these tables as of one position, the newest or the one that `--as-of`
names. They live in memory and, for long ledgers, in DuckDB files under `.goldfish/projections/`, which are a cache in
a format of their own: other programs read [the ledger itself](../how-to/read-the-ledger.md).

Besides its columns each table has `key`, the stream family that its row is computed from: `run-42/train` belongs to
the key `run-42`, every other stream to itself.
"""

_EVENTS_MEAN = {
    "position": "1, 2, 3 … over the whole ledger.",
    "stream": "Whose event it is: run-42, run-42/train, workspace:baseline.",
    "key": "The stream family: the stream up to the first slash.",
    "version": "1, 2, 3 … within the stream.",
    "name": "The event's name, like run.requested.",
    "recorded_at": "When it was recorded (UTC).",
    "actor": "Who did it: kind and name, like agent:claude-code.",
    "session": "The agent's session, if it has one.",
    "command": "The id of the command that it belongs to.",
    "because": "The position of the event that caused it.",
    "data": "The event's own fields, as JSON.",
}


def page() -> str:
    """The page."""
    columns = [column.split() for column in EVENTS.split(",")]
    if [name for name, _ in columns] != list(_EVENTS_MEAN):
        raise ValueError("the relation `events` has other columns than this page explains")
    rows = [(code(name), kind, _EVENTS_MEAN[name]) for name, kind in columns]
    events = ("## events", "The ledger as a relation; the models are made of it.")
    columns_table = table(["column", "type", "what it holds"], rows)
    return document("Read models", INTRODUCTION, *events, columns_table, *map(_model, MODELS.values()))


def _model(model: ReadModel) -> str:
    rows = [(code(name), sentence) for name, sentence in model.columns.items()]
    return f"## {model.name}\n\n{model.about}\n\n{table(['column', 'what it holds'], rows)}"
