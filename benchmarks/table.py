"""Rows of a benchmark, and how they are shown."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, its value, and the limit it is held against, if there is one."""

    what: str
    value: str
    limit: str = ""
    held: bool | None = None


def seconds(work: Callable[[], object], times: int = 7) -> float:
    """The median wall time of some work."""
    return statistics.median(_timed(work) for _ in range(times))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def markdown(title: str, rows: Sequence[Row]) -> str:
    """A section with one table."""
    lines = [f"## {title}", "", "| what | measured | limit | |", "|---|---|---|---|"]
    marks = {True: "held", False: "**not held**", None: ""}
    lines += [f"| {row.what} | {row.value} | {row.limit} | {marks[row.held]} |" for row in rows]
    return "\n".join([*lines, ""])


def machine() -> str:
    """One sentence about where this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpu = next(
        (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ": ?"
    )
    name = cpu.partition(":")[2].strip()
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB, {system}"
