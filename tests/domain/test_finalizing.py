"""Judging runs: what is confirmed, what is refused, and what is said against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.event import Event
from goldfish.domain.finalizing import (
    Claim,
    Logged,
    Said,
    amend,
    contradicted,
    finalize,
    picked_otherwise,
    read_claims,
)
from goldfish.domain.names import Stream
from goldfish.domain.results import Point, Proposal, proposal, stage_result, summarized
from goldfish.domain.runs import Run
from goldfish.domain.specs import Judgement, ResultsSpec, StageValue
from goldfish.domain.values import Environment, Outcome, Reason, StagePlan
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
from tests.given import given

SPEC = ResultsSpec(metric="accuracy", direction="maximize", minimum=0.5, goal=0.9)
POINTS: list[Point] = [(0, 0.2), (10, 0.95), (20, 0.7)]
REQUESTED = Run.Requested(
    workspace="baseline",
    number=1,
    tree="t1",
    pipeline="main",
    stages=[StagePlan(name="prepare"), StagePlan(name="train", results=SPEC)],
    reason=Reason(description="a baseline to compare with"),
    environment=Environment(python="3.11.7", platform="linux"),
    seed=1,
    fingerprint="sha256:aa",
)
LOGGED = Logged({"train": {"accuracy": summarized(POINTS)}}, lambda _: POINTS)


def finished(outcome: Outcome = "succeeded") -> Run.Finished:
    return Run.Finished(outcome=outcome, cause="for a reason", stages={"train": outcome})


def run(*facts: Event) -> Run:
    return given(Run(Stream("run-1")), REQUESTED, *facts).state


def proposed(outcome: Outcome = "succeeded") -> Proposal:
    found = stage_result("train", SPEC, LOGGED.summaries["train"], outcome=outcome)
    return proposal("run-1", outcome, "for a reason", [found])


def value(number: float | None, step: int | None = None) -> StageValue:
    return StageValue(stage="train", metric="accuracy", split="val", direction="maximize", value=number, step=step)


def finalized(verdict: Judgement, *values: StageValue, **more: str) -> Run.Finalized:
    said: dict[str, str | None] = {"comment": None, "learned": None, "reason": None, **more}
    return Run.Finalized(verdict=verdict, values=list(values), next_steps=[], **said)


def amended(verdict: Judgement, *values: StageValue, reason: str, **more: str) -> Run.Amended:
    said: dict[str, str | None] = {"comment": None, "learned": None, **more}
    return Run.Amended(verdict=verdict, values=list(values), next_steps=[], reason=reason, **said)


def claiming(number: float, **more: object) -> Mapping[str, Claim]:
    return {"train": Claim.model_validate({"value": number, **more})}


# ── the first judgement ───────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_word_the_proposal_is_confirmed() -> None:
    given(run(finished())).when(lambda r: finalize(r, proposed(), Said(), LOGGED)).then(
        finalized("partial", value(0.7, 20))
    )


def test_another_logged_value_may_be_confirmed_and_the_verdict_follows_it() -> None:
    said = Said(claims=claiming(0.95))
    given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).then(
        finalized("success", value(0.95, 10))
    )
    assert picked_otherwise(proposed().results[0], value(0.95, 10)) == (
        "train: accuracy = 0.95 at step 10 was confirmed; its results pick 0.7"
    )
    assert picked_otherwise(proposed().results[0], value(0.7, 20)) is None


def test_a_number_that_is_copied_as_it_is_shown_means_the_logged_one() -> None:
    points: Sequence[Point] = [(3, 0.123456789), (4, 0.5)]
    logged = Logged({"train": {"accuracy": summarized(points)}}, lambda _: points)
    events = finalize(run(finished()), proposed(), Said(verdict="unknown", claims=claiming(0.123457)), logged)
    assert events == [finalized("unknown", value(0.123456789, 3))]


def test_a_number_that_nobody_logged_is_refused_with_the_nearest_ones() -> None:
    said = Said(claims=claiming(0.96))
    refused = given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).refused(ResultNotLogged)
    assert "nearest are 0.95 at step 10, 0.7 at step 20, 0.2 at step 0" in refused.next_step


def test_where_nothing_was_logged_no_number_can_be_confirmed() -> None:
    nothing = Logged({"train": {}}, lambda _: [])
    said = Said(claims=claiming(0.96))
    refused = given(run(finished())).when(lambda r: finalize(r, proposed(), said, nothing)).refused(ResultNotLogged)
    assert "no finite number" in refused.next_step


@pytest.mark.parametrize("more", [{"metric": "loss"}, {"direction": "minimize"}, {"split": "test"}, {"goal": 0.8}])
def test_what_is_said_of_a_number_has_to_be_what_the_spec_says(more: dict[str, JsonValue]) -> None:
    said = Said(claims=claiming(0.7, **more))
    given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).refused(ResultContradictsSpec)
    same = {"metric": "accuracy", "direction": "maximize", "split": "val", "goal": 0.9}
    assert finalize(run(finished()), proposed(), Said(claims=claiming(0.7, **same)), LOGGED)


def test_a_stage_without_a_spec_has_no_number() -> None:
    said = Said(claims={"prepare": Claim(value=1)})
    refused = given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).refused(NoResultsSpec)
    assert "train" in refused.next_step


@pytest.mark.parametrize("verdict", ["success", "miss"])
def test_a_verdict_that_contradicts_the_numbers_needs_a_reason(verdict: Judgement) -> None:
    said = Said(verdict=verdict)
    refused = given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).refused(VerdictNeedsReason)
    assert "at least the minimum 0.5 but below the goal 0.9" in refused.message
    said = Said(verdict=verdict, reason="the metric is wrong")
    given(run(finished())).when(lambda r: finalize(r, proposed(), said, LOGGED)).then(
        finalized(verdict, value(0.7, 20), reason="the metric is wrong")
    )
    assert contradicted(run(finished()), [value(0.7, 20)], verdict)


def test_nobody_has_to_know_and_the_proposal_contradicts_nothing() -> None:
    given(run(finished())).when(lambda r: finalize(r, proposed(), Said(verdict="unknown"), LOGGED)).then(
        finalized("unknown", value(0.7, 20))
    )
    assert contradicted(run(finished()), [value(0.7, 20)], "partial") == []


def test_a_run_that_goes_on_or_is_parked_cannot_be_judged() -> None:
    parked = Run.Parked(policy="launching", error="x", tries=5)
    for state in (run(), run(parked)):
        given(state).when(lambda r: finalize(r, proposed(), Said(verdict="miss"), LOGGED)).refused(RunStillOpen)
        given(state).when(lambda r: amend(r, "why", Said(verdict="miss"), LOGGED)).refused(RunStillOpen)


def test_a_run_is_finalized_once() -> None:
    state = run(finished(), finalized("partial", value(0.7, 20)))
    given(state).when(lambda r: finalize(r, proposed(), Said(), LOGGED)).refused(AlreadyFinalized)


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "lost"])
def test_a_run_that_did_not_succeed_is_a_miss_or_unknown_and_needs_a_word(outcome: Outcome) -> None:
    state = run(finished(outcome))
    given(state).when(lambda r: finalize(r, proposed(outcome), Said(verdict="miss"), LOGGED)).refused(NoteNeeded)
    for said, verdict in _OF_A_FAILURE.items():
        assert finalize(state, proposed(outcome), Said(verdict=said, learned="too large a rate"), LOGGED) == [
            finalized(verdict, value(None), learned="too large a rate")
        ]


_OF_A_FAILURE: dict[Judgement | None, Judgement] = {None: "unknown", "miss": "miss", "unknown": "unknown"}


def test_a_success_of_a_run_that_failed_needs_a_reason() -> None:
    said = Said(verdict="success", comment="only the plot failed", claims=claiming(0.95))
    state = run(finished("failed"))
    refused = given(state).when(lambda r: finalize(r, proposed("failed"), said, LOGGED)).refused(VerdictNeedsReason)
    assert "the run failed" in refused.message


def test_a_run_without_specs_can_be_judged_in_words() -> None:
    bare = REQUESTED.model_copy(update={"stages": [StagePlan(name="train")]})
    state = given(Run(Stream("run-1")), bare, finished()).state
    nothing = proposal("run-1", "succeeded", "x", [])
    assert not state.awaits_verdict
    given(state).when(lambda r: finalize(r, nothing, Said(verdict="success", comment="it works"), LOGGED)).then(
        finalized("success", comment="it works")
    )


@pytest.mark.parametrize(
    ("outcome", "awaits"), [("succeeded", True), ("failed", True), ("cancelled", False), ("lost", False)]
)
def test_runs_that_came_to_an_end_of_their_own_await_a_verdict(outcome: Outcome, awaits: bool) -> None:
    assert run(finished(outcome)).awaits_verdict == awaits
    assert not run(finished(outcome), finalized("unknown", value(None))).awaits_verdict
    assert not run().awaits_verdict


# ── amendments ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_amendment_changes_what_it_says_and_keeps_the_rest() -> None:
    state = run(finished(), finalized("partial", value(0.7, 20), comment="so so"))
    after = amended("miss", value(0.7, 20), reason="the test set had leaked", comment="so so")
    given(state).when(lambda r: amend(r, after.reason, Said(verdict="miss"), LOGGED)).then(after)
    again = amended("miss", value(0.95, 10), reason="the peak counts", comment="no")
    state = run(finished(), finalized("partial", value(0.7, 20)), after)
    said = Said(claims=claiming(0.95), comment="no")
    given(state).when(lambda r: amend(r, again.reason, said, LOGGED)).then(again)


def test_every_judgement_stays_in_the_state() -> None:
    first, second = finalized("partial", value(0.7, 20)), amended("miss", value(0.7, 20), reason="it leaked")
    assert run(finished(), first, second).judgements == (first, second)


def test_what_was_never_judged_cannot_be_amended_and_an_amendment_says_something_new() -> None:
    given(run(finished())).when(lambda r: amend(r, "why", Said(), LOGGED)).refused(NotFinalized)
    state = run(finished(), finalized("partial", value(0.7, 20)))
    given(state).when(lambda r: amend(r, "why", Said(verdict="partial"), LOGGED)).refused(NothingToAmend)
    said = Said(claims=claiming(0.96))
    given(state).when(lambda r: amend(r, "why", said, LOGGED)).refused(ResultNotLogged)


# ── values as they are given ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_is_a_number_or_says_more() -> None:
    assert read_claims({"train": 1, "test": {"value": 0.5, "split": "test"}}) == {
        "train": Claim(value=1),
        "test": Claim(value=0.5, split="test"),
    }


@pytest.mark.parametrize("given", [True, "0.9", None, [], {}, {"value": 1, "metrics": "x"}, float("nan")])
def test_what_is_no_value_is_refused(given: JsonValue) -> None:
    with pytest.raises(BadResultValue) as refused:
        read_claims({"train": given})
    assert "{" not in refused.value.next_step


@given_any(st.lists(st.tuples(st.integers(0, 50), st.floats(allow_nan=False)), min_size=1, max_size=6), st.floats())
def test_only_what_was_logged_is_ever_recorded(points: list[Point], number: float) -> None:
    if number != number or number in (float("inf"), float("-inf")):
        return
    logged = Logged({"train": {"accuracy": summarized(points)}}, lambda _: points)
    said = Said(claims=claiming(number), verdict="unknown")
    try:
        (event,) = finalize(run(finished()), proposed(), said, logged)
    except ResultNotLogged:
        assert number not in [logged_value for _, logged_value in points]
        return
    assert isinstance(event, Run.Finalized)
    assert event.values[0].value in [logged_value for _, logged_value in points]
