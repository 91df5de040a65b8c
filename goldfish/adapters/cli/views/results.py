"""Results in tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.views.judging import beside
from goldfish.adapters.cli.views.terminal import heading, put, row, table, text
from goldfish.adapters.cli.views.wording import COLORS, VERDICTS, count, moment, number

if TYPE_CHECKING:
    from goldfish.adapters.cli.views.listing import Listing
    from goldfish.queries.awaiting import Awaiting
    from goldfish.queries.results import Judged, ResultLine, Results
    from goldfish.queries.trends import Trend


def results(answer: Results) -> None:
    """A page of results, what awaits a verdict, and the trends where they were asked for."""
    if answer.results:
        put(lines(answer.results))
    else:
        click.echo("No run has results to be judged by. They stand under a stage in the pipeline: results.")
    if answer.more is not None:
        click.echo(f"The next page: --before {answer.more}")
    for trend in answer.trends:
        _trend(trend)
    for due in answer.awaiting:
        click.echo(waiting(due))


def lines(found: Sequence[ResultLine]) -> Listing:
    """Each result in a row."""
    compared = {
        "vs baseline": any(line.baseline for line in found),
        "vs previous": any(line.previous or line.taken_over for line in found),
    }
    names = ["run", "stage", "metric", "value", "best", *(name for name, some in compared.items() if some)]
    least = ["stage", "best", "ended"]
    made = table(*names, "verdict", "ended", right=["value"], yielding=["metric"], least=least)
    for line in found:
        verdict = text(line.verdict, VERDICTS[line.verdict]) if line.verdict else text("awaited" if line.awaits else "")
        best = "" if line.best is None else f"{number(line.best)} at step {line.best_step}"
        previous = f"taken over from {line.taken_over}" if line.taken_over else beside(line.previous)
        beside_it = {"vs baseline": beside(line.baseline), "vs previous": previous}
        shown = [beside_it[name] for name, some in compared.items() if some]
        ended = text(line.outcome, COLORS[line.outcome]) if line.outcome else text("")
        metric = f"{line.metric} ({line.split})"
        row(made, line.run, line.stage, metric, number(line.value), best, *shown, verdict, ended)
    return made


def judgements(found: Sequence[Judged]) -> None:
    """Every judgement of a run, the newest first."""
    heading("judgements")
    for told in reversed(found):
        numbers = ", ".join(f"{stage} {number(value)}" for stage, value in told.confirmed.items())
        head = f"{moment(told.recorded_at)} {told.actor}: {told.verdict}" + (f", {numbers}" if numbers else "")
        put(text(head, VERDICTS[told.verdict] if told.holds else "dim"))
        said = {"why": told.reason, "comment": told.comment, "learned": told.learned}
        for what, words in {**said, "next": "; ".join(told.next_steps)}.items():
            if words:
                put(text(f"  {what}: {words}"))


def waiting(due: Awaiting) -> str:
    """`2 runs of baseline await a verdict: goldfish finalize run-5`."""
    verb = "awaits" if due.count == 1 else "await"
    return f"{count(due.count, 'run')} of {due.workspace} {verb} a verdict: goldfish finalize {due.runs[0]}"


def _trend(trend: Trend) -> None:
    heading(f"{trend.metric} ({trend.split}) of {trend.workspace}, {trend.stage}: {trend.course or 'too few to tell'}")
    put(text("  " + " → ".join(f"{number(found.value)} ({found.run})" for found in trend.last)))
    put(text(f"  best {number(trend.best.value)} ({trend.best.run}), among {trend.results}"))
    for sentence in trend.regressions:
        put(text(f"  regression: {sentence}", "red"))
