"""Running a program as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goldfish.adapters.cli.inert import inert_lines
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options
from goldfish.adapters.cli.views.printing import printed_by
from goldfish.errors import StillRunning

if TYPE_CHECKING:
    from goldfish.api import Goldfish
    from goldfish.api.answers import RunProgress

STAGE = "exec"


@click.command(name="exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--reason", "-r", metavar="TEXT", help="What you try. By default the command itself.")
@click.option("--workspace", "-w", metavar="NAME", help="The workspace of the files. By default one named after here.")
@click.option("--seed", type=int, help="The seed: GOLDFISH_SEED, PYTHONHASHSEED and Python's random.")
@click.option("--group", metavar="NAME", help="A group that this run belongs to.")
@click.option("--rerun", metavar="WHY", help="Run it although exactly this was tried before, and say why.")
@click.option("--detach", "-d", is_flag=True, help="Do not follow it: it goes on by itself.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- PROGRAM [ARGUMENT]...")
@command_id
@command_options
@pass_invocation
@click.pass_context
def exec(  # noqa: A001  # the name of the command
    ctx: click.Context, invocation: Invocation, /, command: tuple[str, ...], detach: bool, **given: Any
) -> None:
    """Run a program as it is, without a pipeline, and keep everything.

    Kept are its code, what it prints, its metrics and the files it writes. The files of this directory are recorded
    first (.goldfishignore says which are not), and the program runs on a copy of them. Lines like "loss: 0.31" in its
    output become metrics, options like --lr 3e-4 settings. When exactly this was tried before, nothing is started. The
    exit code is the program's.

    \b
    goldfish exec -- python train.py --lr 3e-4
    """
    if command and command[0].startswith("-"):
        raise click.UsageError(f"No such option: {command[0]}. The program and its options come behind two dashes", ctx)
    goldfish = invocation.goldfish()
    answer = goldfish.execute_program(command, directory=Path.cwd(), **given)
    if detach or not answer.started:
        from goldfish.adapters.cli.views.said import requested

        invocation.answer(answer, requested)
        if detach:
            return
        ctx.exit(_exit_code(goldfish, _ended(goldfish, answer.run)))
    ended = _followed(invocation, goldfish, answer.run)
    if invocation.json:
        invocation.answer({**answer.model_dump(mode="json"), "progress": ended.model_dump(mode="json")}, print)
    else:
        from goldfish.adapters.cli.views.program import program_ended

        program_ended(goldfish.show(f"{answer.run}/{STAGE}"), ended)
    ctx.exit(_exit_code(goldfish, ended))


def _followed(invocation: Invocation, goldfish: Goldfish, run: str) -> RunProgress:
    """Wait for its end, showing what it prints. Ctrl-C ends the program, as it would without goldfish."""
    while True:
        try:
            for text in printed_by(goldfish, f"{run}/{STAGE}"):
                if not invocation.json:
                    click.echo(inert_lines(text), nl=False)
            return goldfish.wait(run)
        except KeyboardInterrupt:
            goldfish.cancel(run, "interrupted at the keyboard")
        except StillRunning:
            continue


def _ended(goldfish: Goldfish, run: str) -> RunProgress:
    """The end of a run that somebody else has asked for."""
    while True:
        try:
            return goldfish.wait(run)
        except StillRunning:
            continue


def _exit_code(goldfish: Goldfish, ended: RunProgress) -> int:
    """The program's own, where it has one."""
    exited = [
        event for event in goldfish.log(stream=f"{ended.run}/{STAGE}", limit=100) if event.name.endswith(".exited")
    ]
    code = exited[-1].data["exit_code"] if exited else None
    if isinstance(code, int) and code:
        return code
    return 0 if ended.outcome == "succeeded" else 1
