"""Metrics that a program only printed, found in its log."""

from __future__ import annotations

from typing import BinaryIO

from goldfish.adapters.parquet_metrics.pairs import is_step, pairs
from goldfish.adapters.parquet_metrics.points import Records, lines

_LONGEST = 2_000  # bytes of a line


def read_printed(file: BinaryIO, records: Records) -> None:
    """Put what the lines of a log say into `records`. A step holds until another one is printed."""
    step: int | None = None
    for line in lines(file, _LONGEST):
        if line is None:
            continue
        for text in line.decode("utf-8", "replace").splitlines():  # a carriage return begins a line too
            found = pairs(text)
            steps = [(pair.fineness, pair.whole) for pair in found if pair.fineness is not None]
            if steps:
                step = min(steps)[1]
            for pair in found:
                if not is_step(pair.name):
                    records.add(pair.name, step, pair.value)
