"""A group that imports a command's module only when that command is called."""

from __future__ import annotations

import importlib
import keyword
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.table import COMMANDS, HIDDEN, SECTIONS
from goldfish.errors import WrongUsage

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """The commands of `table`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names that help shows, section by section."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, hidden or not."""
        entry = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if entry is None:
            return None
        function = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        found = getattr(importlib.import_module(f"goldfish.adapters.cli.commands.{entry.module}"), function)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with near names taken from the table."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            from difflib import get_close_matches

            near = tuple(get_close_matches(name, COMMANDS))
            raise WrongUsage(why=f"there is no command {name!r}", command=ctx.command_path, near=near)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section of help for each section of the table."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.help) for name, entry in entries.items()], col_max=12)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Command names from the table, then the options of the group."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=e.help) for name, e in COMMANDS.items() if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)
