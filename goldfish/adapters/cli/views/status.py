"""Where the project stands. Without rich: this answer is asked for all the time, and has to come at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.light import columns, heading
from goldfish.adapters.cli.views.wording import COLORS, count, duration, metrics, moment, number, size, value

if TYPE_CHECKING:
    from goldfish.queries.awaiting import Awaiting
    from goldfish.queries.lines import RunLine
    from goldfish.queries.status import Counts, SourceLine, Status, WorkspaceLine
    from goldfish.queries.thoughts import ThoughtLine
    from goldfish.queries.trends import TrendLine


def overview(answer: Status) -> None:
    """All of it, a section for each subject; sections without content are left out."""
    goal = f": {inert(answer.goal)}" if answer.goal else ""
    click.echo(click.style(inert(answer.project), bold=True) + goal)
    click.echo(_counts(answer.counts))
    _section("never to be changed", [[str(line.number), inert(line.text)] for line in answer.invariants])
    _section("workspaces", [[_tagged(w.version, w.tags), _place(w), inert(w.goal or "")] for w in answer.workspaces])
    _section("tags", [[line.tag, line.target] for line in answer.tags])
    _section("sources", [_source(source) for source in answer.sources])
    _runs("under way", answer.under_way)
    _runs("latest results", answer.results)
    best = [[inert(b.metric), number(b.value), f"{b.run}/{b.stage}", b.version or "", b.direction] for b in answer.best]
    _section(f"best ({answer.best_is})", best)
    _section("how results go on", [_trend(line) for line in answer.trends])
    _section("awaiting a verdict: goldfish finalize RUN", [_due(due) for due in answer.awaiting])
    _section("failed, and never mended", [_failure(f.run, f.times, f.cause, f.settings) for f in answer.failures])
    _section("standing decisions", [_thought(line) for line in answer.decisions])
    _section("open hypotheses", [_thought(line) for line in answer.hypotheses])
    _section("thoughts", [_thought(thought) for thought in answer.thoughts])
    changes = [[str(c.position), moment(c.recorded_at), inert(c.actor), inert(c.summary)] for c in answer.changes]
    _section(f"since event {answer.since}", changes)
    _section("left out", [[inert(line)] for line in answer.left_out])
    click.echo(f"\nAs of event {answer.as_of}. What is new after it: goldfish status --since {answer.as_of}")


def run_row(line: RunLine) -> list[str]:
    """A run in one row."""
    word = line.outcome or line.state
    why = inert(line.cause) if line.cause and word != "succeeded" else inert(line.description)
    version = inert(line.version or line.foreign_id or "")
    return [_tagged(line.run, line.tags), word, version, duration(line.seconds), metrics(line.metrics), why]


def _tagged(name: str, tags: Sequence[str]) -> str:
    return f"{name} ({', '.join(tags)})" if tags else name


def _runs(title: str, lines: Sequence[RunLine]) -> None:
    _section(title, [run_row(line) for line in lines], [COLORS.get(line.outcome or line.state) for line in lines])


def _section(title: str, rows: Sequence[Sequence[str]], colors: Sequence[str | None] = ()) -> None:
    if rows:
        heading(title)
        columns(rows, colors=colors)


def _place(line: WorkspaceLine) -> str:
    place = f"in workspaces/{line.slot}" if line.slot else "not mounted"
    if not line.dirty:
        return place
    return f"{place}, rolled back to {line.same_as.partition('@')[2]}" if line.same_as else f"{place}, edited"


def _source(line: SourceLine) -> list[str]:
    return [line.ref, line.type, size(line.size), "found changed: goldfish source check" if line.changed else ""]


def _trend(line: TrendLine) -> list[str]:
    said = [f"best {number(line.best.value)} ({line.best.run})", f"newest {number(line.newest.value)}"]
    regression = f"regression: {inert('; '.join(line.regressions))}" if line.regressions else ""
    course = ", ".join(part for part in (line.course, regression) if part)
    return [f"{line.workspace}/{line.stage}", f"{inert(line.metric)} ({line.split})", *said, course]


def _due(due: Awaiting) -> list[str]:
    more = f" and {due.count - len(due.runs)} more" if due.count > len(due.runs) else ""
    return [due.workspace, ", ".join(due.runs) + more]


def _failure(run: str, times: int, cause: str, settings: Mapping[str, object]) -> list[str]:
    given = ", ".join(f"{inert(name)}={value(setting)}" for name, setting in settings.items())
    return [run, given, f"{inert(cause)}" + (f" ({times} times)" if times > 1 else "")]


def _thought(line: ThoughtLine) -> list[str]:
    of = ", ".join(line.about) or line.workspace or ""
    because = f" (because of {', '.join(line.because)})" if line.because else ""
    return [line.note or "", moment(line.recorded_at), inert(line.actor), inert(of), inert(line.text + because)]


def _counts(counts: Counts) -> str:
    runs = {name: getattr(counts, name) for name in ("succeeded", "failed", "cancelled", "lost", "parked")}
    runs["under way"] = counts.under_way
    parts = ", ".join(f"{number} {name}" for name, number in runs.items() if number)
    return " · ".join(
        (
            count(counts.runs, "run") + (f": {parts}" if parts else ""),
            count(counts.workspaces, "workspace"),
            count(counts.versions, "version"),
            count(counts.sources, "source"),
            count(counts.events, "event"),
        )
    )
