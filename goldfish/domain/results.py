"""What a run achieved, from its spec and from what its stages logged. Nothing here is recorded: it can be asked again.

The rule of the verdict: at least as good as the goal is a success, worse than the minimum is a miss, anything between
is partial. Without a minimum nothing is a miss; without a goal the minimum decides alone. Without both, and without a
number, the verdict is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from goldfish.domain.event import Value
from goldfish.domain.specs import Direction, Judgement, Pick, ResultsSpec, Split
from goldfish.domain.values import MetricSummary, Outcome

Point = tuple[int | None, float]

_WORST_FIRST: tuple[Judgement, ...] = ("miss", "unknown", "partial", "success")


class Reached(Value):
    """A number of another run, of the same metric, split and direction."""

    ref: str  # what was asked for: "@best", "baseline@v2"
    run: str  # the run that it means
    value: float


class Against(Value):
    """How a number compares with another one. `gain` is positive where it is better, whatever the direction."""

    ref: str
    run: str
    value: float
    gain: float
    beyond: bool  # whether the difference is more than the tolerance


class StageResult(Value):
    """The automatic result of one stage: what its spec picks from what it logged, and the verdict that follows."""

    stage: str
    outcome: Outcome | None  # how the stage ended; None: it never began
    metric: str
    direction: Direction
    split: Split
    pick: Pick
    value: float | None  # None where there is nothing to pick
    step: int | None
    first: float | None
    last: float | None
    last_step: int | None
    best: float | None
    best_step: int | None
    points: int
    non_finite: int
    secondary: dict[str, float | None]
    verdict: Judgement
    sentence: str
    baseline: Against | None


class Proposal(Value):
    """What would be said of a run if nobody knew better."""

    run: str
    outcome: Outcome
    verdict: Judgement
    sentence: str
    results: list[StageResult]


def stage_result(
    stage: str,
    spec: ResultsSpec,
    summaries: Mapping[str, MetricSummary],
    *,
    outcome: Outcome | None = "succeeded",
    baseline: Reached | None = None,
) -> StageResult:
    """The automatic result of a stage. One that did not succeed may have logged numbers, but has no result."""
    found = summaries.get(spec.metric)
    picked = _picked(spec, found)
    verdict, sentence = judged(spec, picked)
    if outcome != "succeeded":
        verdict, sentence = "unknown", f"{stage} {_ENDED[outcome]}, so that {_what_is_left(spec, picked)}"
    elif picked is None:
        sentence = _nothing_to_pick(spec, found)
    best, best_step = _best(spec, found)
    return StageResult(
        stage=stage,
        outcome=outcome,
        metric=spec.metric,
        direction=spec.direction,
        split=spec.split,
        pick=spec.pick,
        value=picked,
        step=None if picked is None or found is None else best_step if spec.pick == "best" else found.last_step,
        first=found.first if found else None,
        last=found.last if found else None,
        last_step=found.last_step if found else None,
        best=best,
        best_step=best_step,
        points=found.count if found else 0,
        non_finite=found.non_finite if found else 0,
        secondary={name: _last(summaries.get(name)) for name in spec.secondary},
        verdict=verdict,
        sentence=sentence,
        baseline=None if picked is None or baseline is None else against(spec, picked, baseline),
    )


def judged(spec: ResultsSpec, value: float | None) -> tuple[Judgement, str]:
    """The verdict on a number, and why, in one sentence."""
    if value is None:
        return "unknown", f"{spec.metric} has no number"
    said = f"{spec.metric} ({spec.split}) is {value:.6g}"
    near, far = ("at least", "below") if spec.direction == "maximize" else ("at most", "above")
    if spec.minimum is not None and spec.gain(value, spec.minimum) < 0:
        return "miss", f"{said}, {far} the minimum {spec.minimum:.6g}"
    if spec.goal is not None and spec.gain(value, spec.goal) >= 0:
        return "success", f"{said}, {near} the goal {spec.goal:.6g}"
    if spec.goal is not None and spec.minimum is not None:
        return "partial", f"{said}, {near} the minimum {spec.minimum:.6g} but {far} the goal {spec.goal:.6g}"
    if spec.goal is not None:
        return "partial", f"{said}, {far} the goal {spec.goal:.6g}; no minimum was set"
    if spec.minimum is not None:
        return "success", f"{said}, {near} the minimum {spec.minimum:.6g}; no goal was set"
    return "unknown", f"{said}; neither a goal nor a minimum was set"


def proposal(run: str, outcome: Outcome, cause: str, results: Sequence[StageResult]) -> Proposal:
    """The verdict on a run that ended: that of its worst stage. A run that did not succeed has shown nothing yet."""
    if not results:
        verdict, sentence = "unknown", f"{run} {_ENDED[outcome]}; nothing was set that it is judged by"
        return Proposal(run=run, outcome=outcome, verdict="unknown", sentence=sentence, results=[])
    verdict = worst(result.verdict for result in results)
    sentence = "; ".join(dict.fromkeys(result.sentence for result in results if result.verdict == verdict))
    if outcome != "succeeded":
        sentence = f"{run} {_ENDED[outcome]} ({cause}); {sentence}"
    return Proposal(run=run, outcome=outcome, verdict=verdict, sentence=sentence, results=list(results))


def worst(verdicts: Iterable[Judgement]) -> Judgement:
    """A run is as good as its worst stage: miss before unknown before partial before success."""
    return min(verdicts, key=_WORST_FIRST.index, default="unknown")


def against(spec: ResultsSpec, value: float, other: Reached) -> Against:
    """A number beside that of another run."""
    return Against(
        ref=other.ref,
        run=other.run,
        value=other.value,
        gain=spec.gain(value, other.value),
        beyond=differs(value, other.value, spec.tolerance),
    )


def differs(one: float, other: float, tolerance: float) -> bool:
    """Whether two numbers differ by more than a tolerance; what binary fractions add to it does not count."""
    distance = abs(one - other)
    noise = 1e-12 * max(abs(one), abs(other))
    return distance > tolerance and not math.isclose(distance, tolerance, rel_tol=1e-9, abs_tol=noise)


def summarized(points: Sequence[Point]) -> MetricSummary:
    """The summary of a series, for a metric that the sealed summary had no room for."""
    steps = [index if step is None else step for index, (step, _) in enumerate(points)]
    finite = [(step, value) for step, (_, value) in zip(steps, points, strict=True) if math.isfinite(value)]
    lowest = min(finite, key=lambda point: point[1], default=None)
    highest = max(finite, key=lambda point: point[1], default=None)
    return MetricSummary(
        count=len(points),
        non_finite=len(points) - len(finite),
        first=finite[0][1] if finite else None,
        last=finite[-1][1] if finite else None,
        last_is_finite=bool(points) and math.isfinite(points[-1][1]),
        min=lowest[1] if lowest else None,
        max=highest[1] if highest else None,
        min_step=lowest[0] if lowest else None,
        max_step=highest[0] if highest else None,
        last_step=finite[-1][0] if finite else None,
    )


_ENDED: dict[Outcome | None, str] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "was cancelled",
    "lost": "was lost",
    None: "never began",
}


def _picked(spec: ResultsSpec, found: MetricSummary | None) -> float | None:
    """The number that counts. A series that ends in NaN has no last value."""
    return _best(spec, found)[0] if spec.pick == "best" else _last(found)


def _last(found: MetricSummary | None) -> float | None:
    return found.last if found is not None and found.last_is_finite else None


def _best(spec: ResultsSpec, found: MetricSummary | None) -> tuple[float | None, int | None]:
    if found is None:
        return None, None
    return (found.max, found.max_step) if spec.direction == "maximize" else (found.min, found.min_step)


def _nothing_to_pick(spec: ResultsSpec, found: MetricSummary | None) -> str:
    if found is None or not found.count:
        return f"{spec.metric} was never logged"
    if found.last is None:
        return f"none of the {found.count} values of {spec.metric} is finite"
    return f"the last value of {spec.metric} is not finite; the last finite one is {found.last:.6g}"


def _what_is_left(spec: ResultsSpec, picked: float | None) -> str:
    return f"{spec.metric} has no number" if picked is None else f"{spec.metric} = {picked:.6g} is not its result"
