"""What a stage prints, as it comes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldfish.api import Goldfish


def printed_by(goldfish: Goldfish, execution: str, since: int = 0) -> Iterator[str]:
    """What a stage prints from a byte on, until it has ended. What a progress bar has written over is left out."""
    return written_over(_parts(goldfish, execution, since))


def written_over(parts: Iterable[str]) -> Iterator[str]:
    """Text without carriage returns: of what stood on a line one after the other, the newest that has come."""
    held, begun = "", False  # a return at the end may be half of a line's end; whether a line has text already
    for part in parts:
        text, shown = held + part, ""
        held = "\r" if text.endswith("\r") else ""
        for number, line in enumerate(text.removesuffix(held).replace("\r\n", "\n").split("\n")):
            if number:
                shown, begun = f"{shown}\n", False
            pieces = [piece for piece in line.split("\r") if piece]
            if pieces:
                new = "\n" if begun and (len(pieces) > 1 or line.startswith("\r")) else ""
                shown, begun = f"{shown}{new}{pieces[-1]}", True
        if shown:
            yield shown


def _parts(goldfish: Goldfish, execution: str, since: int) -> Iterator[str]:
    at, checked = since, time.monotonic()
    while True:
        part = goldfish.log_since(execution, at)
        if part.text:
            yield part.text
        if part.ended or goldfish.progress(execution.partition("/")[0]).state != "open":
            if part.next == at:
                return
        elif part.next == at:
            if time.monotonic() - checked > 1:
                checked = time.monotonic()
                goldfish.recover()
            time.sleep(0.05)
        at = part.next
