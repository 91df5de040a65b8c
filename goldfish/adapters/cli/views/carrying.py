"""How many bytes were carried, while they are."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str, int, "int | None"], None]

AFTER = 0.5  # seconds; what is done sooner needs no bar


@contextmanager
def carrying() -> Iterator[Tell | None]:
    """A progress bar on standard error, where that is a terminal and it takes a while."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.stop()


class _Bar:
    """Begins by itself when it is told of something that takes long; rich is not imported before."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stop: Callable[[], None] = lambda: None
        self._update: Callable[[str, int, int | None], None] | None = None

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if self._update is None and time.monotonic() - self._began > AFTER:
            self._update = self._start()
        if self._update is not None:
            self._update(what, done, total)

    def stop(self) -> None:
        """Take it away."""
        self._stop()

    def _start(self) -> Callable[[str, int, int | None], None]:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        from goldfish.adapters.cli.views.terminal import console

        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console(err=True),
            transient=True,
        )
        progress.start()
        self._stop = progress.stop
        task = progress.add_task("", total=None)
        return lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
