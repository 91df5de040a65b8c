"""Where the demo's story is told: a terminal, a pipe, or one JSON document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.panel import Panel
from rich.text import Text

from goldfish.adapters.cli.views.compare import comparison
from goldfish.adapters.cli.views.following import following
from goldfish.adapters.cli.views.lineage import tree
from goldfish.adapters.cli.views.said import requested
from goldfish.adapters.cli.views.status import overview
from goldfish.adapters.cli.views.terminal import console
from goldfish.adapters.cli.views.terminal import text as words
from goldfish.adapters.cli.views.verify import verdict

if TYPE_CHECKING:
    from pydantic import JsonValue
    from rich.console import RenderableType

    from goldfish.api.answers import RunAnswer, RunProgress, VerifyAnswer
    from goldfish.queries.compare import Comparison
    from goldfish.queries.lineage import Lineage
    from goldfish.queries.status_lines import Status

    Wait = Callable[[Callable[[RunProgress], None]], RunProgress]

WIDTH = 100  # columns of a panel


class TerminalStage:
    """Tells the story to people, with the same views that the commands use."""

    def __init__(self) -> None:
        self._chapters = 0

    def chapter(self, title: str, text: str) -> None:
        """A new part of the story."""
        self._chapters += 1
        self._panel(words(text), f"{self._chapters}. {title}", "cyan")

    def command(self, line: str) -> None:
        """The command that does what now happens."""
        click.echo(click.style("$ ", fg="cyan") + click.style(line, bold=True))

    def follow(self, run: RunAnswer, wait: Wait) -> RunProgress:
        """Watch a run to its end."""
        requested(run, following=True)
        with following() as tell:
            return wait(tell)

    def tried(self, answer: RunAnswer) -> None:
        """The answer to a request that needs no run."""
        requested(answer)

    def comparison(self, answer: Comparison) -> None:
        """Two runs side by side."""
        comparison(answer)

    def lineage(self, answer: Lineage) -> None:
        """Where something came from."""
        tree(answer)

    def status(self, answer: Status) -> None:
        """Where the project stands."""
        overview(answer)

    def verified(self, answer: VerifyAnswer) -> None:
        """Whether all is as it was recorded."""
        verdict(answer)

    def farewell(self, directory: Path, commands: Sequence[str]) -> None:
        """How to go on."""
        lines = Text("\n").join([words(f"cd {directory}", "bold"), *(words(command, "bold") for command in commands)])
        self._panel(lines, "Go on from here", "green")

    def _panel(self, content: RenderableType, title: str, style: str) -> None:
        to = console(width=WIDTH)
        to.print()
        to.print(
            Panel(
                content,
                title=words(title, "bold"),
                title_align="left",
                border_style=style,
                box=box.ROUNDED,
                width=min(WIDTH, to.width),
            )
        )


class SilentStage:
    """Keeps what the story came to, for one JSON document at its end."""

    def __init__(self) -> None:
        self._told: dict[str, JsonValue] = {}
        self._runs: list[JsonValue] = []

    def told(self) -> dict[str, JsonValue]:
        """The project's directory, how its runs ended, what was tried again, and whether the ledger is sound."""
        return {**self._told, "runs": self._runs}

    def chapter(self, title: str, text: str) -> None:
        """Nothing is said."""

    def command(self, line: str) -> None:
        """Nothing is said."""

    def follow(self, run: RunAnswer, wait: Wait) -> RunProgress:
        """Keep how a run ended."""
        ended = wait(lambda _: None)
        self._runs.append({**run.model_dump(mode="json"), "progress": ended.model_dump(mode="json")})
        return ended

    def tried(self, answer: RunAnswer) -> None:
        """Keep the answer to a request that needs no run."""
        self._told["tried"] = answer.model_dump(mode="json")

    def comparison(self, answer: Comparison) -> None:
        """Keep the comparison."""
        self._told["comparison"] = answer.model_dump(mode="json")

    def lineage(self, answer: Lineage) -> None:
        """Keep the lineage."""
        self._told["lineage"] = answer.model_dump(mode="json")

    def status(self, answer: Status) -> None:
        """Keep the status."""
        self._told["status"] = answer.model_dump(mode="json")

    def verified(self, answer: VerifyAnswer) -> None:
        """Keep the proof."""
        self._told["verified"] = answer.model_dump(mode="json")

    def farewell(self, directory: Path, commands: Sequence[str]) -> None:
        """Keep where it happened, and how to go on."""
        self._told["project"] = str(directory)
        self._told["next"] = list(commands)
