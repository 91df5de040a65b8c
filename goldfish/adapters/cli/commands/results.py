"""Commands around what runs achieved."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import workspaces
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_id, command_options, run_argument, since_option
from goldfish.adapters.cli.views.judging import judged, proposed
from goldfish.adapters.cli.views.said import say

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.domain.specs import Judgement

VERDICTS = ("success", "partial", "miss", "unknown")

_verdict = click.option("--verdict", type=click.Choice(VERDICTS), help="What it achieved, whatever the numbers say.")
_value = click.option(
    "--value", "values", metavar="STAGE=NUMBER", multiple=True, help="The number of a stage; it must have been logged."
)
_comment = click.option("--comment", metavar="TEXT", help="What is to be said of it.")
_learned = click.option("--learned", metavar="TEXT", help="What it taught.")
_next_steps = click.option("--next", "next_steps", metavar="TEXT", multiple=True, help="What should come next.")


@click.command()
@run_argument
@click.option("--confirm", is_flag=True, help="Record what the numbers say, without asking.")
@_verdict
@_value
@_comment
@_learned
@_next_steps
@click.option("--reason", "-r", metavar="TEXT", help="Why the verdict is another one than the numbers say.")
@command_id
@command_options
@pass_invocation
def finalize(
    invocation: Invocation,
    run: str,
    confirm: bool,
    verdict: Judgement | None,
    values: tuple[str, ...],
    comment: str | None,
    learned: str | None,
    next_steps: tuple[str, ...],
    reason: str | None,
    command_id: str | None,
) -> None:
    """Say what a run achieved that has ended.

    Without --confirm, --verdict and --value it shows what the numbers say, and on a terminal asks whether to record
    that. A run that did not succeed needs a --comment or what was --learned.

    \b
    goldfish finalize run-12
    goldfish finalize run-12 --confirm --learned "warm-up makes the larger rate stable"
    goldfish finalize run-12 --value train=0.9731 --verdict partial
    """
    numbers = _numbers(values)
    goldfish = invocation.goldfish()
    if not (confirm or verdict or values):
        proposal = goldfish.proposal(run)
        invocation.answer(proposal, proposed)
        if invocation.json:
            return
        if not sys.stdin.isatty():
            word = "" if proposal.outcome == "succeeded" else ' --learned "…"'
            say("Nothing is recorded.", f"goldfish finalize {run} --confirm{word}")
            return
        if not click.confirm("Record this?"):
            return
    answer = goldfish.finalize(
        run,
        verdict=verdict,
        values=numbers,
        comment=comment,
        learned=learned,
        next_steps=next_steps or None,
        reason=reason,
        command_id=command_id,
    )
    invocation.answer(answer, judged)


@click.command()
@run_argument
@click.option("--reason", "-r", metavar="TEXT", required=True, help="Why it is judged anew.")
@_verdict
@_value
@_comment
@_learned
@_next_steps
@command_id
@command_options
@pass_invocation
def amend(
    invocation: Invocation,
    run: str,
    reason: str,
    verdict: Judgement | None,
    values: tuple[str, ...],
    comment: str | None,
    learned: str | None,
    next_steps: tuple[str, ...],
    command_id: str | None,
) -> None:
    """Judge a run anew, and say why.

    What is not given stays as it was; the earlier judgement stays in its history.

    \b
    goldfish amend run-12 --verdict miss --reason "the test set had leaked into training"
    """
    answer = invocation.goldfish().amend(
        run,
        reason=reason,
        verdict=verdict,
        values=_numbers(values),
        comment=comment,
        learned=learned,
        next_steps=next_steps or None,
        command_id=command_id,
    )
    invocation.answer(answer, judged)


@click.command()
@click.argument("workspace", required=False, shell_complete=workspaces)
@click.option("--trend", is_flag=True, help="How each series of results goes on, and what fell behind.")
@click.option("--limit", "-n", type=click.IntRange(1, 200), default=20, show_default=True, help="At most so many runs.")
@click.option("--before", type=click.IntRange(1), metavar="POSITION", help="The next page: what the answer calls more.")
@since_option
@as_of_option
@command_options
@pass_invocation
def results(
    invocation: Invocation,
    workspace: str | None,
    trend: bool,
    limit: int,
    before: int | None,
    since: int | None,
    as_of: str | None,
) -> None:
    """Show what runs achieved beside their baselines and what came before.

    The newest come first. Only numbers of the same workspace, stage, metric, split and direction are compared.

    \b
    goldfish results baseline
    goldfish results --trend
    """
    from goldfish.adapters.cli.views.results import results as view

    answer = invocation.questions().results(
        workspace, limit=limit, before=before, since=since, trend=trend, as_of=as_of
    )
    invocation.answer(answer, view)


def _numbers(given: tuple[str, ...]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for pair in given:
        stage, sign, number = pair.rpartition("=")
        try:
            found[stage] = value = float(number)
        except ValueError:
            value = math.nan
        if not sign or not stage or not math.isfinite(value):
            raise click.BadParameter(f"{pair!r} is not of the form STAGE=NUMBER", param_hint="--value")
    return found
