"""Every relation that can be asked for by name, with a sentence for each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from goldfish.projections.models import MODELS
from goldfish.projections.points import POINTS
from goldfish.projections.views import VIEWS

EVENTS_ABOUT: Final = "The ledger as a relation, one row per event; the models are made of it."
EVENTS_MEAN: Final[Mapping[str, str]] = {
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
    "data": "The event's own fields, as JSON: `data->>'outcome'`, `(data->>'seconds')::DOUBLE`.",
    "happened_at": "When it happened elsewhere (UTC), if it was imported; NULL for our own.",
}

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "events": EVENTS_MEAN,
    **{name: {"key": "The stream family that the row is computed from.", **m.columns} for name, m in MODELS.items()},
    **{name: view.columns for name, view in VIEWS.items()},
    POINTS.name: POINTS.columns,
}
"""Relation → column → what it holds, all in the order in which they are shown."""

ABOUT: Final[Mapping[str, str]] = {
    "events": EVENTS_ABOUT,
    **{name: model.about for name, model in MODELS.items()},
    **{name: view.about for name, view in VIEWS.items()},
    POINTS.name: POINTS.about,
}
