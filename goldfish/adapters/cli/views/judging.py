"""What a run achieved: as the numbers say, and as somebody said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.light import columns
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.wording import COLORS, VERDICTS, number

if TYPE_CHECKING:
    from goldfish.api.answers import VerdictAnswer
    from goldfish.domain.results import Against, Proposal, StageResult


def proposed(answer: Proposal) -> None:
    """What the numbers say."""
    verdict = click.style(answer.verdict, fg=VERDICTS[answer.verdict], bold=True)
    click.echo(f"{answer.run} {click.style(answer.outcome, fg=COLORS[answer.outcome])}; proposed: {verdict}")
    click.echo(f"  {inert(answer.sentence)}")
    rows = [_row(result) for result in answer.results]
    columns(rows)


def judged(answer: VerdictAnswer) -> None:
    """What was recorded, and what speaks against it."""
    verdict = click.style(answer.verdict, fg=VERDICTS[answer.verdict], bold=True)
    numbers = ", ".join(f"{value.stage}: {inert(value.metric)} = {number(value.value)}" for value in answer.values)
    again = "" if answer.number == 1 else f" (judgement {answer.number})"
    say(f"{answer.run} is judged: {verdict}{again}" + (f"; {numbers}" if numbers else ""))
    for sentence in answer.contradictions:
        click.echo(click.style("against it: ", fg="yellow") + inert(sentence))
    for sentence in answer.other_values:
        click.echo(click.style("note: ", fg="yellow") + inert(sentence))


def beside(other: Against | None) -> str:
    """`+0.02 on run-3`; in brackets where the difference is within the tolerance."""
    if other is None:
        return ""
    gain = f"{other.gain:+.4g} on {other.run}"
    return gain if other.beyond else f"({gain})"


def _row(result: StageResult) -> list[str]:
    at = "" if result.step is None else f"step {result.step}"
    best = "" if result.best is None else f"best {number(result.best)} at step {result.best_step}"
    odd = f"{result.non_finite} of {result.points} not finite" if result.non_finite else ""
    baseline = f"{beside(result.baseline)} ({result.baseline.ref})" if result.baseline else ""
    secondary = [f"{inert(name)} {number(value)}" for name, value in result.secondary.items()]
    more = ", ".join(part for part in (best, odd, baseline, *secondary) if part)
    return [result.stage, f"{inert(result.metric)} ({result.split})", f"{result.pick} {number(result.value)}", at, more]
