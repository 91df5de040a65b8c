"""What commands around versions, tags, goals and undo say when they have done something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.light import columns
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.wording import moment

if TYPE_CHECKING:
    from goldfish.api.answers import WorkspaceAnswer
    from goldfish.api.code_answers import (
        GoalAnswer,
        InvariantAnswer,
        PruneAnswer,
        RestoreAnswer,
        TagAnswer,
        UndoAnswer,
        UndoLine,
    )
    from goldfish.queries.invariants import InvariantLine
    from goldfish.queries.tags import TagLine


def goal_set(answer: GoalAnswer) -> None:
    """After goal."""
    whose = f"The goal of {answer.workspace}" if answer.workspace else "The goal"
    say(f"{whose} is now: {inert(answer.goal)}" if answer.goal else f"{whose} is taken away.")


def invariant_added(answer: InvariantAnswer) -> None:
    """After invariant add."""
    already = "" if answer.position is not None else " already"
    say(f"Never to be changed{already}, number {answer.number}: {inert(answer.text)}")


def invariant_retired(answer: InvariantAnswer) -> None:
    """After invariant retire."""
    say(f"Number {answer.number} may be changed from now on: {inert(answer.text)}", "goldfish undo")


def invariants_listed(lines: Sequence[InvariantLine]) -> None:
    """The list of invariants."""
    if not lines:
        click.echo("Nothing is said to be never changed: goldfish invariant add TEXT")
    columns(
        [
            [
                str(line.number),
                inert(line.text) + (f" (retired: {inert(line.retired)})" if line.retired is not None else ""),
            ]
            for line in lines
        ]
    )


def tagged(answer: TagAnswer) -> None:
    """After tag and untag."""
    name, was = answer.tag, f", no longer to {answer.was}" if answer.was else ""
    if answer.target is None:
        say(f"The tag {name} is removed from {answer.was}.", "goldfish undo")
    elif answer.position is None:
        say(f"The tag {name} points to {answer.target} already.")
    else:
        say(f"The tag {name} points to {answer.target} now{was}.")


def tags_listed(lines: Sequence[TagLine]) -> None:
    """The list of tags."""
    if not lines:
        click.echo("There is no tag: goldfish tag NAME REF")
    columns([[line.tag, line.target, moment(line.set_at), inert(line.actor)] for line in lines])


def pruned(answer: PruneAnswer) -> None:
    """After prune."""
    say(f"Pruned {', '.join(answer.pruned)}.", f"goldfish show {answer.workspace} --pruned", "goldfish undo")
    for line in answer.stays:
        click.echo(f"  {line.version} stays: {inert(line.why)}")


def restored(answer: RestoreAnswer) -> None:
    """After restore."""
    what = answer.workspace if answer.undeleted else ", ".join(answer.versions)
    say(f"{what} {'is' if answer.undeleted or len(answer.versions) == 1 else 'are'} in the lists again.")


def deleted(answer: WorkspaceAnswer) -> None:
    """After delete."""
    say(
        f"{answer.workspace} is deleted: {inert(answer.deleted)}. Nothing of it is erased.",
        f"goldfish restore {answer.workspace}",
    )


def undone(answer: UndoAnswer) -> None:
    """After undo: how it was, and how it is."""
    for before, after in zip(answer.before, answer.after, strict=True):
        click.echo(click.style("before: ", fg="cyan") + inert(before))
        click.echo(click.style("now:    ", fg="cyan") + inert(after))
    if answer.kept_as:
        click.echo(f"Edits made since are kept as {', '.join(answer.kept_as)}.")
    say(f"Event {answer.undone} is undone.", "goldfish undo --list")


def can_be_undone(lines: Sequence[UndoLine]) -> None:
    """What can be undone, newest first."""
    if not lines:
        click.echo("There is nothing to undo.")
    for line in lines:
        click.echo(f"{line.position}  {moment(line.recorded_at)}  {inert(line.actor)}")
        for before, after in zip(line.before, line.after, strict=True):
            click.echo(f"  {inert(before)}\n  undone: {inert(after)}")
