"""metrics.finite: every logged value is a number."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import JsonValue

from goldfish.domain.checks.series import Points, at, count, is_loss
from goldfish.domain.executions import Execution
from goldfish.domain.values import Severity, Verdict

NAME = "metrics.finite"
SHOWN = 10  # metrics named in the evidence


def metrics_finite(series: Mapping[str, Points]) -> Execution.CheckEvaluated:
    """Fail when any metric was NaN or infinite; the subject is the one that broke first.

    It blocks, unless no loss is concerned and every metric came back to end on a finite value, as gradient norms do
    while a loss scale is found, or scores that are undefined on the first small batch: that is a warning.
    """
    points = sum(len(values) for values in series.values())
    if not points:
        return _verdict("metrics", "not-applicable", "block", "no metrics were logged", {})
    broken = {name: bad for name, values in series.items() if (bad := _not_finite(values))}
    if not broken:
        sentence = f"all {points} points of {count(len(series), 'metric')} are finite"
        if points == 1:
            sentence = f"the only point of {next(name for name, values in series.items() if values)} is finite"
        return _verdict("metrics", "passed", "block", sentence, {"metrics": len(series), "points": points})
    name = min(broken, key=lambda n: (*_order(series[n], broken[n][0]), n))
    severity: Severity = "block" if any(_matters(n, series[n]) for n in broken) else "warn"
    return _failure(name, series, broken, severity)


def _failure(
    name: str, series: Mapping[str, Points], broken: Mapping[str, list[int]], severity: Severity
) -> Execution.CheckEvaluated:
    values, bad = series[name], broken[name]
    became = _say(values[bad[0]][1])
    others = sorted(other for other in broken if other != name)
    last = values[-1][0]
    sentence = f"{name} is {became}"
    if len(values) > 1:
        sentence = (
            f"{name} became {became} at {at(values, bad[0])} of {len(values) if last is None else last} "
            f"({len(bad)} of {count(len(values), 'point')} {'is' if len(bad) == 1 else 'are'} not finite)"
        )
    if others:
        sentence += f", and so did {', '.join(others[:3])}" + (
            f" and {len(others) - 3} more" if len(others) > 3 else ""
        )
    evidence: dict[str, JsonValue] = {
        "metric": name,
        "became": became,
        "first_step": values[bad[0]][0],
        "first_point": bad[0] + 1,
        "last_step": last,
        "not_finite": len(bad),
        "points": len(values),
        "others": [*others[:SHOWN]],
        "broken_metrics": len(broken),
    }
    return _verdict(name, "failed", severity, sentence, evidence)


def _not_finite(points: Points) -> list[int]:
    isfinite = math.isfinite
    return [index for index, (_, value) in enumerate(points) if not isfinite(value)]


def _order(points: Points, index: int) -> tuple[bool, int]:
    """By step; what was logged without one, as results are when training is over, comes after it."""
    step = points[index][0]
    return step is None, index if step is None else step


def _matters(name: str, points: Points) -> bool:
    return is_loss(name) or not math.isfinite(points[-1][1])


def _say(value: float) -> str:
    return "NaN" if math.isnan(value) else "infinite" if value > 0 else "minus infinity"


def _verdict(
    subject: str, verdict: Verdict, severity: Severity, sentence: str, evidence: dict[str, JsonValue]
) -> Execution.CheckEvaluated:
    return Execution.CheckEvaluated(
        check=NAME, subject=subject, verdict=verdict, severity=severity, sentence=sentence, evidence=evidence
    )
