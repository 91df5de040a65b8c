"""The automatic result of a stage, and the verdict that follows."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goldfish.domain.results import Reached, against, differs, judged, proposal, stage_result, summarized, worst
from goldfish.domain.specs import Direction, Judgement, Pick, ResultsSpec
from goldfish.domain.values import MetricSummary, Outcome

UP = ResultsSpec(metric="accuracy", direction="maximize", minimum=0.5, goal=0.9)
DOWN = ResultsSpec(metric="loss", direction="minimize", minimum=0.5, goal=0.1)
POINTS = st.lists(st.tuples(st.none() | st.integers(0, 100), st.floats(allow_nan=True)), max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("spec", "value", "verdict"),
    [
        (UP, 0.9, "success"),
        (UP, 0.5, "partial"),
        (UP, 0.49, "miss"),
        (UP, None, "unknown"),
        (DOWN, 0.1, "success"),
        (DOWN, 0.5, "partial"),
        (DOWN, 0.51, "miss"),
        (ResultsSpec(metric="m", direction="maximize", goal=1), 0.9, "partial"),
        (ResultsSpec(metric="m", direction="maximize", minimum=1), 1, "success"),
        (ResultsSpec(metric="m", direction="maximize"), 1, "unknown"),
    ],
)
def test_the_verdict_follows_from_goal_and_minimum(spec: ResultsSpec, value: float | None, verdict: Judgement) -> None:
    assert judged(spec, value)[0] == verdict


def result_of(points: list[tuple[int | None, float]], pick: Pick, direction: Direction = "maximize") -> object:
    spec = ResultsSpec(metric="m", direction=direction, pick=pick)
    found = stage_result("train", spec, {"m": summarized(points)})
    return found.value, found.step


def test_the_spec_picks_the_last_value_or_the_best_and_says_where_it_is() -> None:
    points: list[tuple[int | None, float]] = [(0, 0.1), (10, 0.9), (20, 0.7)]
    assert result_of(points, "last") == (0.7, 20)
    assert result_of(points, "best") == (0.9, 10)
    assert result_of(points, "best", "minimize") == (0.1, 0)


def test_a_series_that_ends_in_nan_has_no_last_value_but_a_best_one() -> None:
    points: list[tuple[int | None, float]] = [(None, 0.4), (None, math.nan)]
    assert result_of(points, "last") == (None, None)
    assert result_of(points, "best") == (0.4, 0)
    found = stage_result("train", UP, {"accuracy": summarized(points)})
    assert found.verdict == "unknown"
    assert found.sentence == "the last value of accuracy is not finite; the last finite one is 0.4"


def test_what_was_never_logged_is_unknown() -> None:
    found = stage_result("train", UP, {})
    assert (found.value, found.verdict, found.sentence) == (None, "unknown", "accuracy was never logged")


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "lost", None])
def test_a_stage_that_did_not_succeed_has_shown_nothing(outcome: Outcome | None) -> None:
    found = stage_result("train", UP, {"accuracy": summarized([(0, 0.99)])}, outcome=outcome)
    assert found.verdict == "unknown"
    assert "accuracy = 0.99 is not its result" in found.sentence


def test_secondary_metrics_are_shown_beside_it() -> None:
    spec = UP.model_copy(update={"secondary": ["loss", "f1"]})
    found = stage_result("train", spec, {"loss": summarized([(0, 0.3)])})
    assert found.secondary == {"loss": 0.3, "f1": None}


def test_a_run_is_as_good_as_its_worst_stage() -> None:
    good = stage_result("train", UP, {"accuracy": summarized([(0, 0.95)])})
    bad = stage_result("evaluate", UP, {"accuracy": summarized([(0, 0.2)])})
    found = proposal("run-1", "succeeded", "every stage succeeded", [good, bad])
    assert (found.verdict, found.sentence) == ("miss", bad.sentence)
    assert proposal("run-1", "succeeded", "x", []).verdict == "unknown"
    assert worst(["unknown", "miss", "success"]) == "miss"
    assert worst(["partial", "unknown"]) == "unknown"


# ── compared with another number ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("spec", "gain"), [(UP, 0.25), (DOWN, -0.25)])
def test_a_gain_is_positive_where_it_is_better(spec: ResultsSpec, gain: float) -> None:
    found = against(spec, 0.75, Reached(ref="@best", run="run-1", value=0.5))
    assert (found.gain, found.beyond) == (gain, True)


def test_a_difference_of_just_the_tolerance_is_noise_whatever_binary_fractions_make_of_it() -> None:
    assert not differs(0.95, 0.94, 0.01)
    assert differs(0.95, 0.9399, 0.01)
    assert not differs(1e300, 1e300, 0)


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(POINTS, st.sampled_from(["maximize", "minimize"]), st.sampled_from(["last", "best"]))
def test_the_automatic_result_never_contradicts_the_summary(
    points: list[tuple[int | None, float]], direction: Direction, pick: Pick
) -> None:
    summary: MetricSummary = summarized(points)
    found = stage_result("train", ResultsSpec(metric="m", direction=direction, pick=pick), {"m": summary})
    logged = {(i if step is None else step, value) for i, (step, value) in enumerate(points)}
    assert (found.points, found.non_finite) == (summary.count, summary.non_finite)
    if found.value is None:
        assert found.step is None
        assert summary.last is None or (pick == "last" and not summary.last_is_finite)
        return
    assert (found.step, found.value) in logged
    assert summary.min is not None
    assert summary.max is not None
    assert summary.min <= found.value <= summary.max
    if pick == "best":
        assert found.value == (summary.max if direction == "maximize" else summary.min)
    else:
        assert (found.value, found.step) == (summary.last, summary.last_step)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["maximize", "minimize"]))
def test_a_better_number_never_has_a_worse_verdict(one: float, other: float, goal: float, direction: Direction) -> None:
    spec = ResultsSpec(metric="m", direction=direction, goal=goal, minimum=goal)
    assume(one != other)
    better, lesser = (one, other) if spec.gain(one, other) > 0 else (other, one)
    order = ["miss", "partial", "success"]
    assert order.index(judged(spec, better)[0]) >= order.index(judged(spec, lesser)[0])


@given(POINTS)
def test_the_summary_of_a_series_is_the_one_that_is_sealed(points: list[tuple[int | None, float]]) -> None:
    np = pytest.importorskip("numpy")
    from goldfish.adapters.parquet_metrics.summaries import Summaries

    assume(points)
    sealed = Summaries(1)
    steps = np.array([-1 if step is None else step for step, _ in points], np.int64)
    sealed.add(np.zeros(len(points), np.uint32), steps, np.array([value for _, value in points]))
    assert sealed.of(0) == summarized(points)
