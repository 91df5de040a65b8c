"""Commands around the settings of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import command_id, command_options

if TYPE_CHECKING:
    from goldfish.domain.project_settings import ProjectSettings


@click.group()
def settings() -> None:
    """Show or change how strict goldfish is."""


@settings.command()
@command_options
@pass_invocation
def show(invocation: Invocation) -> None:
    """Show the settings of the project, and what each means.

    \b
    goldfish settings show
    """
    invocation.answer(invocation.goldfish(reviving=False).settings(), _shown)


@settings.command(name="set")
@click.argument("changes", metavar="KEY=VALUE", nargs=-1, required=True)
@command_id
@command_options
@pass_invocation
def set_(invocation: Invocation, changes: tuple[str, ...], command_id: str | None) -> None:
    """Change settings of the project.

    \b
    goldfish settings set gate=refuse
    goldfish settings set minimum_reason=40 trend_runs=5
    """
    from goldfish.domain.project_settings import read_setting

    given = dict(read_setting(change) for change in changes)
    invocation.answer(invocation.goldfish().configure(given, command_id=command_id), _shown)


def _shown(answer: ProjectSettings) -> None:
    from goldfish.adapters.cli.views.light import columns

    fields = type(answer).model_fields
    columns([[name, str(getattr(answer, name)), field.description or ""] for name, field in fields.items()])
