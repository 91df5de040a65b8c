"""How long a command takes from the shell, beside the interpreter that it needs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row, markdown, seconds

GOLDFISH = [sys.executable, "-P", "-m", "goldfish"]


def wall(command: list[str], cwd: Path | None = None, times: int = 15) -> float:
    """The median wall time of a process, in seconds."""
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True, cwd=cwd), times)


def main() -> str:
    """The table. Each command is held against `python -c pass`, timed before and after it."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        subprocess.run([*GOLDFISH, "init", str(project)], check=True, capture_output=True)
        subprocess.run([*GOLDFISH, "create", "baseline"], check=True, capture_output=True, cwd=project)
        rows = []
        for what, arguments, limit in (
            ("goldfish --version", ["--version"], 6),
            ("goldfish status", ["status"], 25),
            ("goldfish status --since 1, which is always computed", ["status", "--since", "1"], None),
        ):
            before = wall([sys.executable, "-c", "pass"])
            taken = wall([*GOLDFISH, *arguments], project)
            floor = (before + wall([sys.executable, "-c", "pass"])) / 2
            ratio = taken / floor
            value = f"{taken * 1000:.0f} ms, {ratio:.1f} × {floor * 1000:.1f} ms"
            held = ratio <= limit if limit else None
            rows.append(Row(what, value, f"≤ {limit} × `python -c pass`" if limit else "", held))
        for imports in ("click", "click, pydantic, eventsourcing.sqlite, duckdb"):
            taken = wall([sys.executable, "-c", f"import {imports}"])
            rows.append(Row(f"import {imports}", f"{taken * 1000:.0f} ms, {taken / floor:.1f} ×"))
    return markdown("Starting", rows)


if __name__ == "__main__":
    print(main())
