"""The command that prints completion scripts."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.main import COMPLETE
from goldfish.adapters.cli.options import command_options

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@command_options
@pass_invocation
@click.pass_context
def completion(ctx: click.Context, invocation: Invocation, shell: str) -> None:
    """Print the script that completes commands in a shell.

    bash: eval "$(goldfish completion bash)"   zsh: the same with zsh   fish: goldfish completion fish | source
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    script = found(ctx.find_root().command, {}, "goldfish", COMPLETE).source()
    invocation.answer({"shell": shell, "script": script}, lambda _: click.echo(script))
