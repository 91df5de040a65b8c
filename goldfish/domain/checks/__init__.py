"""Checks: pure functions from the metrics of one stage execution to verdicts. Every check answers, passes too.

Written in plain Python on purpose: importing numpy costs more than starting Python, and each check reads a series
once and then works on a bounded sample, so that a million points take less than a second.
"""

from __future__ import annotations

from collections.abc import Mapping

from goldfish.domain.checks.exploding import loss_exploded
from goldfish.domain.checks.finite import metrics_finite
from goldfish.domain.checks.series import Check, Points
from goldfish.domain.executions import Execution

CHECKS: dict[str, Check] = {
    "metrics.finite": metrics_finite,
    "loss.exploded": loss_exploded,
}


def evaluate(series: Mapping[str, Points], checks: Mapping[str, Check] = CHECKS) -> list[Execution.CheckEvaluated]:
    """What each check says, one verdict each: `series` is metric → (step, value) in the order they were logged."""
    return [check(series) for check in checks.values()]


__all__ = ["CHECKS", "Check", "Points", "evaluate"]
