"""Commands around what people and agents think, suppose and decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from goldfish.adapters.cli.completing import decisions_and_thoughts, hypotheses, notes
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import (
    as_of_option,
    command_id,
    command_options,
    reference_option,
    references_option,
    workspace_option,
)

if TYPE_CHECKING:
    from goldfish.domain.notes import NoteKind, NoteState, Resolution

F = TypeVar("F", bound=Callable[..., Any])

KINDS = ("thought", "hypothesis", "claim", "decision")
STATES = ("kept", "open", "supported", "refuted", "abandoned", "standing", "superseded", "withdrawn")
RESOLUTIONS = ("supported", "refuted", "abandoned")

about_option = references_option("--about", help="What it is about: run-12, baseline@v3 … May be given again.")


def page_options(function: F) -> F:
    """Which page of a list."""
    limit = click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most.")
    before = click.option(
        "--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more."
    )
    since = click.option(
        "--since", type=click.IntRange(0), metavar="POSITION", help="Only those that changed after this position."
    )
    return limit(before(since(function)))


@click.command()
@click.argument("text")
@workspace_option("The workspace that it belongs to.")
@about_option
@command_id
@command_options
@pass_invocation
def think(
    invocation: Invocation, text: str, workspace: str | None, about: tuple[str, ...], command_id: str | None
) -> None:
    """Keep a thought, of the project, of a workspace or about a run.

    \b
    goldfish think "Above lr 0.3 the loss explodes within 5 epochs" --about run-12
    """
    from goldfish.adapters.cli.views.notes import kept

    found = invocation.goldfish()
    invocation.answer(found.log_thought(text, workspace=workspace, about=about, command_id=command_id), kept)


@click.command()
@click.argument("text")
@references_option("--because", help="What it rests on: run-12, hypothesis-2 … May be given again.")
@references_option("--instead-of", help="What was not chosen; an earlier decision is superseded. May be given again.")
@workspace_option("The workspace that it belongs to.")
@about_option
@command_id
@command_options
@pass_invocation
def decide(
    invocation: Invocation,
    text: str,
    because: tuple[str, ...],
    instead_of: tuple[str, ...],
    workspace: str | None,
    about: tuple[str, ...],
    command_id: str | None,
) -> None:
    """Keep a decision, and what it rests on.

    \b
    goldfish decide "Go on with warm-up" --because run-12 --instead-of run-9
    goldfish decide "Go on without warm-up" --because run-20 --instead-of decision-1
    """
    from goldfish.adapters.cli.views.notes import kept

    answer = invocation.goldfish().log_decision(
        text, because=because, instead_of=instead_of, workspace=workspace, about=about, command_id=command_id
    )
    invocation.answer(answer, kept)


@click.group()
def hypothesis() -> None:
    """Keep what is to be found right or wrong, and say what became of it."""


@hypothesis.command()
@click.argument("text")
@workspace_option("The workspace that it belongs to.")
@about_option
@command_id
@command_options
@pass_invocation
def add(
    invocation: Invocation, text: str, workspace: str | None, about: tuple[str, ...], command_id: str | None
) -> None:
    """Keep a hypothesis. It is open until it is resolved.

    \b
    goldfish hypothesis add "Warm-up tames a rate of 3" --about run-9
    """
    from goldfish.adapters.cli.views.notes import kept

    found = invocation.goldfish()
    invocation.answer(found.log_hypothesis(text, workspace=workspace, about=about, command_id=command_id), kept)


@hypothesis.command()
@click.argument("hypothesis", shell_complete=hypotheses)
@click.argument("resolution", type=click.Choice(RESOLUTIONS))
@click.option("--text", "-m", metavar="TEXT", help="Why, in a sentence.")
@references_option("--evidence", help="What shows it: run-12, run-12/train … May be given again.")
@command_id
@command_options
@pass_invocation
def resolve(
    invocation: Invocation,
    hypothesis: str,
    resolution: Resolution,
    text: str | None,
    evidence: tuple[str, ...],
    command_id: str | None,
) -> None:
    """Say that a hypothesis is supported, refuted or abandoned. Later evidence may change it.

    \b
    goldfish hypothesis resolve hypothesis-2 refuted --evidence run-12 -m "It diverged all the same"
    """
    from goldfish.adapters.cli.views.notes import changed

    answer = invocation.goldfish().resolve_hypothesis(
        hypothesis, resolution, text, evidence=evidence, command_id=command_id
    )
    invocation.answer(answer, changed)


@hypothesis.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that are resolved.")
@page_options
@as_of_option
@command_options
@pass_invocation
def listed(
    invocation: Invocation, everything: bool, limit: int, before: int | None, since: int | None, as_of: str | None
) -> None:
    """List the open hypotheses, newest first.

    \b
    goldfish hypothesis list --all
    """
    from goldfish.adapters.cli.views.notes import page

    state: NoteState | None = None if everything else "open"
    answer = invocation.questions().thoughts(
        kind="hypothesis", state=state, limit=limit, before=before, since=since, as_of=as_of
    )
    invocation.answer(answer, page)


@click.command()
@click.option("--search", "-s", metavar="WORDS", help="Those that hold these words, best first.")
@click.option("--kind", type=click.Choice(KINDS), help="Only of this kind.")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand so.")
@reference_option("--about", help="Only about this, a part of it, or resting on it.")
@workspace_option("Only those that were logged in this workspace.")
@page_options
@as_of_option
@command_options
@pass_invocation
def thoughts(
    invocation: Invocation,
    search: str | None,
    kind: NoteKind | None,
    state: NoteState | None,
    about: str | None,
    workspace: str | None,
    limit: int,
    before: int | None,
    since: int | None,
    as_of: str | None,
) -> None:
    """List thoughts, hypotheses and decisions, newest first, or search them.

    \b
    goldfish thoughts --search "warm-up diverges"
    goldfish thoughts --kind decision --about run-12
    """
    from goldfish.adapters.cli.views.notes import page

    answer = invocation.questions().thoughts(
        search=search,
        kind=kind,
        state=state,
        about=about,
        workspace=workspace,
        limit=limit,
        before=before,
        since=since,
        as_of=as_of,
    )
    invocation.answer(answer, page)


@click.group()
def note() -> None:
    """Say a thought, a hypothesis or a decision in other words, or take it back."""


@note.command()
@click.argument("note", shell_complete=notes)
@click.argument("text")
@references_option("--about", help="What it is about from now on. May be given again.")
@command_id
@command_options
@pass_invocation
def amend(invocation: Invocation, note: str, text: str, about: tuple[str, ...], command_id: str | None) -> None:
    """Say it in other words; the earlier ones stay in its history.

    \b
    goldfish note amend thought-7 "Above lr 0.4 the loss explodes"
    """
    from goldfish.adapters.cli.views.notes import changed

    answer = invocation.goldfish().amend_note(note, text, about=about or None, command_id=command_id)
    invocation.answer(answer, changed)


@note.command()
@click.argument("note", shell_complete=decisions_and_thoughts)
@click.option("--reason", metavar="TEXT", required=True, help="Why it holds no more.")
@command_id
@command_options
@pass_invocation
def withdraw(invocation: Invocation, note: str, reason: str, command_id: str | None) -> None:
    """Take back a thought or a decision. It stays in the ledger, with the reason.

    \b
    goldfish note withdraw decision-3 --reason "run-12 had read the wrong data"
    """
    from goldfish.adapters.cli.views.notes import changed

    invocation.answer(invocation.goldfish().withdraw_note(note, reason, command_id=command_id), changed)
