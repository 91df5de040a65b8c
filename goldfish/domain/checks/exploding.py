"""loss.exploded: no training objective ends far above where it began."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from goldfish.domain.checks.levels import FAR, MOST, Levels, levels
from goldfish.domain.checks.series import Points, is_held_out, is_loss
from goldfish.domain.executions import Execution
from goldfish.domain.values import Verdict

NAME = "loss.exploded"
FEWEST = 5  # finite points: fewer have no level to speak of
EXTREME = 100.0  # times the first level: exploded, whatever it does then


def loss_exploded(series: Mapping[str, Points]) -> Execution.CheckEvaluated:
    """Fail when a loss ends far above its first level, and noise does not explain it.

    The method compares levels, which are medians of several points, so that no single spike decides (Huber, Robust
    Statistics, 1981; noise from the median absolute deviation, Rousseeuw and Croux, Alternatives to the Median Absolute
    Deviation, 1993, here of differences, so that a trend is no noise). A loss has exploded when its late level is

    - at least 100 times its first level; or
    - at least 10 times, and stays: it is still at least half of its worst level, or was at 10 times for half of the
      run; and it is a training loss or still rising. A validation loss that rises and flattens out is overfitting,
      which is another finding; a loss that comes down again is recovering, from a spike, a warm-up or a harder task.

    "Times" are measured in the largest of: the first level, the best level, the way from the first to the best; so a
    loss may be negative or cross zero. The first level is the first point, since a loss may explode within a few steps,
    or the median of the first few where that is higher and so less uncertain; the rise from it must be four standard
    deviations of its own noise on a logarithmic scale. Metrics that are not losses by their name (see `is_loss`)
    are not judged.

    Limits: a loss that had exploded before its first point is not seen, nor one that ends below ten times its start; a
    loss that truly begins near zero and settles at 100 times that is reported.
    """
    judged = {name: found for name, points in series.items() if is_loss(name) and (found := levels(points, FEWEST))}
    if not judged:
        why = f"with {FEWEST} finite points or more" if any(map(is_loss, series)) else "by its name"
        return _verdict("metrics", "not-applicable", f"no metric is a loss {why}", {})
    exploded = [name for name, found in judged.items() if _exploded(found, held_out=is_held_out(name))]
    name = max(exploded or judged, key=lambda n: (judged[n].times, n))
    evidence = _evidence(judged[name], exploded)
    if exploded:
        return _verdict(name, "failed", _sentence(name, judged[name]), evidence)
    ended = f"{name} ended around {judged[name].late:.4g}, after {judged[name].first:.4g} at first"
    return _verdict(name, "passed", ended, evidence)


def _exploded(found: Levels, *, held_out: bool) -> bool:
    if not found.beyond_noise:
        return False
    if found.times >= EXTREME:
        return True
    return found.times >= FAR and found.stays and (found.rising or not held_out)


def _sentence(name: str, found: Levels) -> str:
    return (
        f"{name} rose to {found.late:.4g}, {_times(found.times)} its first level {found.first:.4g} "
        f"(best {found.best:.4g}, worst {found.worst:.4g}), and stayed up from {found.since} on"
    )


def _times(ratio: float) -> str:
    return f"{ratio:.3g} times" if ratio < MOST else "countless times"


def _evidence(found: Levels, exploded: list[str]) -> dict[str, JsonValue]:
    return {
        "exploded": [*sorted(exploded)[:10]],
        "first": found.first,
        "best": found.best,
        "worst": found.worst,
        "late": found.late,
        "times": found.times,
        "noise": found.noise,
        "since": found.since,
        "points": found.points,
    }


def _verdict(subject: str, verdict: Verdict, sentence: str, evidence: dict[str, JsonValue]) -> Execution.CheckEvaluated:
    return Execution.CheckEvaluated(
        check=NAME, subject=subject, verdict=verdict, severity="block", sentence=sentence, evidence=evidence
    )
