"""The sections of STATE.md about what runs achieved."""

from __future__ import annotations

from goldfish.queries.bearings import Bearings
from goldfish.queries.best import Best, Sure
from goldfish.queries.brief import RunBrief
from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.state_words import named, number, warned


def awaiting(found: Bearings) -> Section:
    """Runs that have ended and that nobody has judged."""
    lines = []
    for due in found.status.awaiting:
        more = f" and {due.count - len(due.runs)} more" if due.count > len(due.runs) else ""
        lines.append(f"- {due.workspace}: {', '.join(due.runs)}{more}: `goldfish finalize {due.runs[0]}`")
    return Section("Awaiting a verdict", lines, found.totals["awaiting"], how="goldfish results")


def best(found: Bearings) -> Section:
    """The best of each series, how sure that is, and how it goes on."""
    lines = [f"- {_best(line)}" for line in found.status.best]
    return Section("Best so far", lines, found.totals["best"], "goldfish results --trend", 2)


def _best(line: Best) -> str:
    where = ", ".join(part for part in (line.workspace, line.stage) if part)
    split = f" ({line.split})" if line.split and line.split != "other" else ""
    called = f" ({inert(line.called, 60)})" if line.called else ""
    judged = f", judged {line.verdict}" if line.verdict else ""
    better = f"{'smaller' if line.direction == 'minimize' else 'larger'} is better"
    way = f"{better}, guessed from the name" if line.guessed else better
    known = f"; {how_sure(line.sure)}" if line.sure is not None else ""
    newest = f"; newest {number(line.newest.value)} ({line.newest.run})" if line.newest else ""
    course = f"; {line.course}" if line.course else ""
    alert = f". Regression: {inert('; '.join(line.regressions), 200)}" if line.regressions else ""
    version = f", {line.version}" if line.version else ""
    return (
        f"{inert(line.metric, 60)}{split}{f' of {where}' if where else ''}: {number(line.value)} by {line.run}{called}"
        f"{version}{judged}; best of {line.among}, {way}{known}{newest}{course}{alert}{warned(line.warnings)}"
    )


def how_sure(sure: Sure) -> str:
    """In words: `5 seeds, 0.95 ± 0.01; better than run-3: established`."""
    spread = f", {number(sure.mean)} ± {number(sure.sd)}" if sure.sd is not None else ""
    seeds = f"{sure.seeds} seeds{spread}" if sure.seeds > 1 else "a single run"
    if sure.than is None:
        return seeds
    said = {"established": "established", "unknown": "how much seeds change it is unknown"}
    told = f"{seeds}; better than {sure.than}: {said.get(sure.standing, 'not established')}"
    return f"{told}, {sure.more_seeds} more seeds of each would tell" if sure.more_seeds else told


def results(found: Bearings) -> Section:
    """The runs that ended last."""
    lines = [_ended(run) for run in found.status.results] or ["No run has ended yet."]
    return Section("Latest results", lines, found.totals["results"], "goldfish history", 2)


def _ended(run: RunBrief) -> str:
    reached = ", ".join(f"{inert(name, 40)} {number(value)}" for name, value in run.metrics.items())
    came = reached if run.outcome == "succeeded" else inert(run.why or "", 140)
    judged = f", judged {run.verdict}" if run.verdict else ""
    where = f" ({run.version})" if run.version else f" ({inert(run.called, 60)})" if run.called else ""
    what = f"{named(run.run, run.tags)}{where} {run.outcome or run.state}{judged}"
    return f"- {what}{f': {came}' if came else ''}; tried: {inert(run.tried, 120)}{warned(run.warnings)}"
