"""The commands that ask for runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from goldfish.adapters.cli.commands.runs import exit_code_of, follow
from goldfish.adapters.cli.completing import pipelines
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options, run_argument, workspace_argument
from goldfish.adapters.cli.views.said import requested
from goldfish.errors import BadInputOverride, WrongUsage

if TYPE_CHECKING:
    from goldfish.api import Goldfish
    from goldfish.api.answers import RunAnswer

_WAITING = [
    click.option("--wait", is_flag=True, help="Follow it to its end; the exit code is 0 only when it succeeded."),
    click.option(
        "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting after this long; it goes on."
    ),
]


@click.command()
@workspace_argument
@click.argument("stages", nargs=-1, metavar="[STAGE]...")
@click.option("--reason", "-r", metavar="TEXT", help="What you try and what you expect. Needed, unless --dry-run.")
@click.option("--hypothesis", metavar="TEXT", help="What you believe.")
@click.option("--approach", metavar="TEXT", help="How you go about it.")
@click.option("--expected", metavar="TEXT", help="What would confirm it.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting, as lr=3e-4 or train.lr=3e-4.")
@click.option(
    "--input",
    "inputs",
    metavar="INPUT=REF",
    multiple=True,
    help="Other bytes for an input: run-3/prepare.features, digits@r1, or a path like ./file.csv.",
)
@click.option("--seed", type=int, help="The seed that the stages get.")
@click.option("--group", metavar="NAME", help="A group that this run belongs to, as seeds of one configuration do.")
@click.option(
    "--pipeline",
    metavar="NAME",
    default="pipeline.yaml",
    show_default=True,
    shell_complete=pipelines,
    help="A name in pipelines/, or a path.",
)
@click.option("--rerun", metavar="WHY", help="Run it although exactly this was tried before, and say why.")
@click.option("--fresh", is_flag=True, help="Carry out every stage, also those whose work was done before.")
@click.option("--expected-version", metavar="VERSION", help="Refuse when the latest version is another one by now.")
@click.option("--dry-run", is_flag=True, help="Show the whole plan, and do nothing.")
@_WAITING[0]
@_WAITING[1]
@command_id
@command_options
@pass_invocation
@click.pass_context
def run(ctx: click.Context, invocation: Invocation, /, workspace: str, stages: tuple[str, ...], **given: Any) -> None:
    """Run a workspace's pipeline, or some of its stages.

    The files are recorded as a version first. When exactly this was tried before, nothing is started and the answer
    names the earlier run; stages whose work was done before are taken over. The run goes on by itself: this command
    may end, and this machine's shell too.
    """
    from goldfish.domain.values import Reason

    asked = {name: given[name] for name in ("settings", "seed", "fresh", "pipeline")}
    asked["inputs"] = dict(_pair(each) for each in given["inputs"])
    if given["reason"] is None and not given["dry_run"]:
        raise WrongUsage(why="--reason is missing: say what you try and what you expect", command=ctx.command_path)
    goldfish = invocation.goldfish()
    if given["dry_run"]:
        from goldfish.adapters.cli.views.plan import planned

        invocation.answer(goldfish.plan(workspace, stages, **asked), planned)
        return
    why = {name: given[name] for name in ("hypothesis", "approach", "expected")}
    answer = goldfish.run(
        workspace,
        stages,
        reason=Reason(description=given["reason"], **why),
        rerun=given["rerun"],
        group=given["group"],
        expected=given["expected_version"],
        command_id=given["command_id"],
        **asked,
    )
    _told(ctx, invocation, goldfish, answer, given)


@click.command()
@run_argument
@click.option("--reason", "-r", metavar="TEXT", required=True, help="What is different now, or why it may go well.")
@_WAITING[0]
@_WAITING[1]
@command_id
@command_options
@pass_invocation
@click.pass_context
def retry(ctx: click.Context, invocation: Invocation, /, run: str, reason: str, **given: Any) -> None:
    """Ask again for what a run did not bring to a good end.

    A new run of the same version and settings: stages that succeeded are taken over, the others are carried out on
    the packages that are installed now.
    """
    goldfish = invocation.goldfish()
    _told(ctx, invocation, goldfish, goldfish.retry(run, reason=reason, command_id=given["command_id"]), given)


def _told(
    ctx: click.Context, invocation: Invocation, goldfish: Goldfish, answer: RunAnswer, given: dict[str, Any]
) -> None:
    """Say what was asked for, and follow it when that is wanted."""
    if not given["wait"]:
        invocation.answer(answer, requested)
        return
    if not invocation.json:
        requested(answer, following=True)
    ended = follow(invocation, goldfish, answer.run, given["timeout"])
    if invocation.json:
        invocation.answer({**answer.model_dump(mode="json"), "progress": ended.model_dump(mode="json")}, print)
    ctx.exit(exit_code_of(ended))


def _pair(given: str) -> tuple[str, str]:
    name, equals, ref = given.partition("=")
    if not (name and equals and ref):
        raise BadInputOverride(given=given, why="it is not INPUT=REF")
    return name, ref
