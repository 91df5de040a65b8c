"""Commands that bring in history from elsewhere: one for each format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_options

if TYPE_CHECKING:
    from goldfish.domain.imported import Format

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


@click.group(name="import")
def import_() -> None:
    """Record experiments that were carried out elsewhere.

    They are shown, compared and searched like runs of our own. What is recorded already is passed over: importing a
    file again adds what is new in it.
    """


def _options(command: F) -> F:
    """What every format has."""
    command = click.option("--dry-run", is_flag=True, help="Only say what would be recorded.")(command)
    told = "Put before every id, where two records use the same ids."
    return click.option("--prefix", metavar="TEXT", help=told)(command)


@import_.command()
@click.argument("path", metavar="FILE.jsonl", type=FILE)
@click.option("--baselines", metavar="FILE.jsonl", type=FILE, help="When which experiment became the baseline.")
@_options
@command_options
@pass_invocation
@click.pass_context
def experiments(
    ctx: click.Context, invocation: Invocation, path: Path, baselines: Path | None, prefix: str | None, dry_run: bool
) -> None:
    """Record the experiments of a JSON Lines file: a row for each.

    A row needs an id and a date. The page docs/how-to/import.md names the fields that are understood; all others are
    kept as labels.

    \b
    goldfish import experiments experiments.jsonl --dry-run
    goldfish import experiments experiments.jsonl --baselines baselines.jsonl
    """
    _take_over(ctx, invocation, "experiments", path, prefix, dry_run, baselines)


@import_.command()
@click.argument("path", metavar="FILE.json", type=FILE)
@_options
@command_options
@pass_invocation
@click.pass_context
def incident(ctx: click.Context, invocation: Invocation, path: Path, prefix: str | None, dry_run: bool) -> None:
    """Record the runs of an incident, and what was claimed and decided on them.

    \b
    goldfish import incident incident.json
    """
    _take_over(ctx, invocation, "incident", path, prefix, dry_run)


@import_.command()
@click.argument("path", metavar="FILE.tsv", type=FILE)
@_options
@command_options
@pass_invocation
@click.pass_context
def results(ctx: click.Context, invocation: Invocation, path: Path, prefix: str | None, dry_run: bool) -> None:
    """Record the commits that autoresearch tried: its results.tsv.

    \b
    goldfish import results results.tsv
    """
    _take_over(ctx, invocation, "results", path, prefix, dry_run)


def _unfinished(command: F) -> F:
    """For the systems that say what has not ended."""
    told = "Record what has not ended too, as it stands."
    return click.option("--unfinished", is_flag=True, help=told)(command)


@import_.command()
@click.argument("path", metavar="STORE", type=FILE)
@click.option("--experiment", metavar="NAME", help="Only this experiment of MLflow.")
@_unfinished
@_options
@command_options
@pass_invocation
@click.pass_context
def mlflow(
    ctx: click.Context,
    invocation: Invocation,
    path: Path,
    experiment: str | None,
    unfinished: bool,
    prefix: str | None,
    dry_run: bool,
) -> None:
    """Record the runs of an MLflow store: a directory mlruns, or a SQLite file.

    MLflow need not be installed, and nothing in the store is changed. What was deleted there is left out.

    \b
    goldfish import mlflow mlruns --dry-run
    goldfish import mlflow mlflow.db --experiment digits
    """
    _take_over(ctx, invocation, "mlflow", path, prefix, dry_run, experiment=experiment, unfinished=unfinished)


@import_.command()
@click.argument("path", metavar="DIR", type=FILE)
@_options
@command_options
@pass_invocation
@click.pass_context
def tensorboard(ctx: click.Context, invocation: Invocation, path: Path, prefix: str | None, dry_run: bool) -> None:
    """Record the runs of TensorBoard's logs: every directory below DIR that holds event files.

    Needs the package tensorboard, but not TensorFlow.

    \b
    goldfish import tensorboard runs --dry-run
    """
    _take_over(ctx, invocation, "tensorboard", path, prefix, dry_run)


@import_.command()
@click.argument("path", metavar="DIR", type=FILE)
@_unfinished
@_options
@command_options
@pass_invocation
@click.pass_context
def wandb(
    ctx: click.Context, invocation: Invocation, path: Path, unfinished: bool, prefix: str | None, dry_run: bool
) -> None:
    """Record the runs in a directory of W&B: wandb, with a directory for each run.

    Needs the package wandb to read their logs; without it, only summaries that stand beside them are recorded.

    \b
    goldfish import wandb wandb --dry-run
    """
    _take_over(ctx, invocation, "wandb", path, prefix, dry_run, unfinished=unfinished)


def _take_over(
    ctx: click.Context,
    invocation: Invocation,
    given: Format,
    path: Path,
    prefix: str | None,
    dry_run: bool,
    baselines: Path | None = None,
    experiment: str | None = None,
    unfinished: bool = False,
) -> None:
    """The exit code is 1 when something was refused."""
    from goldfish.adapters.cli.views.imports import counting, imported

    with counting() as tell:
        answer = invocation.goldfish().import_history(
            given,
            path,
            baselines=baselines,
            experiment=experiment,
            unfinished=unfinished,
            prefix=prefix,
            dry_run=dry_run,
            on_progress=tell,
        )
    invocation.answer(answer, imported)
    ctx.exit(1 if answer.refused else 0)
