"""How a run goes, while it goes: a live table on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.light import columns
from goldfish.adapters.cli.views.wording import COLORS, cause, duration

if TYPE_CHECKING:
    from rich.table import Table

    from goldfish.api.answers import RunProgress, StageProgress

Tell = Callable[["RunProgress"], None]


@contextmanager
def following(*, silent: bool = False) -> Iterator[Tell]:
    """What to call with each new state of a run. At the end it is said how the run ended."""
    if silent:
        yield lambda _: None
        return
    show: _LiveTable | _Lines = _LiveTable() if sys.stdout.isatty() else _Lines()
    with show.showing():
        yield show
    if show.latest is not None:
        ending(show.latest)


def progress_table(progress: RunProgress) -> None:
    """Where a run is, at this moment."""
    rows = [[inert(s.stage), s.outcome or s.state, duration(s.seconds), _why(s)] for s in progress.stages]
    columns(rows, colors=[COLORS.get(s.outcome or "") for s in progress.stages])
    ending(progress)


def ending(progress: RunProgress) -> None:
    """How a run ended, or that it goes on."""
    word = progress.outcome or ("is under way" if progress.state == "open" else progress.state)
    why = cause(progress.outcome, progress.cause)
    click.echo(f"{progress.run} {click.style(word, fg=COLORS.get(word), bold=True)}" + (f": {why}" if why else ""))
    if progress.state != "open" and progress.outcome != "succeeded":
        click.echo(click.style("next: ", fg="cyan") + f"goldfish show {progress.run}, goldfish logs {progress.run}")
    if progress.awaits_verdict:
        click.echo(click.style("next: ", fg="cyan") + f"goldfish finalize {progress.run}")


class _Lines:
    """One line whenever a stage is in another state."""

    def __init__(self) -> None:
        self.latest: RunProgress | None = None
        self._said: dict[str, str] = {}

    @contextmanager
    def showing(self) -> Iterator[None]:
        yield

    def __call__(self, progress: RunProgress) -> None:
        self.latest = progress
        for stage in progress.stages:
            word = stage.outcome or stage.state
            if word not in _PASSING and self._said.get(stage.stage) != word:
                self._said[stage.stage] = word
                seconds = f" in {duration(stage.seconds)}" if stage.outcome and stage.seconds is not None else ""
                why = _why(stage)
                click.echo(f"  {inert(stage.stage)}: {word}{seconds}" + (f": {why}" if why else ""))


class _LiveTable:
    """A table that is drawn over itself, with the seconds of what is under way."""

    def __init__(self) -> None:
        from rich.spinner import Spinner

        self.latest: RunProgress | None = None
        self._spinner = Spinner("dots", style="cyan")
        self._began: dict[str, float] = {}

    @contextmanager
    def showing(self) -> Iterator[None]:
        from rich.live import Live

        from goldfish.adapters.cli.views.terminal import console

        with Live(get_renderable=self._table, console=console(), refresh_per_second=12):
            yield

    def __call__(self, progress: RunProgress) -> None:
        self.latest = progress
        for stage in progress.stages:
            if stage.state in ("launching", "running", "collecting"):
                self._began.setdefault(stage.stage, time.monotonic())

    def _table(self) -> Table:
        from rich.table import Table

        from goldfish.adapters.cli.views.terminal import text

        grid = Table.grid(padding=(0, 2))
        for stage in self.latest.stages if self.latest else ():
            word = stage.outcome or stage.state
            busy = stage.state in ("launching", "running", "collecting")
            mark = self._spinner if busy else text(_MARKS.get(word, "·"), COLORS.get(word, "dim"))
            style = COLORS.get(word, "cyan" if busy else "dim")
            seconds = duration(self._seconds(stage))
            grid.add_row(
                mark,
                text(stage.stage),
                text(word, style),
                text(seconds, "dim"),
                text(_why(stage), style),
            )
        return grid

    def _seconds(self, stage: StageProgress) -> float | None:
        began = self._began.get(stage.stage)
        if stage.seconds is not None or stage.state == "ended" or began is None:
            return stage.seconds
        return time.monotonic() - began


def _why(stage: StageProgress) -> str:
    """Why it ended so, or where its outputs come from."""
    return f"taken over from {inert(stage.reused)}" if stage.reused else cause(stage.outcome, stage.cause)


_PASSING = ("waiting", "launching", "collecting")  # states that no line is worth
_MARKS = {"succeeded": "✓", "failed": "✗", "lost": "?", "cancelled": "◼"}
