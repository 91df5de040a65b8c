"""metrics.readable: every line that a stage wrote as a metric is one."""

from __future__ import annotations

from goldfish.domain.checks.series import count
from goldfish.domain.executions import Execution

NAME = "metrics.readable"


def metrics_readable(file: str, lines: int, named: list[str], points: int) -> Execution.CheckEvaluated:
    """Warn of lines that could not be read; `named` are the first of them, each with what is wrong."""
    others = f", and {lines - 1} more" if lines > 1 else ""
    return Execution.CheckEvaluated(
        check=NAME,
        subject=file,
        verdict="failed",
        severity="warn",
        sentence=f"{count(lines, 'line')} of {file} cannot be read: {named[0]}{others}",
        evidence={"lines": lines, "named": [*named], "points": points},
    )
