"""The sections of STATE.md about what runs achieved."""

from __future__ import annotations

from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.status import Status
from goldfish.queries.trends import TrendLine


def awaiting(answer: Status) -> Section:
    """Runs that have ended and that nobody has judged."""
    lines = []
    for due in answer.awaiting:
        more = f" and {due.count - len(due.runs)} more" if due.count > len(due.runs) else ""
        lines.append(f"- {due.workspace}: {', '.join(due.runs)}{more}: `goldfish finalize {due.runs[0]}`")
    return Section("Awaiting a verdict", lines, how="goldfish results")


def trends(answer: Status) -> Section:
    """How results go on; what fell behind comes first."""
    lines = sorted(answer.trends, key=lambda line: not line.regressions)
    return Section("How results go on", [f"- {_trend(line)}" for line in lines], how="goldfish results --trend")


def _trend(line: TrendLine) -> str:
    said = f"{inert(line.metric, 60)} ({line.split}) of {line.workspace}, {line.stage}: best {line.best.value:.6g}"
    newest = "" if line.newest.run == line.best.run else f", newest {line.newest.value:.6g} ({line.newest.run})"
    course = f", {line.course}" if line.course else ""
    alert = f". Regression: {inert('; '.join(line.regressions), 200)}" if line.regressions else ""
    return f"{said} ({line.best.run}){newest}, among {line.results}{course}{alert}"
