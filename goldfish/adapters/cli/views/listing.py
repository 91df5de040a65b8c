"""A table that fits: it leaves out columns, then folds them, and never cuts a cell without saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.table import Table
from rich.text import Text

GAP: Final = 3  # columns between two cells
ROOM: Final = 24  # columns that are left to a cell that may fold, before a whole column is left out


class Listing:
    """Rows of cells under names. How they are laid out is decided when the width is known."""

    def __init__(
        self, names: Sequence[str], right: Sequence[str], yielding: Sequence[str], least: Sequence[str]
    ) -> None:
        self._names = names
        self._right = right
        self._yielding = yielding
        self._least = least
        self._rows: list[tuple[Sequence[Text], str]] = []

    def add_row(self, *cells: Text, style: str = "") -> None:
        """Add a row with a cell for each name."""
        self._rows.append((cells, style))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        shown = self._shown(options.max_width)
        fits = self._width(shown) <= options.max_width
        made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
        for place in shown:
            name = self._names[place]
            right, firm = name in self._right, fits and name not in self._yielding
            made.add_column(Text(name), justify="right" if right else "left", no_wrap=firm, overflow="fold")
        for cells, style in self._rows:
            made.add_row(*(cells[place] for place in shown), style=style)
        yield made

    def _shown(self, room: int) -> list[int]:
        shown, least = list(range(len(self._names))), list(self._least)
        while least and self._width(shown) > room:
            shown.remove(self._names.index(least.pop(0)))
        return shown

    def _width(self, shown: Sequence[int]) -> int:
        return sum(map(self._needed, shown)) + GAP * (len(shown) - 1)

    def _needed(self, place: int) -> int:
        widest = max(cell_len(text) for text in (self._names[place], *(cells[place].plain for cells, _ in self._rows)))
        return min(ROOM, widest) if self._names[place] in self._yielding else widest
