"""Judging a run: what was proposed is confirmed or corrected, checked against the spec and against what was logged."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from goldfish.domain.event import Event, Value
from goldfish.domain.names import execution_id
from goldfish.domain.problems import brief
from goldfish.domain.results import Point, Proposal, StageResult, judged, worst
from goldfish.domain.runs import Run
from goldfish.domain.specs import Direction, Judgement, ResultsSpec, Split, StageValue
from goldfish.domain.values import MetricSummary, Outcome
from goldfish.errors import (
    AlreadyFinalized,
    BadResultValue,
    NoResultsSpec,
    NoteNeeded,
    NotFinalized,
    NothingToAmend,
    ResultContradictsSpec,
    ResultNotLogged,
    RunStillOpen,
    VerdictNeedsReason,
)

AS_SHOWN = 5.1e-6  # numbers are shown with six significant digits: whoever copies one means the logged one


@dataclass(frozen=True, slots=True)
class Logged:
    """What the stages of a run logged. `series` reads every point of the metric that a stage is judged by."""

    summaries: Mapping[str, Mapping[str, MetricSummary]]  # stage → metric → summary
    series: Callable[[str], Sequence[Point]]


class Claim(Value):
    """A number that somebody gives for a stage. What is said besides must be what its spec says."""

    value: float
    metric: str | None = None
    direction: Direction | None = None
    split: Split | None = None
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a run. What is None is left to the proposal, or as it was."""

    verdict: Judgement | None = None
    claims: Mapping[str, Claim] | None = None
    comment: str | None = None
    learned: str | None = None
    next_steps: Sequence[str] | None = None
    reason: str | None = None


def read_claims(given: Mapping[str, JsonValue]) -> dict[str, Claim]:
    """Stage → number, or a mapping with `value` and what is said besides. Raises `BadResultValue`."""
    found: dict[str, Claim] = {}
    for stage, value in given.items():
        try:
            found[stage] = Claim.model_validate(value if isinstance(value, dict) else {"value": value}, strict=True)
        except ValidationError as error:
            why = [f"{'.'.join(map(str, e['loc']))}: {brief(e['input'])} cannot be used" for e in error.errors()]
            raise BadResultValue(stage=stage[:80], why=why) from error
    return found


def must_be_over(run: Run) -> Outcome:
    """How it ended as a program; before that there is nothing to judge."""
    if run.requested is None or run.finished is None:
        raise RunStillOpen(run=run.stream)
    return run.finished.outcome


def finalize(run: Run, proposal: Proposal, said: Said, logged: Logged) -> list[Event]:
    """Judge a run that has ended, once. What is not said is taken from the proposal."""
    outcome = must_be_over(run)
    if run.judgements:
        raise AlreadyFinalized(run=run.stream, verdict=run.judgements[-1].verdict)
    values = confirmed(run, proposal.results, said.claims or {}, logged)
    expected = expected_verdict(run, values, proposal)
    verdict = said.verdict or expected
    contradictions = contradicted(run, values, verdict)
    if contradictions and not said.reason:
        raise VerdictNeedsReason(run=run.stream, verdict=verdict, expected=expected, why=contradictions)
    if outcome != "succeeded" and not (said.comment or said.learned):
        raise NoteNeeded(run=run.stream, ended=_ENDED[outcome])
    return [
        Run.Finalized(
            verdict=verdict,
            values=values,
            comment=said.comment,
            learned=said.learned,
            next_steps=list(said.next_steps or ()),
            reason=said.reason,
        )
    ]


def amend(run: Run, reason: str, said: Said, logged: Logged) -> list[Event]:
    """Judge it anew, with a reason. What is not said stays."""
    must_be_over(run)
    if not run.judgements:
        raise NotFinalized(run=run.stream)
    before = run.judgements[-1]
    claimed = _claimed(run, said.claims or {}, logged)
    after = Run.Amended(
        verdict=said.verdict or before.verdict,
        values=[claimed.get(value.stage, value) for value in before.values],
        comment=said.comment or before.comment,
        learned=said.learned or before.learned,
        next_steps=before.next_steps if said.next_steps is None else list(said.next_steps),
        reason=reason,
    )
    if after.model_dump(exclude={"reason"}) == before.model_dump(exclude={"reason"}):
        raise NothingToAmend(run=run.stream)
    return [after]


def confirmed(
    run: Run, results: Sequence[StageResult], claims: Mapping[str, Claim], logged: Logged
) -> list[StageValue]:
    """A value for each stage that has a spec: the one that was given for it, else the automatic one."""
    claimed = _claimed(run, claims, logged)
    return [claimed.get(result.stage) or _automatic(result) for result in results]


def expected_verdict(run: Run, values: Sequence[StageValue], proposal: Proposal) -> Judgement:
    """The verdict that follows from the values: the proposed one, unless other values were given."""
    proposed = {result.stage: result for result in proposal.results}
    changed = [value for value in values if value != _automatic(proposed[value.stage])]
    if not changed:
        return proposal.verdict
    specs = specs_of(run)
    return worst(
        judged(specs[value.stage], value.value)[0] if value in changed else proposed[value.stage].verdict
        for value in values
    )


