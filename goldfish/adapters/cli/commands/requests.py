"""The command that asks for a run."""

from __future__ import annotations

import click

from goldfish.adapters.cli.commands.runs import exit_code_of, follow
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, workspace_argument
from goldfish.adapters.cli.views.said import requested


@click.command()
@workspace_argument
@click.argument("stages", nargs=-1, metavar="[STAGE]...")
@click.option("--reason", "-r", metavar="TEXT", required=True, help="What you try and what you expect.")
@click.option("--hypothesis", metavar="TEXT", help="What you believe.")
@click.option("--approach", metavar="TEXT", help="How you go about it.")
@click.option("--expected", metavar="TEXT", help="What would confirm it.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting, as lr=3e-4 or train.lr=3e-4.")
@click.option("--seed", type=int, help="The seed that the stages get.")
@click.option(
    "--pipeline", metavar="FILE", default="pipeline.yaml", show_default=True, help="The workspace's pipeline."
)
@click.option("--rerun", metavar="WHY", help="Run it although exactly this was tried before, and say why.")
@click.option("--wait", is_flag=True, help="Follow it to its end; the exit code is 0 only when it succeeded.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting after this long; the run goes on."
)
@command_id
@command_options
@pass_invocation
@click.pass_context
def run(
    ctx: click.Context,
    invocation: Invocation,
    workspace: str,
    stages: tuple[str, ...],
    reason: str,
    hypothesis: str | None,
    approach: str | None,
    expected: str | None,
    settings: tuple[str, ...],
    seed: int | None,
    pipeline: str,
    rerun: str | None,
    wait: bool,
    timeout: float | None,
    command_id: str | None,
) -> None:
    """Run a workspace's pipeline, or some of its stages.

    The files are recorded as a version first. When exactly this was tried before, nothing is started and the answer
    names the earlier run. The run goes on by itself: this command may end, and this machine's shell too.
    """
    from goldfish.domain.values import Reason

    goldfish = invocation.goldfish()
    asked = goldfish.run(
        workspace,
        stages,
        reason=Reason(description=reason, hypothesis=hypothesis, approach=approach, expected=expected),
        settings=settings,
        seed=seed,
        rerun=rerun,
        pipeline=pipeline,
        command_id=command_id,
    )
    if not wait:
        invocation.answer(asked, requested)
        return
    if not invocation.json:
        requested(asked, following=True)
    ended = follow(invocation, goldfish, asked.run, timeout)
    if invocation.json:
        invocation.answer({**asked.model_dump(mode="json"), "progress": ended.model_dump(mode="json")}, print)
    ctx.exit(exit_code_of(ended))
