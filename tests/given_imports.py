"""Experiments that were recorded elsewhere, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from goldfish.api import Goldfish
from goldfish.api.core import Core
from goldfish.domain.event import Event
from goldfish.domain.imported import Change, ForeignVerdict
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.domain.values import MetricSummary, Reason

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def summary(value: float) -> MetricSummary:
    """A metric of which one value is known."""
    return MetricSummary(
        count=1,
        non_finite=0,
        first=value,
        last=value,
        last_is_finite=True,
        min=value,
        max=value,
        min_step=None,
        max_step=None,
        last_step=None,
    )


def imported(number: int, day: int, said: str, value: float | None = None, **more: Any) -> Run.Imported:
    """One experiment, E1 and so on, whose outcome was known on some day."""
    words = {"win": "success", "loss": "miss"}
    given: dict[str, Any] = {
        "system": "experiments",
        "id": f"E{number}",
        "happened": BEGIN + timedelta(days=day),
        "by": "ann",
        "reason": Reason(description=f"idea {number}", hypothesis="It helps."),
        "metrics": {"error": summary(value)} if value is not None else {},
        "metric": "error",
        "direction": "minimize",
        "outcome": "succeeded",
        "verdict": ForeignVerdict(verdict=words.get(said, "unknown"), said=said),  # type: ignore[arg-type]
        "labels": {"area": "loss", "status": "merged", "flags": ["checked"]},
    }
    return Run.Imported(**given | more)


def history() -> list[tuple[str, Event]]:
    """Three experiments on three days; the verdict on the first was taken back on the fourth."""
    changed = [Change(name="lr", before="1e-3", after="3e-4"), Change(name="depth", before="3", after="four")]
    second = {"against": "run-1", "against_metrics": {"error": 0.5, "other": 1.0}, "changed": changed, "item": "7"}
    return [
        ("run-1", imported(1, 0, "win", 0.5, note="A first look.")),
        ("run-2", imported(2, 1, "win", 0.4, **second)),
        ("run-3", imported(3, 2, "loss", None, item="7", outcome="failed", cause="it broke", labels={})),
        (
            "run-1",
            Run.VerdictImported(
                happened=BEGIN + timedelta(days=3), by="E3", verdict="miss", said="noise", note="It was luck."
            ),
        ),
    ]


def record(goldfish: Goldfish) -> None:
    """Put that history into a project."""
    with_runs = history()

    def decide(session: Any) -> None:
        for stream, event in with_runs:
            run = session.run(Stream(stream))
            if isinstance(event, Run.Imported):
                Core.put(session, run, lambda found, event=event: found.take_over(event))
            elif isinstance(event, Run.VerdictImported):
                Core.put(session, run, lambda found, event=event: found.judged_elsewhere(event))

    goldfish.application.execute(decide, request={"import": len(with_runs)})
