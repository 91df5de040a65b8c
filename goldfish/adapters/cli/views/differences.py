"""What differs in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.patches import bar, patch
from goldfish.adapters.cli.views.wording import count

if TYPE_CHECKING:
    from goldfish.api.answers import DiffAnswer


def differences(answer: DiffAnswer, *, only_stat: bool = False) -> None:
    """Each patch, then a line for each file with how much of it differs."""
    if not answer.files:
        click.echo(f"Nothing differs between {answer.left} and {answer.right}.")
        return
    for file in [] if only_stat else answer.files:
        if file.patch:
            patch(file.patch)
        else:
            click.echo(f"{inert(file.path)}: {file.change}, not shown as text")
        click.echo()
    width = max(len(inert(file.path)) for file in answer.files)
    most = max(file.added + file.removed for file in answer.files)
    for file in answer.files:
        lines = f"{file.added + file.removed:>5}" if file.patch else "binary"
        click.echo(f" {inert(file.path).ljust(width)} {file.change:<8} {lines} {bar(file.added, file.removed, most)}")
    added, removed = sum(f.added for f in answer.files), sum(f.removed for f in answer.files)
    files = count(len(answer.files), "file")
    click.echo(f" {answer.left} → {answer.right}: {files}, {count(added, 'line')} added, {removed} removed")
