"""Runs every benchmark and writes docs/benchmarks.md; or only those that are named: `python -m benchmarks memory`."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import launch, ledger, memory, metrics, plans, read_models, search, snapshots, sources, startup, tried
from benchmarks.table import machine

PEERS = Path(".venv-peers").absolute()
PAGE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Written by `make bench`. Every figure was measured in one run on one machine, beside what it is compared with; hold the ratios,
not the milliseconds, against another machine. "Limit" is what the figure is held against, "held" whether it was.

"""


def peers() -> Path:
    """An environment of its own for the programs that goldfish is compared with."""
    if not (PEERS / "bin" / "python").exists():
        venv.create(PEERS, with_pip=True)
    subprocess.run([PEERS / "bin" / "python", "-m", "pip", "install", "--quiet", "mlflow"], check=False)
    return PEERS


def main(only: Sequence[str] = ()) -> None:
    """Measure one after the other, say what is being measured, and write the page, unless some were left out."""
    sections = [HEAD + f"{datetime.now(UTC):%Y-%m-%d}, {machine()}.\n"]
    python = peers()
    for name, measure in (
        ("startup", startup.main),
        ("ledger", lambda: ledger.main(python)),
        ("launch", launch.main),
        ("plans", plans.main),
        ("metrics", metrics.main),
        ("snapshots", snapshots.main),
        ("sources", sources.main),
        ("read models", read_models.main),
        ("search", search.main),
        ("memory", lambda: memory.main(python / "bin" / "python")),
        ("tried", tried.main),
    ):
        if only and name not in only:
            continue
        print(f"measuring: {name}", file=sys.stderr)
        sections.append(measure())
        print(sections[-1])
    if not only:
        PAGE.write_text("\n".join(sections))


if __name__ == "__main__":
    main(sys.argv[1:])
