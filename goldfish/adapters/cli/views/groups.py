"""Groups in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.views.terminal import put, row, table
from goldfish.adapters.cli.views.wording import moment, number

if TYPE_CHECKING:
    from goldfish.queries.groups import GroupMetric, Groups


def page(answer: Groups) -> None:
    """A page of groups, and how to ask for the next."""
    if not answer.groups:
        click.echo("No group matches. A run is put into one with: goldfish run WORKSPACE --group NAME")
        return
    made = table(
        "group",
        "runs",
        "succeeded",
        "seeds",
        "configurations",
        "newest",
        "metrics: mean ± deviation (seeds)",
        right=["runs", "succeeded", "seeds", "configurations"],
        yielding=["group", "metrics: mean ± deviation (seeds)"],
        least=["newest", "succeeded"],
    )
    for line in answer.groups:
        metrics = ", ".join(_metric(one) for one in line.metrics)
        newest = f"{line.newest} {moment(line.newest_at)}"
        row(made, line.group, line.runs, line.succeeded, line.seeds, line.configurations, newest, metrics)
    put(made)
    if answer.more is not None:
        click.echo(f"{answer.matching} match. The next page: --before {answer.more}")


def _metric(one: GroupMetric) -> str:
    name = ".".join(filter(None, (one.stage, one.metric)))
    spread = f" ± {one.sd:.2g}" if one.sd is not None else ""
    return f"{name} {number(one.mean)}{spread} ({one.n})"
