"""The command `goldfish`: its global options, and how every call of it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from goldfish import __version__
from goldfish.adapters.cli import failing
from goldfish.adapters.cli.invocation import Invocation, Programs
from goldfish.adapters.cli.lazy import LazyGroup
from goldfish.errors import GoldfishError, Interrupted

COMPLETE = "_GOLDFISH_COMPLETE"  # set by the shell's script when it asks how a line might go on
BROKEN_PIPE = 141  # what shells say of a process that SIGPIPE ended


@click.group(
    name="goldfish",
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, message="goldfish %(version)s")
@click.option(
    "--project",
    metavar="DIR",
    envvar="GOLDFISH_PROJECT",
    show_envvar=True,
    help="A directory in the project. By default the current one.",
)
@click.pass_context
def cli(ctx: click.Context, project: str | None) -> None:
    """A research ledger for experiments that coding agents run: nothing is forgotten, everything can be checked.

    Every command takes --json and then answers with one JSON document, also when it fails.
    """
    ctx.color = None if colours() else False
    if project is not None:
        ctx.ensure_object(Invocation).project = project
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None, programs: Programs | None = None) -> int:
    """Carry out one call and return its exit code. No refusal shows a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    invocation = Invocation(programs)
    if arguments is None:  # a process of its own
        sys.excepthook = failing.unexpected(invocation)
    try:
        code = _carry_out(given, invocation)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader had enough, as `| head` does: nothing to say, and nobody to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def colours() -> bool:
    """Whether colours are welcome where a terminal could show them."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _carry_out(given: list[str], invocation: Invocation) -> int:
    """As click's own `main`, which would end the process itself when a pipe breaks."""
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, "goldfish", COMPLETE, instruction)
    try:
        with cli.make_context("goldfish", list(given), obj=invocation) as ctx:
            cli.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as needed:
        needed.show()
        return needed.exit_code
    except click.ClickException as error:
        return _fail(failing.wrong_usage(error), invocation, given)
    except GoldfishError as error:
        return _fail(error, invocation, given)
    except (KeyboardInterrupt, click.Abort):
        return _fail(Interrupted(), invocation, given)
    return 0


def _fail(error: GoldfishError, invocation: Invocation, given: list[str]) -> int:
    """A call that could not even be read asked for JSON if `--json` stands in it."""
    in_json = invocation.json or "--json" in given
    failing.report(error, in_json=in_json, color=None if colours() else False)
    return error.exit_code
