"""The sections of STATE.md about what was tried, found and thought."""

from __future__ import annotations

from goldfish.projections.projector import View
from goldfish.queries import lines as of
from goldfish.queries.avoiding import Avoid
from goldfish.queries.bearings import Bearings
from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.state_words import time
from goldfish.queries.thoughts import settled_hypotheses

ACTIVITY, SETTLED, LEARNED = 6, 5, 8


def do_not_repeat(found: Bearings) -> Section:
    """What failed, what missed, and what was found to be wrong."""
    lines = [f"- {_avoid(line)}" for line in found.status.do_not_repeat]
    return Section("Do not repeat", lines, found.totals["do_not_repeat"], "goldfish history --outcome failed", 2)


def _avoid(line: Avoid) -> str:
    why = f": {inert(line.why, 140)}" if line.why else ""
    if line.kind == "refuted":
        shown = f", by {', '.join(inert(ref, 60) for ref in line.refs[1:])}" if line.refs[1:] else ""
        return f"{line.refs[0]}, {inert(line.tried, 140)}{shown}{why}"
    given = [f"{inert(name, 40)}={'|'.join(map(_value, values))}" for name, values in line.settings.items()]
    who = ", ".join([*line.refs, *(["…"] if line.times > len(line.refs) else [])])
    called = f" ({', '.join(inert(one, 40) for one in line.called)})" if line.called else ""
    often = f" {line.times} times" if line.times > 1 else ""
    made = f" with {', '.join(given)}" if given else ""
    return f"{who}{called} {line.kind}{often}{made}{why}; tried: {inert(line.tried, 120)}"


def _value(text: str) -> str:
    return inert(text, 30)


def settled(view: View) -> Section:
    """What was found to be right."""
    found, total = settled_hypotheses(view, SETTLED)
    lines = []
    for line in found:
        shown = f" by {', '.join(inert(ref, 60) for ref in line.evidence[:3])}" if line.evidence else ""
        why = f" ({inert(line.ended, 100)})" if line.ended else ""
        lines.append(f"- {line.note} {line.state}{shown}: {inert(line.text, 140)}{why}")
    return Section("Supported hypotheses", lines, total, "goldfish hypothesis list --all")


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


def thoughts(found: Bearings) -> Section:
    """The newest thoughts."""
    lines = []
    for line in found.status.thoughts:
        about = ", ".join(inert(ref, 60) for ref in line.about[:3]) or line.workspace
        on = f", on {about}" if about else ""
        lines.append(f"- {line.note or 'thought'} ({line.day}, {inert(line.by, 40)}{on}): {inert(line.text, 220)}")
    return Section("Newest thoughts", lines, found.totals["thoughts"], "goldfish thoughts")


def activity(view: View) -> Section:
    """What happened last."""
    lines = [
        f"- {time(line.recorded_at)} {inert(line.actor, 40)} {inert(line.summary, 110)}"
        for line in of.activity(view, ACTIVITY)
    ]
    return Section("Activity", lines)
