"""STATE.md: the project's memory on one page, for people and for agents that have just started."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from goldfish.projections.projector import View
from goldfish.queries.lines import ActivityLine, RunLine, activity
from goldfish.queries.markdown import inert
from goldfish.queries.status import Status, status
from goldfish.queries.thoughts import ThoughtLine

ACTIVITY = 15


def state_document(view: View, answer: Status | None = None) -> tuple[str, int]:
    """The text of STATE.md, and the position that it shows. The first line says the position to programs.

    `answer` is the view's status, where it is known already.
    """
    answer = answer or status(view)
    lines = [
        f"<!-- goldfish position {view.position} -->",
        f"# {inert(answer.project) or 'A goldfish project'}",
        "",
        f"As of position {view.position}. goldfish writes this page from its ledger at every change: edits are lost.",
        *_section("Goal", [inert(answer.goal, 2_000)] if answer.goal else ["None is set: `goldfish goal TEXT`."]),
        *_section("Never to be changed", [f"{line.number}. {inert(line.text, 500)}" for line in answer.invariants]),
        *_section("Under way", [f"- {_run(run)}" for run in answer.under_way] or ["Nothing."]),
        *_section("Results", list(_results(answer)) or ["No run has ended yet."]),
        *_section("Best", list(_best(answer))),
        *_section("Failures not to repeat", list(_failures(answer))),
        *_section("Workspaces", list(_workspaces(answer)) or ["None: `goldfish create NAME`."]),
        *_section("Tags", [f"- {line.tag}: {line.target}" for line in answer.tags]),
        *_section("Sources", [f"- {source.ref}, {source.type}, {source.size} bytes" for source in answer.sources]),
        *_section("Thoughts", [_thought(thought) for thought in answer.thoughts]),
        *_section("Activity", [_event(line) for line in activity(view, ACTIVITY)]),
        *_section("More", [f"- {line}" for line in answer.left_out]),
    ]
    return "\n".join(lines) + "\n", view.position


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _results(answer: Status) -> Iterator[str]:
    if answer.results:
        yield "| run | version | outcome | what was tried | metrics | why it ended |"
        yield "|---|---|---|---|---|---|"
    for run in answer.results:
        metrics = ", ".join(f"{inert(name, 40)} {_number(value)}" for name, value in run.metrics.items())
        cells = [
            _tagged(run.run, run.tags),
            run.version,
            run.outcome or run.state,
            inert(run.description),
            metrics,
            inert(run.cause or ""),
        ]
        yield "| " + " | ".join(cells) + " |"


def _best(answer: Status) -> Iterator[str]:
    for best in answer.best:
        found = f"{inert(best.metric, 60)}: {_number(best.value)}, {best.run} ({best.version}), among {best.among}"
        yield f"- {found} ({'smaller' if best.direction == 'minimize' else 'larger'} is better)"
    if answer.best:
        yield ""
        yield f"Shown is {answer.best_is}."


def _failures(answer: Status) -> Iterator[str]:
    for failure in answer.failures:
        settings = ", ".join(f"{inert(name, 60)}={inert(value, 40)}" for name, value in failure.settings.items())
        tried = f" with {settings}" if settings else ""
        often = f", {failure.times} times" if failure.times > 1 else ""
        yield f"- {failure.run} ({failure.version}{tried}{often}): {inert(failure.cause)}"


def _workspaces(answer: Status) -> Iterator[str]:
    for line in answer.workspaces:
        place = f"in workspaces/{line.slot}" if line.slot else "not mounted"
        edited = f", rolled back to {line.same_as}" if line.same_as else ", with recorded edits that are not saved"
        saved = edited if line.dirty else ""
        goal = f": {inert(line.goal)}" if line.goal else ""
        yield f"- {_tagged(line.version, line.tags)}, {place}{saved}{goal}"


def _tagged(name: str, tags: list[str]) -> str:
    return f"{name} [{', '.join(tags)}]" if tags else name


def _run(run: RunLine) -> str:
    return f"{run.run} ({run.version}, {run.state}, since {_time(run.requested_at)}): {inert(run.description)}"


def _thought(thought: ThoughtLine) -> str:
    about = ", ".join(thought.about) or thought.workspace
    subject = f" on {inert(about, 80)}" if about else ""
    return f"- {_time(thought.recorded_at)} {inert(thought.actor, 60)}{subject}: {inert(thought.text, 500)}"


def _event(line: ActivityLine) -> str:
    return f"- {_time(line.recorded_at)} {inert(line.actor, 60)} {inert(line.summary)}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.6g}"
