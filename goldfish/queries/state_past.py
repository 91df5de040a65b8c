"""The sections of STATE.md about what was tried, found and thought."""

from __future__ import annotations

import json

from pydantic import JsonValue

from goldfish.projections.projector import View
from goldfish.queries import lines as of
from goldfish.queries.lines import RunLine
from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.state_words import day, named, number, time
from goldfish.queries.status import Status
from goldfish.queries.thoughts import settled_hypotheses

ACTIVITY, SETTLED, LEARNED = 6, 5, 8


def best(answer: Status) -> Section:
    """The best run by each metric. Where specs say what counts, their results tell it instead."""
    lines = []
    for found in answer.best if not answer.trends else ():
        better = "smaller" if found.direction == "minimize" else "larger"
        among = f"best of {found.among}, {better} is better"
        lines.append(f"- {inert(found.metric, 60)} {number(found.value)}: {found.run} ({found.version}; {among})")
    return Section("Best so far", lines, answer.counts.metrics, "goldfish status")


def results(answer: Status) -> Section:
    """The runs that ended last."""
    ended = [run for run in answer.results if run.state != "parked"]
    total = answer.counts.runs - answer.counts.under_way - answer.counts.parked
    return Section(
        "Latest results", [_ended(run) for run in ended] or ["No run has ended yet."], total, "goldfish history"
    )


def _ended(run: RunLine) -> str:
    good = run.outcome == "succeeded"
    found = ", ".join(f"{inert(name, 40)} {number(value)}" for name, value in run.metrics.items())
    came = found if good else inert(run.cause or "", 140)
    judged = f", judged {run.verdict}" if run.verdict else ""
    what = f"{named(run.run, run.tags)} ({run.version}) {run.outcome or run.state}{judged}"
    return f"- {what}{f': {came}' if came else ''}; tried: {inert(run.description, 120)}"


def failures(answer: Status) -> Section:
    """Work that failed and never succeeded."""
    lines = []
    for failure in answer.failures:
        given = [f"{inert(name, 40)}={inert(_written(value), 30)}" for name, value in failure.settings.items()]
        tried = f" with {', '.join(given[:4])}" if given else ""
        often = f", {failure.times} times" if failure.times > 1 else ""
        lines.append(f"- {failure.run} ({failure.version}{tried}{often}): {inert(failure.cause, 140)}")
    return Section("Failures not to repeat", lines, answer.counts.never_mended, "goldfish history --outcome failed")


def _written(value: JsonValue) -> str:
    """A setting as `--set` takes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def settled(view: View) -> Section:
    """What was found to be right or wrong."""
    found, total = settled_hypotheses(view, SETTLED)
    lines = []
    for line in found:
        shown = f" by {', '.join(inert(ref, 60) for ref in line.evidence[:3])}" if line.evidence else ""
        why = f" ({inert(line.ended, 100)})" if line.ended else ""
        lines.append(f"- {line.note} {line.state}{shown}: {inert(line.text, 140)}{why}")
    return Section("Settled hypotheses", lines, total, "goldfish hypothesis list --all")


def learned(view: View) -> Section:
    """What runs taught, in the words of whoever judged them."""
    rows = view.rows(
        """
        SELECT run, learned, count(*) OVER () AS total FROM verdicts WHERE holds AND learned IS NOT NULL
        ORDER BY position DESC LIMIT ?
        """,
        LEARNED,
    )
    lines = [f"- {row['run']}: {inert(row['learned'], 200)}" for row in rows]
    return Section("What runs taught", lines, rows[0]["total"] if rows else 0, "goldfish results")


def thoughts(answer: Status) -> Section:
    """The newest thoughts."""
    lines = []
    for line in answer.thoughts:
        about = ", ".join(inert(ref, 60) for ref in line.about[:3]) or line.workspace
        on = f", on {about}" if about else ""
        lines.append(
            f"- {line.note or 'thought'} ({day(line.recorded_at)}, {inert(line.actor, 40)}{on}): "
            f"{inert(line.text, 220)}"
        )
    return Section("Newest thoughts", lines, answer.counts.thoughts, "goldfish thoughts")


def activity(view: View) -> Section:
    """What happened last."""
    lines = [
        f"- {time(line.recorded_at)} {inert(line.actor, 40)} {inert(line.summary, 110)}"
        for line in of.activity(view, ACTIVITY)
    ]
    return Section("Activity", lines)
