"""The sections of STATE.md about what holds now."""

from __future__ import annotations

from goldfish.projections.projector import View
from goldfish.queries.best import best_of_workspaces
from goldfish.queries.lines import RunLine
from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.state_words import day, named, number, time
from goldfish.queries.status import Status, WorkspaceLine
from goldfish.queries.thoughts import ThoughtLine


def goal(answer: Status) -> Section:
    """What the project is for."""
    return Section("Goal", [inert(answer.goal, 400)] if answer.goal else ["None is set: `goldfish goal TEXT`."])


def invariants(answer: Status) -> Section:
    """What nobody is to change."""
    lines = [f"{line.number}. {inert(line.text, 200)}" for line in answer.invariants]
    return Section("Never to be changed", lines, how="goldfish invariant list")


def under_way(answer: Status) -> Section:
    """What runs now, or waits for somebody."""
    parked = [run for run in answer.results if run.state == "parked"]
    lines = [f"- {_run(run)}" for run in [*answer.under_way, *parked]] or ["Nothing."]
    total = answer.counts.under_way + answer.counts.parked
    return Section("Under way", lines, total, "goldfish history --outcome running")


def _run(run: RunLine) -> str:
    why = f" {inert(run.cause, 100)}; tried:" if run.state == "parked" and run.cause else ""
    return f"{run.run} ({run.version}, {run.state}, since {time(run.requested_at)}):{why} {inert(run.description, 140)}"


def workspaces(view: View, answer: Status) -> Section:
    """Where each line of code stands: its latest version, where it is edited, its best run."""
    best = {
        name: (found.metric, found.value, found.run)
        for name, found in best_of_workspaces(view, [line.workspace for line in answer.workspaces]).items()
    }
    best |= {line.workspace: (line.metric, line.best.value, line.best.run) for line in reversed(answer.trends)}
    lines = []
    for line in answer.workspaces:
        found = best.get(line.workspace)
        result = f"; best {inert(found[0], 40)} {number(found[1])} ({found[2]})" if found else ""
        goal = f": {inert(line.goal, 100)}" if line.goal else ""
        lines.append(f"- {named(line.version, line.tags)}, {_place(line)}{result}{goal}")
    none = ["None: `goldfish create NAME`."]
    return Section("Workspaces", lines or none, answer.counts.workspaces, "goldfish status")


def _place(line: WorkspaceLine) -> str:
    place = f"in workspaces/{line.slot}" if line.slot else "not mounted"
    if not line.dirty:
        return place
    return f"{place}, {f'rolled back to {line.same_as}' if line.same_as else 'with recorded edits that are not saved'}"


def decisions(answer: Status) -> Section:
    """What was decided and holds, with what it rests on."""
    lines = [f"- {line.note} ({_rests(line)}): {inert(line.text, 240)}" for line in answer.decisions]
    return Section("Standing decisions", lines, answer.counts.decisions, "goldfish thoughts --kind decision")


def _rests(line: ThoughtLine) -> str:
    parts = [("because of", line.because), ("instead of", line.instead_of), ("about", line.about)]
    said = [f"{word} {_refs(refs)}" for word, refs in parts if refs]
    return ", ".join([day(line.recorded_at), *([f"in {line.workspace}"] if line.workspace else []), *said])


def _refs(refs: list[str]) -> str:
    more = f" and {len(refs) - 4} more" if len(refs) > 4 else ""
    return ", ".join(inert(ref, 60) for ref in refs[:4]) + more


def hypotheses(answer: Status) -> Section:
    """What waits to be found right or wrong."""
    lines = [f"- {line.note} ({_rests(line)}): {inert(line.text, 200)}" for line in answer.hypotheses]
    return Section("Open hypotheses", lines, answer.counts.hypotheses, "goldfish hypothesis list")


def tags(answer: Status) -> Section:
    """Names that people gave to versions and runs."""
    lines = [f"- {inert(line.tag, 70)}: {inert(line.target, 80)}" for line in answer.tags]
    return Section("Tags", lines, answer.counts.tags, "goldfish tags")


def sources(answer: Status) -> Section:
    """Data from outside."""
    lines = []
    for source in answer.sources:
        changed = ". Found changed in place, and refused to runs: `goldfish source check`" if source.changed else ""
        lines.append(f"- {source.ref}, {source.type}, {source.size} bytes{changed}")
    return Section("Sources", lines, answer.counts.sources, "goldfish status")
