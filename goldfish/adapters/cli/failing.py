"""How a call says that it failed: the error's name, what happened, and what to do next."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import click

from goldfish.errors import GoldfishError, NoProject, ProjectUnwritable, Unexpected, WrongUsage

if TYPE_CHECKING:
    from pathlib import Path

    from goldfish.adapters.cli.invocation import Invocation

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def report(error: GoldfishError, *, in_json: bool, color: bool | None = None) -> None:
    """Say it: as one JSON document on standard output, or in two lines on standard error."""
    if in_json:
        click.echo(json.dumps(error.as_dict()))
        return
    click.echo(click.style("error:", fg="red", bold=True) + f" {error.message}", err=True, color=color)
    if error.next_step:
        click.echo(click.style("next:", fg="cyan") + f" {error.next_step}", err=True, color=color)


def wrong_usage(error: click.ClickException) -> GoldfishError:
    """What click says of a call that it cannot read, as an error of ours."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    near = [str(name) for name in getattr(error, "possibilities", None) or ()]
    why = error.message if near else error.format_message()
    return WrongUsage(why=why.rstrip("."), command=ctx.command_path if ctx else "goldfish", near=near)


def unexpected(invocation: Invocation) -> Hook:
    """What Python does with an exception that nobody caught: one line, and the traceback where it can be found."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        import traceback

        text = "".join(traceback.format_exception(kind, error, trace))
        if os.environ.get("GOLDFISH_DEBUG"):
            sys.stderr.write(text)
        kept = _keep(text, invocation)
        where = f"The traceback is in {kept}." if kept else "GOLDFISH_DEBUG=1 shows the traceback."
        report(Unexpected(what=f"{kind.__name__}: {error}", where=where), in_json=invocation.json)

    return hook


def _keep(text: str, invocation: Invocation) -> Path | None:
    """Put a traceback beside the ledger, for its owner only, unless that is not possible."""
    from datetime import UTC, datetime

    from goldfish import durable
    from goldfish.bootstrap import find_project

    try:
        home = find_project(invocation.start).home
        path = home / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
        durable.write(path, text.encode("utf-8", "backslashreplace"), mode=0o600)
    except (NoProject, ProjectUnwritable, OSError, ImportError):
        return None
    return path
