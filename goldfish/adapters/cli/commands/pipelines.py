"""Commands around pipelines that run nothing."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import pipelines, workspaces
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options, workspace_argument


@click.group()
def pipeline() -> None:
    """Check or draw a pipeline without running it."""


@pipeline.command()
@click.argument("workspace", required=False, shell_complete=workspaces)
@click.option("--pipeline", "name", metavar="NAME", shell_complete=pipelines, help="Only this one. By default all.")
@command_options
@pass_invocation
@click.pass_context
def check(ctx: click.Context, invocation: Invocation, workspace: str | None, name: str | None) -> None:
    """Say everything that keeps pipelines from being run. Without WORKSPACE, of all that are mounted.

    Nothing is run and nothing is recorded. The exit code is 1 when there is a problem.

    \b
    goldfish pipeline check
    goldfish pipeline check baseline --pipeline sweep
    """
    from goldfish.adapters.cli.views.pipelines import checked

    answer = invocation.goldfish().check_pipelines(workspace, pipeline=name)
    invocation.answer(answer, checked)
    ctx.exit(1 if any(found.problems for found in answer.checked) else 0)


@pipeline.command()
@workspace_argument
@click.option(
    "--pipeline",
    "name",
    metavar="NAME",
    default="pipeline.yaml",
    show_default=True,
    shell_complete=pipelines,
    help="A name in pipelines/, or a path.",
)
@click.option("--mermaid", is_flag=True, help="As a drawing that Mermaid understands.")
@command_options
@pass_invocation
def show(invocation: Invocation, workspace: str, name: str, mermaid: bool) -> None:
    """Draw a pipeline: its stages in the order of their data, what they read and what they write.

    \b
    goldfish pipeline show baseline
    goldfish pipeline show baseline --mermaid
    """
    from goldfish.adapters.cli.views.pipelines import drawn

    answer = invocation.goldfish().pipeline(workspace, pipeline=name)
    if mermaid:
        invocation.answer(answer, lambda found: click.echo(found.mermaid, nl=False))
    else:
        invocation.answer(answer, drawn)
