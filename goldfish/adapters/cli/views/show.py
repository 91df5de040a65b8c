"""Everything about one thing, in sections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views import findings, notes, results, sources
from goldfish.adapters.cli.views.history import runs
from goldfish.adapters.cli.views.show_run import execution, run
from goldfish.adapters.cli.views.terminal import facts, heading, put, row, table, text
from goldfish.adapters.cli.views.wording import moment

if TYPE_CHECKING:
    from goldfish.queries.lines import RunLine
    from goldfish.queries.show import Story
    from goldfish.queries.sources import SourceStory
    from goldfish.queries.thoughts import ThoughtLine
    from goldfish.queries.workspace_story import VersionStory, WorkspaceStory


def story(answer: Story) -> None:
    """The story of whatever was asked for."""
    match answer.kind:
        case "run":
            run(answer)
        case "execution":
            execution(answer)
        case "workspace":
            _workspace(answer)
        case "version":
            _version(answer)
        case "source":
            _source(answer)
        case "note":
            notes.story(answer)
        case "finding":
            findings.story(answer)
        case _:
            assert_never(answer.kind)


def _workspace(answer: WorkspaceStory) -> None:
    put(text(answer.workspace, "bold"))
    place = f"workspaces/{answer.slot}" + (", edited since its latest version" if answer.dirty else "")
    made = f"{moment(answer.created_at)} by {answer.created_by}"
    put(
        facts(
            [
                ("goal", answer.goal),
                ("from", answer.base),
                ("deleted", answer.deleted),
                ("branches", ", ".join(answer.branches)),
                ("mounted in", place if answer.slot else None),
                ("created", made),
            ]
        )
    )
    heading("versions")
    listed = table("version", "tags", "saved", "by", "message", yielding=["tags", "message"])
    for line in answer.versions:
        message = line.message if line.pruned is None else f"{line.message} (pruned: {line.pruned})"
        row(listed, line.version, ", ".join(line.tags), moment(line.saved_at), line.actor, message)
    put(listed)
    for due in answer.awaiting:
        put("", text(results.waiting(due), "yellow"))
    _rest(answer.runs, answer.thoughts, answer.left_out)


def _version(answer: VersionStory) -> None:
    line = answer.version
    put(text(line.version, "bold"))
    findings.cautions(answer.warnings)
    saved = f"{moment(line.saved_at)} by {line.actor} ({line.saved_by})"
    put(
        facts(
            [
                ("tags", ", ".join(line.tags)),
                ("pruned", line.pruned),
                ("message", line.message),
                ("saved", saved),
                ("tree", line.tree),
                ("position", line.position),
            ]
        )
    )
    _rest(answer.runs, answer.thoughts, answer.left_out)


def _source(answer: SourceStory) -> None:
    findings.cautions(answer.warnings)
    sources.story(answer)
    _rest(answer.runs, [], answer.left_out)


def _rest(lines: Sequence[RunLine], kept: Sequence[ThoughtLine], left_out: Sequence[str]) -> None:
    if lines:
        heading("runs")
        put(runs(lines))
    notes.notes(kept)
    for line in left_out:
        click.echo(f"left out: {inert(line)}")
