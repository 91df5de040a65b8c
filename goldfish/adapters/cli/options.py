"""Options and arguments that many commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from goldfish.adapters.cli.completing import references, runs, workspaces
from goldfish.adapters.cli.invocation import Invocation

F = TypeVar("F", bound=Callable[..., Any])


def command_options(function: F) -> F:
    """`--json`, and `--project` after the command's name too."""
    with_json = click.option(
        "--json", is_flag=True, expose_value=False, is_eager=True, callback=_json, help="Answer with one JSON document."
    )
    with_project = click.option("--project", metavar="DIR", expose_value=False, hidden=True, callback=set_project)
    return with_json(with_project(function))


def command_id(function: F) -> F:
    """`--command-id`: a retry under the same id takes effect once."""
    return click.option(
        "--command-id", metavar="ID", help="Your id of this command: repeated under it, it takes effect once."
    )(function)


def expected_option(function: F) -> F:
    """`--expected`: refuse when somebody else saved a version since."""
    return click.option(
        "--expected", metavar="VERSION", help="Refuse if the latest version is another one by now: v3, baseline@v3."
    )(function)


def workspace_argument(function: F) -> F:
    """WORKSPACE."""
    return click.argument("workspace", shell_complete=workspaces)(function)


def workspace_option(help: str) -> Callable[[F], F]:
    """`--workspace`."""
    return click.option("--workspace", "-w", metavar="WORKSPACE", help=help, shell_complete=workspaces)


def run_argument(function: F) -> F:
    """RUN."""
    return click.argument("run", shell_complete=runs)(function)


def reference_argument(function: F) -> F:
    """REF: run-12, run-12/train, baseline, baseline@v3, a source."""
    return click.argument("ref", shell_complete=references)(function)


def reference_option(*names: str, help: str) -> Callable[[F], F]:
    """An option that holds a reference."""
    return click.option(*names, metavar="REF", help=help, shell_complete=references)


def references_option(*names: str, help: str) -> Callable[[F], F]:
    """An option that holds a reference, and may be given several times."""
    return click.option(*names, metavar="REF", multiple=True, help=help, shell_complete=references)


def since_option(function: F) -> F:
    """`--since`: only what is new after an earlier answer."""
    return click.option(
        "--since", type=click.IntRange(0), metavar="POSITION", help="Only what changed after this position."
    )(function)


def as_of_option(function: F) -> F:
    """`--as-of`: the answer as it was when this event was the last one, or at this time."""
    return click.option(
        "--as-of", metavar="WHEN", help="As it was then: at an event's position, on a day, or at a time (UTC)."
    )(function)


def set_project(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    """Remember the directory that the call names."""
    if value is not None:
        ctx.ensure_object(Invocation).project = value


def _json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Invocation).json = True
