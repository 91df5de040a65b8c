"""Commands that start something else: the story, the MCP server, the conductor."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path
from typing import NoReturn

import click

from goldfish.adapters.cli.invocation import Invocation, Programs, pass_invocation
from goldfish.adapters.cli.options import command_options, set_project


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@command_options
@pass_invocation
def demo(invocation: Invocation, directory: Path | None) -> None:
    """Tell a true story on real data, in under a minute.

    The project that it leaves in DIRECTORY (by default a new one, goldfish-demo) is an ordinary one.
    """
    from goldfish.adapters.cli.views.story import SilentStage, TerminalStage

    directory = directory or _unused("goldfish-demo")
    if not invocation.json:
        _programs(invocation).demo(directory, TerminalStage())
        return
    stage = SilentStage()
    _programs(invocation).demo(directory, stage)
    invocation.answer(stage.told(), print)


@click.command()
@click.option("--project", metavar="DIR", expose_value=False, hidden=True, callback=set_project)
@pass_invocation
def serve(invocation: Invocation) -> None:
    """Serve the project to agents over MCP, on standard input and output.

    Register it with an agent as the command: goldfish --project DIR serve
    """
    _programs(invocation).serve(None if invocation.project is None else Path(invocation.project))


@click.command(hidden=True)
@click.option(
    "--idle-seconds",
    type=click.FloatRange(min=0),
    default=15,
    show_default=True,
    help="Leave after so long without work.",
)
@command_options
@pass_invocation
def conduct(invocation: Invocation, idle_seconds: float) -> None:
    """Carry out open runs until nothing is left to do.

    goldfish starts this by itself when a run is asked for. Another one that is alive makes this one leave at once.
    """
    signal.signal(signal.SIGTERM, _leave)
    goldfish = invocation.goldfish(reviving=False)
    served = goldfish.services.conductor().serve(idle_seconds=idle_seconds)
    invocation.answer({"conducted": served, "process": os.getpid()}, lambda _: None)


def _unused(name: str) -> Path:
    """A directory of this name that does not exist yet: goldfish-demo, goldfish-demo-2, …"""
    names = (Path(name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(path for path in names if not path.exists())


def _programs(invocation: Invocation) -> Programs:
    if invocation.programs is None:  # the group is used by itself, without the module that puts everything together
        raise click.UsageError("this is only possible as the command `goldfish`")
    return invocation.programs


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Leave at once: whatever was begun is in the log, and the next conductor goes on."""
    raise SystemExit(0)
