"""What a stage prints, as it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldfish.api import Goldfish


def printed_by(goldfish: Goldfish, execution: str, since: int = 0) -> Iterator[str]:
    """What a stage prints from a byte on, until it has ended."""
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
