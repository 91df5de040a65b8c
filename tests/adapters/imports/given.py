"""Files of other systems, as they are written there, small enough to be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goldfish.adapters.imports import open_history
from goldfish.domain.imported import ForeignExperiment, Format
from goldfish.ports import ForeignPart, Unreadable

ROW = {"id": "A1", "date": "2026-02-03T10:00:00Z", "title": "Wider network", "metric": "mae", "value": 2.0}


def rows(path: Path, *given: dict[str, Any] | str) -> Path:
    """A JSON Lines file; what is text already is written as it is."""
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in given))
    return path


def row(**more: Any) -> dict[str, Any]:
    """A row of experiments.jsonl."""
    return {**ROW, **more}


def parts(given: Format, path: Path, baselines: Path | None = None, **more: Any) -> list[ForeignPart | Unreadable]:
    """All that a file records, in the order in which it is told."""
    history = open_history(given, path, baselines=baselines, **more)
    found = list(history.parts())
    assert history.count() == len(found)
    history.close()
    return found


def experiments(found: Sequence[ForeignPart | Unreadable]) -> list[ForeignExperiment]:
    """The experiments among them."""
    return [part.said for part in found if isinstance(part, ForeignPart) and isinstance(part.said, ForeignExperiment)]


def refused(found: Sequence[ForeignPart | Unreadable]) -> list[tuple[str, str]]:
    """Where something cannot be understood, and why."""
    return [(one.where, one.why) for one in found if isinstance(one, Unreadable)]
