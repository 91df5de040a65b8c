"""Thoughts, hypotheses, claims and decisions, as they are logged and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.claims import standing
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.wording import moment

if TYPE_CHECKING:
    from rich.console import RenderableType

    from goldfish.api.answers import ThoughtAnswer
    from goldfish.api.claims import ClaimAnswer
    from goldfish.queries.show import NoteStory
    from goldfish.queries.thoughts import ThoughtLine, Thoughts

COLORS: Final = {"supported": "green", "standing": "green", "refuted": "red", "open": "cyan"}
_ENDED: Final = {"superseded": "superseded by", "withdrawn": "withdrawn because"}


def kept(answer: ThoughtAnswer) -> None:
    """After think, decide, claim and hypothesis add."""
    of = f" about {_names(answer.about)}" if answer.about else ""
    because = f", because of {_names(answer.because)}" if answer.because else ""
    ends = f" It supersedes {_names(answer.superseded)}." if answer.superseded else ""
    resolving = f"goldfish hypothesis resolve {answer.note} supported|refuted|abandoned --evidence RUN"
    steps = [resolving] if answer.kind == "hypothesis" else []
    say(f"Kept as {answer.note or 'a thought'}{of}{because}.{ends}", *steps)


def claimed(answer: ClaimAnswer) -> None:
    """After claim."""
    kept(answer)
    standing(answer.standing)


def changed(answer: ThoughtAnswer) -> None:
    """After what changes a note."""
    shown = f", shown by {_names(answer.evidence)}" if answer.evidence else ""
    say(f"{answer.note} is {answer.state}{shown}: {inert(answer.text)}")


def page(answer: Thoughts) -> None:
    """A page of notes, and how to ask for the next."""
    from goldfish.adapters.cli.views.terminal import put

    if not answer.notes:
        click.echo("Nothing matches.")
        return
    put(*_blocks(answer.notes)[1:])
    if answer.more is not None:
        click.echo(f"\n{answer.matching} match. The next page: --before {answer.more}")


def notes(lines: Sequence[ThoughtLine]) -> None:
    """The notes about something, newest first."""
    from goldfish.adapters.cli.views.terminal import heading, put

    if lines:
        heading("thoughts, hypotheses, claims, decisions")
        put(*_blocks(lines)[1:])


def story(answer: NoteStory) -> None:
    """A note, how it came to read as it does, and what was noted about it."""
    from goldfish.adapters.cli.views.terminal import heading, put, row, table

    put(*_blocks([answer.note])[1:])
    if answer.standing is not None:
        from goldfish.adapters.cli.views.claims import standing

        standing(answer.standing)
    if len(answer.history) > 1:
        heading("history")
        told = table("position", "when", "who", "what", right=["position"], yielding=["what"])
        for line in answer.history:
            row(told, line.position, moment(line.recorded_at), line.actor, line.summary)
        put(told)
    notes(answer.thoughts)


def _blocks(lines: Sequence[ThoughtLine]) -> list[RenderableType]:
    from goldfish.adapters.cli.views.terminal import block, text

    made: list[RenderableType] = []
    for line in lines:
        head = text(line.note or "thought", "bold") + text(f"  {line.state}", COLORS.get(line.state, "dim"))
        made += [
            "",
            head + text(f"  {moment(line.recorded_at)} {line.actor}{_of(line)}", "dim"),
            block(_own(line.text)),
        ]
        if line.ended or line.evidence:
            why = f"{_ENDED.get(line.state, line.state + ':')} {line.ended or ''}".strip()
            shown = f" ({', '.join(line.evidence)})" if line.evidence else ""
            made.append(text(why + shown, COLORS.get(line.state, "dim")))
        made += [text(f"warning: {one.finding}: {one.reason} ({one.why})", "red") for one in line.warnings]
    return made


def _of(line: ThoughtLine) -> str:
    parts = [("in", [line.workspace] if line.workspace else []), ("about", line.about)]
    parts += [("because of", line.because), ("instead of", line.instead_of)]
    return "".join(f", {word} {', '.join(refs)}" for word, refs in parts if refs)


def _names(refs: Sequence[str]) -> str:
    return ", ".join(inert(ref) for ref in refs)


def _own(words: str) -> str:
    """Words of several lines, set in after the first: none of them can pass for the head of another note."""
    return words.replace("\n", "\n  ")
