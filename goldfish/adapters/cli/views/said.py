"""What commands say when they have done something: one sentence, then what may come next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert, inert_lines
from goldfish.adapters.cli.views.tried import came_to, near_said
from goldfish.adapters.cli.views.wording import COLORS, cause, count, size

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.answers import (
        CancelAnswer,
        LogAnswer,
        RunAnswer,
        SyncAnswer,
        VersionAnswer,
        WorkspaceAnswer,
    )
    from goldfish.domain.values import Skipped

NEXT_STEPS = (
    ("goldfish create baseline --goal TEXT", "begin a workspace"),
    ("goldfish mount baseline", "edit its files in workspaces/baseline: pipeline.yaml, modules/, configs/"),
    ("goldfish source add NAME PATH", "bring data in"),
    ('goldfish run baseline --reason "…" --wait', "run its pipeline"),
)


def say(text: str, *steps: str) -> None:
    """A sentence, and the commands that may follow it."""
    click.echo(text)
    for step in steps:
        click.echo(click.style("next: ", fg="cyan") + step)


def begun(answer: Mapping[str, JsonValue]) -> None:
    """After init."""
    say(f"A project begins in {inert(answer['project'])}.")
    width = max(len(command) for command, _ in NEXT_STEPS)
    for command, what in NEXT_STEPS:
        click.echo(f"  {command.ljust(width)}  {what}")


def created(answer: WorkspaceAnswer) -> None:
    """After create."""
    base = f" with the files of {answer.base}" if answer.base else ""
    if answer.saved:
        say(f"Unsaved edits were saved as {answer.saved} first.")
    say(f"The workspace {answer.workspace} begins as {answer.latest}{base}.", f"goldfish mount {answer.workspace}")


def mounted(answer: WorkspaceAnswer) -> None:
    """After mount."""
    name = answer.workspace
    say(f"{answer.latest} is in {inert(answer.path)}.", f'goldfish run {name} --reason "…"', f"goldfish diff {name}")


def synced(answer: SyncAnswer) -> None:
    """After sync."""
    what = "Recorded" if answer.changed else "Nothing changed in"
    say(f"{what} {count(answer.files, 'file')} of {answer.workspace}, tree {answer.tree[:12]}.")
    if answer.is_dirty:
        say(f"They differ from {answer.latest}.", f'goldfish save {answer.workspace} -m "…"')
    _name_skipped(answer.skipped)


def version_saved(answer: VersionAnswer) -> None:
    """After save."""
    say(f"Saved {answer.version}: {inert(answer.message)}")
    _name_skipped(answer.skipped)


def rolled_back(answer: WorkspaceAnswer) -> None:
    """After rollback."""
    kept = f" What was there is kept as {answer.kept_as}." if answer.kept_as else ""
    back = answer.restored or answer.latest
    say(f"The files of {answer.workspace} are those of {back} again.{kept}")


def unmounted(answer: WorkspaceAnswer) -> None:
    """After unmount."""
    unsaved = " Recorded edits that are no version yet come back with it." if answer.is_dirty else ""
    say(f"{answer.workspace} is unmounted.{unsaved}", f"goldfish mount {answer.workspace}")


def requested(answer: RunAnswer, *, following: bool = False) -> None:
    """After run: the run that was started, or the earlier one that makes it needless."""
    if answer.tried is None:
        steps = () if following else (f"goldfish wait {answer.run}", f"goldfish logs {answer.run}")
        say(f"{answer.run} of {answer.version}: {', '.join(answer.stages)}", *steps)
        near_said(answer.near)
        return
    tried = answer.tried
    ended = "is under way" if tried.outcome is None else click.style(_ENDED[tried.outcome], fg=COLORS[tried.outcome])
    why = cause(tried.outcome, tried.cause)
    differs = ", ".join(inert(d) for d in tried.differs) or "nothing"
    because = f": {why}" if why else ""
    say(f'tried as {tried.run}, which {ended}{because}. What differs: {differs}. To repeat it: --rerun "WHY"')
    came_to(tried)


_ENDED = {"succeeded": "succeeded", "failed": "failed", "cancelled": "was cancelled", "lost": "was lost"}


def cancelled(answer: CancelAnswer) -> None:
    """After cancel."""
    say(f"{answer.run} ends: {inert(answer.reason)}", f"goldfish wait {answer.run.partition('/')[0]}")


def printed(answers: list[LogAnswer]) -> None:
    """The logs; a headline where there are several."""
    for answer in answers:
        if len(answers) > 1 or answer.truncated:
            part = ", the last lines" if answer.truncated else ""
            click.echo(click.style(f"── {answer.execution} ({size(answer.bytes)}{part})", dim=True))
        if answer.text:
            click.echo(inert_lines(answer.text))
    if answers and not any(answer.text for answer in answers):
        names = ", ".join(answer.execution for answer in answers)
        click.echo(f"{names} printed nothing until now.", err=True)


def _name_skipped(skipped: list[Skipped]) -> None:
    for entry in skipped[:20]:
        click.echo(f"  left out {inert(entry.path)}: {inert(entry.why)}")
    if len(skipped) > 20:
        click.echo(f"  and {len(skipped) - 20} more left out")
