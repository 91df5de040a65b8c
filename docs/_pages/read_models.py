"""read-models.md: every table that questions are answered from."""

from __future__ import annotations

from _pages.markdown import code, document, table
from goldfish.projections._duck import EVENTS
from goldfish.projections._model import ModelView, ReadModel
from goldfish.projections.columns import EVENTS_ABOUT, EVENTS_MEAN
from goldfish.projections.models import MODELS
from goldfish.projections.points import POINTS
from goldfish.projections.views import VIEWS

INTRODUCTION = """
A read model is a table computed from events by one SELECT. Deleting all of them loses nothing: `goldfish rebuild` makes
them again. Every answer of goldfish comes from these tables as of one moment, now or the one that `--as-of` names. They
live in memory and, for long ledgers, in DuckDB files under `.goldfish/projections/`, which are a cache in a format of
their own: other programs [ask in SQL](../how-to/ask-with-sql.md), or read
[the ledger itself](../how-to/read-the-ledger.md).

Besides its columns each table has `key`, the stream family that its row is computed from: `run-42/train` belongs to
the key `run-42`, every other stream to itself. The views at the end put several tables side by side, or count over all
of them; they have no `key`.
"""


def page() -> str:
    """The page."""
    columns = [column.split() for column in EVENTS.split(",")]
    if [name for name, _ in columns] != list(EVENTS_MEAN):
        raise ValueError("the relation `events` has other columns than this page explains")
    rows = [(code(name), kind, EVENTS_MEAN[name]) for name, kind in columns]
    events = ("## events", EVENTS_ABOUT)
    columns_table = table(["column", "type", "what it holds"], rows)
    return document(
        "Read models", INTRODUCTION, *events, columns_table, *map(_model, [*MODELS.values(), *VIEWS.values(), POINTS])
    )


def _model(model: ReadModel | ModelView) -> str:
    rows = [(code(name), sentence) for name, sentence in model.columns.items()]
    return f"## {model.name}\n\n{model.about}\n\n{table(['column', 'what it holds'], rows)}"
