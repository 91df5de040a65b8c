"""Experiments of another laboratory, as an import records them: for the examples that ask what a finding spoils."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from goldfish.domain.imported import ForeignCode, ForeignInput
from goldfish.domain.notes import Measured, Note
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.values import MetricSummary, Reason
from tests.fakes.event_log import InMemoryEventLog

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = "a1" * 32, "b2" * 32  # two digests of the data


class Laboratory:
    """A log that counts its runs and notes; each happens an hour after the one before."""

    def __init__(self) -> None:
        self.log = InMemoryEventLog()
        self.log.append("project", Project.Founded(name="laboratory"))
        self.names: dict[str, str] = {}  # what it is called there → here
        self._counts: dict[str, int] = {}

    def run(self, name: str, *, parents: list[str] | None = None, **told: Any) -> str:
        """An experiment: config, data (name → digest), code label, seed, metrics …"""
        data = told.pop("data", {"faces": OLD})
        label = told.pop("code", "main@1")
        committed = told.pop("committed", True)
        metrics = {metric: _summary(value) for metric, value in told.pop("metrics", {"error": 0.5}).items()}
        imported = Run.Imported(
            system="incident",
            id=name,
            happened=self._hour(),
            reason=Reason(description=f"try {name}"),
            inputs=[ForeignInput(name=one, digest=f"sha256:{digest}") for one, digest in data.items()],
            code=ForeignCode(hash=label.encode().hex().ljust(40, "0")[:40], label=label, committed=committed),
            parents=[self.names.get(parent, parent) for parent in parents or []],
            metrics=metrics,
            outcome="succeeded",
            **told,
        )
        return self._append("run", name, imported)

    def claim(self, name: str, text: str, runs: list[str], against: list[str], **measured: Any) -> str:
        """A comparison of experiments."""
        return self._append(
            "claim",
            name,
            Note.Logged(
                kind="claim",
                text=text,
                because=[self.names[run] for run in runs],
                instead_of=[self.names[run] for run in against],
                measured=Measured(**measured) if measured else None,
                system="incident",
                called=name,
                happened=self._hour(),
            ),
        )

    def decision(self, name: str, text: str, basis: list[str]) -> str:
        """A decision that rests on experiments, comparisons or decisions."""
        because = [self.names[one] for one in basis]
        logged = Note.Logged(
            kind="decision", text=text, because=because, system="incident", called=name, happened=self._hour()
        )
        return self._append("decision", name, logged)

    def _append(self, kind: str, name: str, event: Any) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        here = f"{kind}-{self._counts[kind]}"
        self.names[name] = here
        self.log.append(here, event)
        return here

    def _hour(self) -> datetime:
        return BEGIN + timedelta(hours=len(self.log.stored))


def _summary(value: float) -> MetricSummary:
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


def laboratory() -> Laboratory:
    """Faces are told apart: a crop that was never applied, data that were mended, a model that went on from another.

    `plain` is the baseline; `crop` and `crop-again` carry the broken flag, `mended` carries it on code that works;
    `tuned` goes on with what `crop` had learnt, without the flag; `clean` read the mended data.
    """
    made = Laboratory()
    made.run("plain", seed=1, metrics={"error": 0.50, "time": 3.0})
    made.run("crop", config={"crop": True}, code="main@2 (crop broken)", seed=1, metrics={"error": 0.48, "time": 3.1})
    made.run("crop-again", config={"crop": True}, code="main@2 (crop broken)", seed=2, metrics={"error": 0.49})
    made.run("no-crop", config={"crop": False}, code="main@2 (crop broken)", seed=1, metrics={"error": 0.51})
    made.claim("cmp-crop", "error 0.48, better than 0.50", ["crop"], ["plain"], metric="error")
    made.decision("keep-crop", "merge", ["cmp-crop"])
    made.run("mended", config={"crop": True}, code="main@3 (crop mended)", seed=1, metrics={"error": 0.40})
    made.run("tuned", parents=["crop"], code="main@3 (crop mended)", seed=1, metrics={"error": 0.39})
    made.run("clean", data={"faces": NEW}, parents=["plain"], code="main@3 (crop mended)", metrics={"error": 0.30})
    made.run("scratch", code="somebody's laptop", committed=False, metrics={"error": 0.10})
    made.claim("cmp-no-crop", "worse than 0.48", ["no-crop"], ["crop"], metric="error")
    made.claim("cmp-time", "as fast", ["mended"], ["plain"], metric="time")
    made.claim("cmp-scratch", "best so far", ["scratch"], ["mended"])
    made.decision("publish", "publish", ["cmp-scratch", "clean"])
    return made
