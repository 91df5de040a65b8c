"""Commands around data from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options
from goldfish.adapters.cli.views.said import source_added

if TYPE_CHECKING:
    from goldfish.domain.values import SignalType

TYPES = ("npy", "csv", "parquet", "json", "file", "directory")


@click.group()
def source() -> None:
    """Bring data into the project."""


@source.command()
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--type", "kind", type=click.Choice(TYPES), help="By default as the suffix says.")
@command_id
@command_options
@pass_invocation
def add(invocation: Invocation, name: str, path: Path, kind: SignalType | None, command_id: str | None) -> None:
    """Register a file or directory under a name, pinned by the digest of all its bytes.

    The bytes are copied into the project. The same bytes again are no new revision.
    """
    invocation.answer(invocation.goldfish().add_source(name, path, kind=kind, command_id=command_id), source_added)
