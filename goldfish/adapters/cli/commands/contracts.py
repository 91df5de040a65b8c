"""Commands around what signals must be."""

from __future__ import annotations

import click

from goldfish.adapters.cli.completing import pipelines, runs, stages
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options, reference_argument, run_argument, workspace_argument

pipeline_option = click.option(
    "--pipeline",
    metavar="NAME",
    default="pipeline.yaml",
    show_default=True,
    shell_complete=pipelines,
    help="A name in pipelines/, or a path.",
)


@click.group()
def contract() -> None:
    """See what outputs must be, and what they were."""


@contract.command()
@reference_argument
@pipeline_option
@command_options
@pass_invocation
def show(invocation: Invocation, ref: str, pipeline: str) -> None:
    """List the outputs of a run, or of a workspace's pipeline: what is declared, what was found, what is violated.

    \b
    goldfish contract show run-12
    goldfish contract show baseline --pipeline sweep
    """
    from goldfish.adapters.cli.views.contracts import contracts

    invocation.answer(invocation.goldfish().contracts(ref, pipeline=pipeline), contracts)


@contract.command()
@run_argument
@command_options
@pass_invocation
def infer(invocation: Invocation, run: str) -> None:
    """Print the contracts that the outputs of a run keep, as YAML for a pipeline.

    \b
    goldfish contract infer run-12
    """
    from goldfish.adapters.cli.views.contracts import inferred

    invocation.answer(invocation.goldfish().contracts(run), inferred)


@contract.command()
@workspace_argument
@click.option("--from", "run", metavar="RUN", shell_complete=runs, help="By default what each stage wrote last.")
@click.option("--stage", "only", metavar="STAGE", multiple=True, shell_complete=stages, help="Only this stage.")
@pipeline_option
@click.option("--dry-run", is_flag=True, help="Show the change, and write nothing.")
@command_options
@pass_invocation
def adopt(
    invocation: Invocation, workspace: str, run: str | None, only: tuple[str, ...], pipeline: str, dry_run: bool
) -> None:
    """Write what was found in outputs as their contracts into the workspace's pipeline.

    Only outputs without a contract get one. The file is edited where it has to be: comments and order stay.

    \b
    goldfish contract adopt baseline --dry-run
    goldfish contract adopt baseline --from run-12 --stage prepare
    """
    from goldfish.adapters.cli.views.contracts import adopted

    answer = invocation.goldfish().adopt_contracts(workspace, run=run, stages=only, pipeline=pipeline, dry_run=dry_run)
    invocation.answer(answer, adopted)
