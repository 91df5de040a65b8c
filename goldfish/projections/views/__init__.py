"""Views over read models: what spans keys, or puts several models side by side. A new one is a file and a word here."""

from __future__ import annotations

from goldfish.projections._model import ModelView
from goldfish.projections.views import changes, costs, experiments, scores, timeline

_FILES = (experiments, scores, changes, costs, timeline)

VIEWS: dict[str, ModelView] = {file.VIEW.name: file.VIEW for file in _FILES}
"""Name → view, in the order in which they are shown."""