def contradicted(run: Run, values: Sequence[StageValue], verdict: Judgement) -> list[str]:
    """A sentence for everything that the numbers, or the run's end, say against a verdict.

    Nothing is against calling a run unknown, nor against calling one a miss that did not succeed.
    """
    specs = specs_of(run)
    verdicts = {value.stage: judged(specs[value.stage], value.value) for value in values}
    if verdict == "unknown" or not verdicts:
        return []
    found: list[str] = []
    outcome = must_be_over(run)
    good = verdict in ("success", "partial")
    if not good and outcome != "succeeded":
        return []
    if good and outcome != "succeeded":
        found.append(f"the run {_ENDED[outcome]}")
    if good:
        found += [f"{value.stage} has no number of {value.metric}" for value in values if value.value is None]
    known = [judgement for judgement, _ in verdicts.values() if judgement != "unknown"]
    if known and worst(known) != verdict:
        found += [f"{stage}: {why}" for stage, (judgement, why) in verdicts.items() if judgement == worst(known)]
    return found


def picked_otherwise(result: StageResult, value: StageValue) -> str | None:
    """A sentence where a confirmed value is not the one that the spec picks."""
    if value.value == result.value or value.value is None:
        return None
    picks = "nothing" if result.value is None else f"{result.value:.6g}"
    at = "" if value.step is None else f" at step {value.step}"
    return f"{result.stage}: {result.metric} = {value.value:.6g}{at} was confirmed; its results pick {picks}"


def specs_of(run: Run) -> dict[str, ResultsSpec]:
    """What each stage is judged by, for the stages that have something."""
    return {stage.name: stage.results for stage in run.plan.stages if stage.results is not None}


_ENDED: dict[Outcome, str] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "was cancelled",
    "lost": "was lost",
}


def _automatic(result: StageResult) -> StageValue:
    succeeded = result.outcome == "succeeded"
    return StageValue(
        stage=result.stage,
        metric=result.metric,
        split=result.split,
        direction=result.direction,
        value=result.value if succeeded else None,
        step=result.step if succeeded else None,
    )


def _claimed(run: Run, claims: Mapping[str, Claim], logged: Logged) -> dict[str, StageValue]:
    specs = specs_of(run)
    found: dict[str, StageValue] = {}
    for stage, claim in claims.items():
        execution = execution_id(run.stream, stage)
        if stage not in specs:
            raise NoResultsSpec(execution=execution, stages=", ".join(specs) or "none")
        spec = specs[stage]
        if why := _other_than(spec, claim):
            raise ResultContradictsSpec(execution=execution, why=why)
        summary = logged.summaries.get(stage, {}).get(spec.metric)
        known = _summed_up(claim.value, summary)
        value, step = known or _logged(execution, spec, claim.value, logged.series(stage))
        found[stage] = StageValue(
            stage=stage, metric=spec.metric, split=spec.split, direction=spec.direction, value=value, step=step
        )
    return found


def _other_than(spec: ResultsSpec, claim: Claim) -> list[str]:
    pairs = {
        "metric": (claim.metric, spec.metric),
        "direction": (claim.direction, spec.direction),
        "split": (claim.split, spec.split),
        "goal": (claim.goal, spec.goal),
    }
    return [
        f"its {what} is {'not set' if asked is None else asked}, not {given}"
        for what, (given, asked) in pairs.items()
        if given is not None and given != asked
    ]


def _summed_up(given: float, summary: MetricSummary | None) -> tuple[float, int | None] | None:
    """The number as the summary has it, exactly: then no point needs to be read."""
    if summary is None:
        return None
    ends = {"last": summary.last_step, "max": summary.max_step, "min": summary.min_step, "first": None}
    return next(((given, step) for end, step in ends.items() if getattr(summary, end) == given), None)


def _logged(execution: str, spec: ResultsSpec, given: float, points: Sequence[Point]) -> tuple[float, int]:
    """The logged number that is meant, exactly, with its step. Of several, the closest, and of these the last."""
    finite = [(i if step is None else step, value) for i, (step, value) in enumerate(points) if math.isfinite(value)]
    meant = [point for point in finite if math.isclose(point[1], given, rel_tol=AS_SHOWN, abs_tol=1e-12)]
    if meant:
        step, value = min(reversed(meant), key=lambda point: abs(point[1] - given))
        return value, step
    near = heapq.nsmallest(3, {value: step for step, value in finite}.items(), key=lambda p: abs(p[0] - given))
    said = ", ".join(f"{value!r} at step {step}" for value, step in near)
    logged = f"nearest are {said}" if near else "no finite number"
    raise ResultNotLogged(execution=execution, metric=spec.metric, given=given, logged=logged)
