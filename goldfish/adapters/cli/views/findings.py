"""What was found out to be bad, and what it spoils."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.terminal import heading, put, row, table, text
from goldfish.adapters.cli.views.wording import count, moment

if TYPE_CHECKING:
    from goldfish.queries.affected import Affected
    from goldfish.queries.findings import FindingLine, Findings, FindingStory
    from goldfish.queries.warnings import Caution

SHOWN = 100  # lines of an answer


def spoilt(answer: Affected) -> None:
    """After affected: what is bad, and everything that depends on it."""
    if answer.finding is not None:
        say(
            f"Recorded as {answer.finding}: {inert(answer.reason)}",
            f'goldfish finding withdraw {answer.finding} --reason "…"',
        )
    for condition in answer.understood:
        click.echo(f"looked for: {inert(condition)}")
    for part in answer.not_understood:
        click.echo(click.style("not used: ", fg="yellow") + inert(part))
    _lines(answer)


def page(answer: Findings) -> None:
    """A page of findings, and how to ask for the next."""
    if not answer.findings:
        click.echo("Nothing was found out to be bad.")
        return
    made = table(
        "finding", "state", "since", "who", "spoils", "what is wrong", yielding=["what is wrong"], least=["who"]
    )
    for line in answer.findings:
        color = "red" if line.state == "standing" else "dim"
        at = moment(line.recorded_at)
        row(
            made,
            text(line.finding, "bold"),
            text(line.state, color),
            at,
            line.actor,
            _counted(line.affects),
            line.reason,
        )
    put(made)
    if answer.more is not None:
        click.echo(f"{answer.matching} match. The next page: --before {answer.more}")


def story(answer: FindingStory) -> None:
    """A finding, and everything that it spoils now."""
    _head(answer.finding)
    _lines(answer.affected)


def withdrawn(answer: FindingStory) -> None:
    """After finding withdraw."""
    say(f"{answer.finding.finding} is withdrawn. Nothing carries its warning any more.")


def cautions(warnings: Sequence[Caution]) -> None:
    """What is to be known of something before it is used."""
    for one in warnings:
        put(text("warning: ", "bold red") + text(f"{one.finding}: {one.reason} ({one.why})", "red"))


def _head(line: FindingLine) -> None:
    put(text(line.finding, "bold") + text(f"  {line.state}", "red" if line.state == "standing" else "dim"))
    put(text(f"{moment(line.recorded_at)} {line.actor}", "dim"), text(line.reason))
    for condition in line.says:
        put(text(f"  {condition}", "dim"))
    if line.ended:
        put(text(f"withdrawn because {line.ended}", "dim"))


def _lines(answer: Affected) -> None:
    if not answer.lines:
        click.echo("Nothing depends on it.")
    else:
        heading(_counted(answer.counts))
        made = table("kind", "what", "why", yielding=["why"])
        for line in answer.lines[:SHOWN]:
            named = line.id if line.id == line.ref else f"{line.id} ({line.ref})"
            row(made, line.kind, text(named, "bold"), line.why)
        put(made)
        if len(answer.lines) > SHOWN:
            click.echo(f"{len(answer.lines) - SHOWN} more: --json")
    if answer.unsure:
        names = ", ".join(inert(one) for one in answer.unsure[:SHOWN])
        click.echo(f"Nobody knows how much seeds change {names}: run more of them.")


def _counted(counts: dict[str, int]) -> str:
    many = {"hypothesis": "hypotheses"}
    said = [f"{n} {many.get(kind, kind + 's')}" if n != 1 else count(1, kind) for kind, n in counts.items()]
    return ", ".join(said) or "nothing"
