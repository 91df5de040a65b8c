"""The sections of STATE.md about what holds now."""

from __future__ import annotations

from goldfish.queries.bearings import Bearings
from goldfish.queries.brief import NoteBrief, RunBrief
from goldfish.queries.markdown import inert
from goldfish.queries.page import Section
from goldfish.queries.state_words import named, warned
from goldfish.queries.status_lines import Status, WorkspaceLine


def goal(answer: Status) -> Section:
    """What the project is for."""
    return Section("Goal", [inert(answer.goal, 400)] if answer.goal else ["None is set: `goldfish goal TEXT`."])


def invariants(answer: Status) -> Section:
    """What nobody is to change."""
    lines = [f"{line.number}. {inert(line.text, 200)}" for line in answer.invariants]
    return Section("Never to be changed", lines, how="goldfish invariant list", weight=4)


def findings(found: Bearings) -> Section:
    """What was found out to be bad."""
    lines = [f"- {line.finding} ({line.day}): {inert(line.reason)}" for line in found.status.findings]
    return Section("Found to be bad", lines, found.totals["findings"], "goldfish findings", 2)


def under_way(found: Bearings) -> Section:
    """What runs now, or waits for somebody."""
    lines = [f"- {_run(run)}" for run in found.status.under_way] or ["Nothing."]
    return Section("Under way", lines, found.totals["under_way"], "goldfish history --outcome running")


def _run(run: RunBrief) -> str:
    why = f" {inert(run.why, 100)}; tried:" if run.why else ""
    return f"{run.run} ({run.version}, {run.state}, since {run.since} UTC):{why} {inert(run.tried, 140)}"


def following(answer: Status) -> Section:
    """What may be done next."""
    return Section("Next", [f"- {step}" for step in answer.next], weight=2)


def workspaces(found: Bearings) -> Section:
    """Where each line of code stands: its latest version, and where it is edited."""
    lines = []
    for line in found.status.workspaces:
        goal = f": {inert(line.goal, 100)}" if line.goal else ""
        lines.append(f"- {named(line.version, line.tags)}, {_place(line)}{goal}")
    none = ["None: `goldfish create NAME`."]
    return Section("Workspaces", lines or none, found.totals["workspaces"], "goldfish status --budget 8000")


def _place(line: WorkspaceLine) -> str:
    place = f"in workspaces/{line.slot}" if line.slot else "not mounted"
    if not line.dirty:
        return place
    return f"{place}, {f'rolled back to {line.same_as}' if line.same_as else 'with recorded edits that are not saved'}"


def decisions(found: Bearings) -> Section:
    """What was decided and holds, with what it rests on: first of all what others are compared with."""
    lines = []
    for line in found.status.baseline:
        run = f"{line.run} ({inert(line.called, 60)})" if line.called else inert(line.run, 60)
        lines.append(f"- {line.note} ({line.day}), the baseline is {run}: {inert(line.text)}{warned(line.warnings)}")
    lines += [
        f"- {line.note} ({_rests(line)}): {inert(line.text, 240)}{warned(line.warnings)}"
        for line in found.status.decisions
    ]
    total = found.totals["decisions"] + len(found.status.baseline)
    return Section("Standing decisions", lines, total, "goldfish thoughts --kind decision", 2)


def _rests(line: NoteBrief) -> str:
    parts = [("because of", line.because), ("instead of", line.instead_of), ("about", line.about)]
    said = [f"{word} {', '.join(inert(ref, 60) for ref in refs)}" for word, refs in parts if refs]
    return ", ".join([line.day, *([f"in {line.workspace}"] if line.workspace else []), *said])


def untested(found: Bearings) -> Section:
    """What nobody has tried yet."""
    lines = []
    for line in found.status.untested:
        match line.kind:
            case "hypothesis":
                lines.append(f"- {line.ref} ({line.day}), open: {inert(line.text)}")
            case "step":
                lines.append(f"- proposed after {line.ref}: {inert(line.text, 160)}")
            case "run":
                called = f" ({inert(line.called, 60)})" if line.called else ""
                lines.append(f"- {line.ref}{called}, recorded and not ended: {inert(line.text)}")
            case _:
                lines.append(f"- {line.ref}: {_with_command(line.text)}")
    return Section("Untested", lines, found.totals["untested"], "goldfish hypothesis list", 2)


def _with_command(text: str) -> str:
    """Words of somebody, and a command of ours after them, which is to be copied."""
    said, sign, command = text.rpartition(": `")
    return f"{inert(said, 120)}{sign}{command}"


def tags(found: Bearings) -> Section:
    """Names that people gave to versions and runs."""
    lines = [f"- {inert(line.tag, 70)}: {inert(line.target, 80)}" for line in found.status.tags]
    return Section("Tags", lines, found.totals["tags"], "goldfish tags")


def sources(found: Bearings) -> Section:
    """Data from outside."""
    lines = []
    for source in found.status.sources:
        changed = ". Found changed in place, and refused to runs: `goldfish source check`" if source.changed else ""
        lines.append(f"- {source.ref}, {source.type}, {source.size} bytes{changed}")
    return Section("Sources", lines, found.totals["sources"], "goldfish source list")
