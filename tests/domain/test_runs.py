"""Runs: what can start, and how they end."""

from __future__ import annotations

import pytest

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, InputPlan, Outcome, Reason, StagePlan
from goldfish.errors import RunAlreadyEnded, RunExists, UnknownRun, UnknownStage
from tests.given import given

CANCEL = Run.CancelRequested(reason="changed my mind")
PARKED = Run.Parked(policy="launching", error="RunnerUnavailable", tries=5)


def stage(name: str, *upstream: str) -> StagePlan:
    inputs = [InputPlan(name=f"from_{up}", type="npy", stage=up, signal="out") for up in upstream]
    return StagePlan(name=name, module=f"modules/{name}.py", inputs=inputs)


def requested(*stages: StagePlan) -> Run.Requested:
    return Run.Requested(
        workspace="baseline",
        number=1,
        tree="t1",
        pipeline="pipeline.yaml",
        stages=list(stages),
        reason=Reason(description="a baseline to compare with"),
        environment=Environment(python="3.11.7", platform="linux"),
        seed=1,
        fingerprint="sha256:aa",
    )


# prepare → (train, plot) → evaluate reads train
DIAMOND = requested(stage("prepare"), stage("train", "prepare"), stage("plot", "prepare"), stage("evaluate", "train"))


def executions(**ended: Outcome | None) -> dict[str, Execution]:
    """The four executions of the diamond: begun and ended as given (None: under way), the others not begun."""
    found = {}
    for name in ("prepare", "train", "plot", "evaluate"):
        facts: list[Event] = []
        if name in ended:
            facts.append(Execution.LaunchIntended(attempt=1, backend="process", inputs=[]))
        outcome = ended.get(name)
        if outcome is not None:
            facts.append(Execution.Concluded(outcome=outcome, cause=f"{outcome} for a reason"))
        found[name] = given(Execution(Stream(f"run-1/{name}")), *facts).state
    return found


def ready(run: Run, **ended: Outcome | None) -> list[str]:
    return [plan.name for plan in run.ready(executions(**ended))]


# ── what can start ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_first_only_the_stage_without_inputs_can_start() -> None:
    assert ready(given(Run, DIAMOND).state) == ["prepare"]


def test_nothing_starts_before_what_it_reads_has_succeeded() -> None:
    assert ready(given(Run, DIAMOND).state, prepare=None) == []


def test_independent_stages_can_start_together() -> None:
    assert ready(given(Run, DIAMOND).state, prepare="succeeded") == ["train", "plot"]


def test_a_stage_that_has_begun_is_not_started_again() -> None:
    assert ready(given(Run, DIAMOND).state, prepare="succeeded", train=None) == ["plot"]


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "lost"])
def test_nothing_starts_after_a_stage_has_ended_badly(outcome: Outcome) -> None:
    assert ready(given(Run, DIAMOND).state, prepare="succeeded", train=outcome) == []


@pytest.mark.parametrize("fact", [CANCEL, PARKED, Run.Finished(outcome="failed", cause="x", stages={})])
def test_nothing_starts_in_a_run_that_is_cancelled_parked_or_finished(fact: Event) -> None:
    assert ready(given(Run, DIAMOND, fact).state) == []


def test_a_stage_that_reads_two_outputs_of_one_stage_waits_for_it_once() -> None:
    twice = StagePlan(
        name="b",
        module="modules/b.py",
        inputs=[InputPlan(name=n, type="npy", stage="a", signal=n) for n in ("x", "y")],
    )
    assert twice.upstream == ["a"]


# ── ends ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def finish(run: Run, **ended: Outcome | None) -> tuple[Outcome, str] | None:
    events = run.finish(executions(**ended))
    match events:
        case [Run.Finished() as finished]:
            assert finished.stages == {name: outcome for name, outcome in ended.items() if outcome}
            return finished.outcome, finished.cause
        case _:
            assert events == []
            return None


def test_a_run_succeeds_when_every_stage_has() -> None:
    ended = finish(
        given(Run, DIAMOND).state, prepare="succeeded", train="succeeded", plot="succeeded", evaluate="succeeded"
    )
    assert ended == ("succeeded", "every stage succeeded")


def test_a_run_does_not_end_while_a_stage_is_under_way_or_can_start() -> None:
    run = given(Run, DIAMOND).state
    assert finish(run) is None
    assert finish(run, prepare="succeeded") is None
    assert finish(run, prepare="succeeded", train="failed", plot=None) is None


@pytest.mark.parametrize("outcome", ["failed", "lost", "cancelled"])
def test_a_run_ends_as_the_first_stage_that_went_wrong(outcome: Outcome) -> None:
    ended = finish(given(Run, DIAMOND).state, prepare="succeeded", train=outcome, plot="succeeded")
    assert ended == (outcome, f"train: {outcome} for a reason")


def test_a_cancelled_run_ends_cancelled_for_the_reason_given() -> None:
    run = given(Run, DIAMOND, CANCEL).state
    assert finish(run) == ("cancelled", "changed my mind")
    assert finish(run, prepare="succeeded") == ("cancelled", "changed my mind")
    assert finish(run, prepare="cancelled") == ("cancelled", "changed my mind")
    assert finish(run, prepare=None) is None


