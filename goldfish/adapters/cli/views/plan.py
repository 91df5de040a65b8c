"""A dry run: what would be carried out, from what, and what was done before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.terminal import facts, heading, put, row, table
from goldfish.adapters.cli.views.tried import near_said
from goldfish.adapters.cli.views.wording import COLORS, cause, count, digest, duration, value

if TYPE_CHECKING:
    from goldfish.api.plans import PlanAnswer, PlannedStage

_ORIGINS = {"default": "pipeline", "config": "configs/", "override": "request"}


def planned(answer: PlanAnswer) -> None:
    """The whole plan; nothing of it has happened."""
    new = " (would be saved)" if answer.is_new else ""
    expected = duration(answer.seconds) if answer.seconds is not None else "unknown: a stage has never run here"
    put(
        facts(
            [
                ("version", f"{answer.version}{new}"),
                ("pipeline", answer.pipeline),
                ("seed", answer.seed),
                ("fingerprint", digest(answer.fingerprint)),
                ("expected", expected),
            ]
        )
    )
    made = table("stage", "does", "would be", "expected", right=["expected"])
    for stage in answer.stages:
        seconds = "0 s" if stage.earlier else duration(stage.seconds)
        row(made, stage.stage, stage.does, _would_be(stage), seconds)
    put("", made)
    for stage in answer.stages:
        _stage(stage)
    if answer.near:
        click.echo()
        near_said(answer.near)
    if answer.tried is not None:
        ended = answer.tried.outcome or "is under way"
        why = cause(answer.tried.outcome, answer.tried.cause)
        told = click.style(ended, fg=COLORS.get(ended))
        click.echo(f"\nNothing would be started: tried as {answer.tried.run}, {told}{': ' if why else ''}{why}")


def _would_be(stage: PlannedStage) -> str:
    return f"taken over from {stage.earlier}" if stage.earlier else "carried out"


def _stage(stage: PlannedStage) -> None:
    heading(stage.stage)
    click.echo(f"  {inert(stage.why)}.")
    all_files = f"all files of the workspace: {stage.code_why}"
    reach = all_files if stage.code is None else f"{count(stage.code, 'file')} and all data files"
    given = [f"{one.name} ← {one.ref} {digest(one.digest)}".rstrip() for one in stage.inputs]
    written = [f"{one.name} ({one.type}{', optional' if one.optional else ''})" for one in stage.outputs]
    pairs = [
        *((f"{key} [{_ORIGINS[given.origin]}]", value(given.value)) for key, given in stage.config.items()),
        ("reads", "\n".join(given)),
        ("writes", ", ".join(written)),
        ("code", reach),
        ("checks", ", ".join(stage.checks)),
        ("judged by", f"{stage.results.metric}, {stage.results.direction}" if stage.results else ""),
        ("limits", f"{duration(stage.limits.seconds)}"),
    ]
    for name, text in pairs:
        for at, line in enumerate(str(text).splitlines()):
            click.echo(f"  {inert(name if at == 0 else ''):<24} {inert(line)}")
