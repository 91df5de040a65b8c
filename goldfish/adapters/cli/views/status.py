"""Where the project stands. Without rich: this answer is asked for all the time, and has to come at once.

No section is longer than the same as JSON, so that what fits the budget there fits it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.light import columns, heading
from goldfish.adapters.cli.views.wording import COLORS, count, duration, metrics, moment, number, size

if TYPE_CHECKING:
    from goldfish.queries.avoiding import Avoid
    from goldfish.queries.awaiting import Awaiting
    from goldfish.queries.best import Best, Sure
    from goldfish.queries.brief import NoteBrief, RunBrief
    from goldfish.queries.status_lines import Baseline, Counts, SourceLine, Status, WorkspaceLine
    from goldfish.queries.untested import Untested


def overview(answer: Status) -> None:
    """All of it, a section for each subject; sections without content are left out."""
    goal = f": {inert(answer.goal)}" if answer.goal else ""
    click.echo(click.style(inert(answer.project), bold=True) + goal)
    click.echo(_counts(answer.counts))
    changes = [[str(c.position), moment(c.recorded_at), inert(c.actor), inert(c.summary)] for c in answer.changes]
    _section(f"since event {answer.since}", changes)
    _section("never to be changed", [[str(line.number), inert(line.text)] for line in answer.invariants])
    _section("found to be bad", [[line.finding, line.day, inert(line.reason)] for line in answer.findings])
    _section("next", [[inert(line)] for line in answer.next])
    _runs("under way", answer.under_way)
    _section("baseline", [_baseline(line) for line in answer.baseline])
    _section("best", [_best(line) for line in answer.best])
    _section("awaiting a verdict: goldfish finalize RUN", [_due(due) for due in answer.awaiting])
    _section("untested", [_untested(line) for line in answer.untested])
    _runs("latest results", answer.results)
    _section("do not repeat", [_avoid(line) for line in answer.do_not_repeat])
    _section("standing decisions", [_note(line) for line in answer.decisions])
    _section("workspaces", [[_tagged(w.version, w.tags), _place(w), inert(w.goal or "")] for w in answer.workspaces])
    _section("thoughts", [_note(line) for line in answer.thoughts])
    _section("tags", [[inert(line.tag), inert(line.target)] for line in answer.tags])
    _section("sources", [_source(source) for source in answer.sources])
    _section("left out", [[inert(line)] for line in answer.left_out])
    click.echo(f"\nAs of event {answer.as_of}. What is new after it: goldfish status --since {answer.as_of}")


def _section(title: str, rows: Sequence[Sequence[str]], colors: Sequence[str | None] = ()) -> None:
    if rows:
        heading(title)
        columns(rows, colors=colors)


def _runs(title: str, lines: Sequence[RunBrief]) -> None:
    _section(title, [_run(line) for line in lines], [COLORS.get(line.outcome or line.state) for line in lines])


def _run(line: RunBrief) -> list[str]:
    word = line.outcome or line.state
    judged = f"{word}, {line.verdict}" if line.verdict else word
    took = duration(line.seconds) if line.since is None else f"since {line.since}Z"
    name = _tagged(line.run, line.tags)
    return [
        f"{name} {inert(line.called)}" if line.called else name,
        judged,
        line.version or "",
        took,
        metrics(line.metrics),
        inert(line.why or line.tried) + _warned(line.warnings),
    ]


def _warned(findings: Sequence[str]) -> str:
    return f" (spoiled by {', '.join(findings)})" if findings else ""


def _tagged(name: str, tags: Sequence[str]) -> str:
    return f"{name} ({', '.join(map(inert, tags))})" if tags else name


def _baseline(line: Baseline) -> list[str]:
    run = f"{line.run} {line.called}" if line.called else line.run
    return [inert(run), line.day, line.note, inert(line.text) + _warned(line.warnings)]


def _best(line: Best) -> list[str]:
    where = "/".join(part for part in (line.workspace, line.stage) if part)
    split = f" ({line.split})" if line.split and line.split != "other" else ""
    run = f"{line.run} {inert(line.called)}" if line.called else line.run
    said = [line.direction + ("?" if line.guessed else ""), f"among {line.among}"]
    said += [f"judged {line.verdict}"] if line.verdict else []
    said += [_sure(line.sure)] if line.sure is not None else []
    said += [f"newest {number(line.newest.value)} ({line.newest.run})"] if line.newest else []
    said += [line.course] if line.course else []
    said += [f"regression: {inert('; '.join(line.regressions))}"] if line.regressions else []
    return [
        f"{inert(line.metric)}{split}",
        inert(where),
        number(line.value),
        run,
        ", ".join(said) + _warned(line.warnings),
    ]


def _sure(sure: Sure) -> str:
    spread = f" {number(sure.mean)} ± {number(sure.sd)}" if sure.sd is not None else ""
    seeds = f"{count(sure.seeds, 'seed')}{spread}"
    if sure.than is None:
        return seeds
    more = f", {sure.more_seeds} more seeds of each would tell" if sure.more_seeds else ""
    said = {"established": "established", "unknown": "unknown"}
    return f"{seeds}, better than {sure.than}: {said.get(sure.standing, 'not established')}{more}"


def _due(due: Awaiting) -> list[str]:
    more = f" and {due.count - len(due.runs)} more" if due.count > len(due.runs) else ""
    return [due.workspace, ", ".join(due.runs) + more]


def _avoid(line: Avoid) -> list[str]:
    given = ", ".join(f"{inert(name)}={'|'.join(map(inert, values))}" for name, values in line.settings.items())
    often = f" {line.times} times" if line.times > 1 else ""
    tried = given or inert(line.tried)
    why = f": {inert(line.why)}" if line.why else ""
    return [", ".join(map(inert, [*line.refs, *line.called])), line.kind + often, f"{tried}{why}"]


def _untested(line: Untested) -> list[str]:
    ref = f"{line.ref} {inert(line.called)}" if line.called else line.ref
    return [ref, line.kind, inert(line.text)]


def _note(line: NoteBrief) -> list[str]:
    of = ", ".join(map(inert, line.about)) or line.workspace or ""
    because = f" (because of {', '.join(map(inert, line.because))})" if line.because else ""
    instead = f" (instead of {', '.join(map(inert, line.instead_of))})" if line.instead_of else ""
    return [
        line.note or "",
        line.day,
        inert(line.by),
        of,
        f"{inert(line.text)}{because}{instead}{_warned(line.warnings)}",
    ]


def _place(line: WorkspaceLine) -> str:
    place = f"in workspaces/{line.slot}" if line.slot else "not mounted"
    if not line.dirty:
        return place
    return f"{place}, rolled back to {line.same_as.partition('@')[2]}" if line.same_as else f"{place}, edited"


def _source(line: SourceLine) -> list[str]:
    return [line.ref, line.type, size(line.size), "found changed: goldfish source check" if line.changed else ""]


def _counts(counts: Counts) -> str:
    runs = {name: getattr(counts, name) for name in ("succeeded", "failed", "cancelled", "lost", "parked", "imported")}
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