def test_a_stage_that_failed_before_it_could_be_stopped_is_the_cause() -> None:
    assert finish(given(Run, DIAMOND, CANCEL).state, prepare="failed") == ("failed", "prepare: failed for a reason")


def test_a_cancellation_that_came_too_late_changes_nothing() -> None:
    every: dict[str, Outcome | None] = dict.fromkeys(("prepare", "train", "plot", "evaluate"), "succeeded")
    assert finish(given(Run, DIAMOND, CANCEL).state, **every) == ("succeeded", "every stage succeeded")


def test_a_run_ends_once() -> None:
    run = given(Run, DIAMOND, Run.Finished(outcome="failed", cause="x", stages={})).state
    assert finish(run, prepare="failed") is None


# ── cancelling and parking ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_is_cancelled_once() -> None:
    given(Run, DIAMOND).when(lambda r: r.cancel("changed my mind")).then(CANCEL)
    given(Run, DIAMOND, CANCEL).when(lambda r: r.cancel("again")).then()


def test_a_run_that_has_ended_cannot_be_cancelled() -> None:
    ended = Run.Finished(outcome="failed", cause="x", stages={})
    refusal = given(Run, DIAMOND, ended).when(lambda r: r.cancel("late")).refused(RunAlreadyEnded)
    assert "failed" in refusal.message


def test_a_run_that_was_never_requested_cannot_be_cancelled() -> None:
    """Its stream must stay empty: the next request needs version 1."""
    given(Run(Stream("run-9"))).when(lambda r: r.cancel("what?")).refused(UnknownRun)


def test_a_run_that_was_never_requested_has_no_plan_and_is_not_open() -> None:
    run = Run(Stream("run-9"))
    assert not run.is_open
    assert run.park("launching", "x", 5) == []
    assert run.finish({}) == []
    with pytest.raises(UnknownRun):
        _ = run.plan


def test_a_run_is_parked_once() -> None:
    given(Run, DIAMOND).when(lambda r: r.park("launching", "RunnerUnavailable", 5)).then(PARKED)
    given(Run, DIAMOND, PARKED).when(lambda r: r.park("launching", "RunnerUnavailable", 5)).then()


def test_cancelling_a_parked_run_ends_it_since_no_policy_will():
    run = given(Run, DIAMOND, PARKED)
    ended = executions(prepare="succeeded", train=None)
    run.when(lambda r: r.cancel(CANCEL.reason, ended)).then(
        CANCEL, Run.Finished(outcome="cancelled", cause=CANCEL.reason, stages={"prepare": "succeeded"})
    )


def test_a_number_that_is_taken_cannot_be_requested_again():
    given(Run).when(lambda r: r.request(DIAMOND)).then(DIAMOND)
    given(Run, DIAMOND).when(lambda r: r.request(DIAMOND)).refused(RunExists)


# ── the end of one stage ──────────────────────────────────────────────────────────────────────────────────────────────

WITHOUT_TRAIN = Run.StageCancelRequested(stage="train", reason="the plot is enough")
NOT_BEGUN = Execution(Stream("run-1/train"))


def test_a_stage_that_is_to_end_is_not_started_and_what_does_not_read_it_goes_on() -> None:
    run = given(Run, DIAMOND, WITHOUT_TRAIN).state
    assert ready(run) == ["prepare"]
    assert ready(run, prepare="succeeded") == ["plot"]


def test_a_run_whose_stage_was_to_end_goes_on_with_the_others_and_then_ends_as_cancelled() -> None:
    run = given(Run, DIAMOND, WITHOUT_TRAIN)
    assert ready(run.state, prepare="succeeded", train="cancelled") == ["plot"]
    run.when(lambda r: r.finish(executions(prepare="succeeded", train="cancelled", plot=None))).then()
    run.when(lambda r: r.finish(executions(prepare="succeeded", train="cancelled", plot="succeeded"))).then(
        Run.Finished(
            outcome="cancelled",
            cause="train: the plot is enough",
            stages={"prepare": "succeeded", "train": "cancelled", "plot": "succeeded"},
        )
    )


def test_a_failure_says_more_than_a_stage_that_was_to_end() -> None:
    run = given(Run, DIAMOND, WITHOUT_TRAIN)
    ended = run.state.finish(executions(prepare="succeeded", train="cancelled", plot="failed"))
    assert [(e.outcome, e.cause) for e in ended if isinstance(e, Run.Finished)] == [
        ("failed", "plot: failed for a reason")
    ]


def test_asking_twice_for_the_end_of_a_stage_changes_nothing() -> None:
    given(Run, DIAMOND, WITHOUT_TRAIN).when(lambda r: r.cancel_stage("train", "again", NOT_BEGUN)).then()
    given(Run, DIAMOND, CANCEL).when(lambda r: r.cancel_stage("train", "again", NOT_BEGUN)).then()


def test_the_end_of_a_stage_that_does_not_exist_or_has_ended_is_refused() -> None:
    refusal = given(Run, DIAMOND).when(lambda r: r.cancel_stage("trian", "typo", NOT_BEGUN)).refused(UnknownStage)
    assert refusal.near == ("train",)
    ended = given(NOT_BEGUN, Execution.Concluded(outcome="failed", cause="it broke")).state
    given(Run, DIAMOND).when(lambda r: r.cancel_stage("train", "late", ended)).refused(RunAlreadyEnded)
