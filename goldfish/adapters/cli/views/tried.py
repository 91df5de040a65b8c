"""Earlier runs of exactly this, or nearly this, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert, shorten
from goldfish.adapters.cli.views.wording import cause, moment, number, value

if TYPE_CHECKING:
    from goldfish.api.answers import Tried
    from goldfish.queries.nearby import Departure, NearRun

METRICS = 6  # told in one line
DIFFERENCES = 4  # told of one run
WIDTH = 70

_ENDED = {"succeeded": "succeeded", "failed": "failed", "cancelled": "was cancelled", "lost": "was lost"}


def came_to(tried: Tried) -> None:
    """What an earlier run of exactly this came to: when, by whom and why it was asked for, verdict and metrics."""
    if tried.requested_at is not None:
        why = f": {shorten(inert(tried.reason), WIDTH)}" if tried.reason else ""
        click.echo(f"asked for at {moment(tried.requested_at)} by {inert(tried.actor)}{why}")
    if tried.verdict is not None:
        click.echo(f"verdict: {tried.verdict}")
    if tried.metrics:
        told = ", ".join(f"{inert(one.metric)} {number(one.last)}" for one in tried.metrics[:METRICS])
        left = len(tried.metrics) + tried.left_out - METRICS
        click.echo(f"metrics: {told}" + (f" and {left} more: goldfish show {tried.run}" if left > 0 else ""))


def near_said(near: list[NearRun]) -> None:
    """One line for each run that was nearly this: what differs, and what became of it."""
    for one in near:
        click.echo(f"{one.run} did nearly this: {_differs(one.differs)}; {_became(one)}")
    if near:
        click.echo(f"next: goldfish show {near[0].run}")


def _differs(found: list[Departure]) -> str:
    if not found:
        return "nothing differs"
    told = ", ".join(_difference(one) for one in found[:DIFFERENCES])
    return f"{told} and {len(found) - DIFFERENCES} more" if len(found) > DIFFERENCES else f"{told}, otherwise equal"


def _difference(one: Departure) -> str:
    name = inert(f"{one.stage}.{one.name}" if one.stage else one.name)
    match one.aspect:
        case "stage" if one.only is not None:
            return f"{name} {'left out' if one.only == 'before' else 'added'}"
        case "code":
            files = ", ".join(inert(path) for path in one.paths[:2])
            rest = len(one.paths) + one.more - 2
            return f"code ({files}{f' and {rest} more' if rest > 0 else ''})" if files else "other code"
        case "input":
            return f"input {name} {_ref(one.before)} → {_ref(one.after)}"
        case _:
            before = "unset" if one.only == "after" else inert(value(one.before))
            after = "unset" if one.only == "before" else inert(value(one.after))
            return f"{name} {shorten(before, WIDTH)} → {shorten(after, WIDTH)}"


def _ref(origin: object) -> str:
    """An input by its name, with its bytes where these are all that can differ."""
    if not isinstance(origin, dict):
        return "none"
    digest = f" ({value(origin['digest'])})" if origin.get("digest") else ""
    return inert(f"{origin['ref']}{digest}")


def _became(one: NearRun) -> str:
    if one.state == "parked":
        return f"it is parked: {inert(one.cause)}"
    if one.outcome is None:
        return "it is under way"
    why = cause(one.outcome, one.cause)
    because = f": {why}" if why else ""
    untested = "" if one.tested else ", so it tested nothing"
    return f"it {_ENDED[one.outcome]}{because}{untested}"
