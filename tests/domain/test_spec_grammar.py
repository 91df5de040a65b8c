"""What a stage is judged by, as it is written in a pipeline and in a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.problems import Problems
from goldfish.domain.spec_grammar import merged_spec, read_results_spec, with_results
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import StagePlan
from goldfish.errors import BadResultsSpec

FULL: dict[str, JsonValue] = {
    "metric": "val/accuracy",
    "direction": "maximize",
    "split": "test",
    "pick": "best",
    "minimum": 0.5,
    "goal": 1,
    "tolerance": 0.01,
    "secondary": ["loss"],
    "baseline": "@best",
    "context": "on digits that nobody trained on",
    "caveats": ["small"],
}


def read(given: JsonValue) -> tuple[ResultsSpec | None, list[str]]:
    problems = Problems()
    return read_results_spec("stage 'train', results", given, problems), problems.found


def test_everything_that_can_be_said_is_read() -> None:
    spec, problems = read(FULL)
    assert problems == []
    assert spec is not None
    assert spec.model_dump() == {**FULL, "goal": 1.0}


def test_metric_and_direction_are_enough() -> None:
    spec, problems = read({"metric": "loss", "direction": "minimize"})
    assert problems == []
    assert spec == ResultsSpec(metric="loss", direction="minimize")


def test_a_stage_may_have_no_results() -> None:
    assert read(None) == (None, [])


def test_everything_that_is_wrong_is_said_at_once_with_what_was_probably_meant() -> None:
    _, problems = read(
        {
            "metrics": "loss",
            "direction": "minimise",
            "split": "testing",
            "pick": 1,
            "minimum": "low",
            "goal": True,
            "tolerance": -1,
            "secondary": "loss",
            "baseline": "run 3",
            "context": 5,
            "caveats": [4],
        }
    )
    said = "\n".join(problems)
    assert len(problems) == 12
    assert "unknown key 'metrics' (did you mean 'metric'?)" in said
    assert "'minimise' (did you mean 'minimize'?)" in said
    assert "'testing' (did you mean 'test'?)" in said
    for key in ("metric", "pick", "minimum", "goal", "tolerance", "secondary", "baseline", "context", "caveats"):
        assert f"results, {key}: " in said


@pytest.mark.parametrize(
    "given", [[], "accuracy", {**FULL, "goal": float("nan")}, {**FULL, "minimum": float("inf")}, {**FULL, "metric": ""}]
)
def test_what_is_no_spec_is_named(given: JsonValue) -> None:
    spec, problems = read(given)
    assert spec is None
    assert len(problems) == 1


@pytest.mark.parametrize(("direction", "goal"), [("maximize", 0.4), ("minimize", 0.6)])
def test_the_order_of_goal_and_minimum_follows_the_direction(direction: str, goal: float) -> None:
    _, problems = read({"metric": "m", "direction": direction, "minimum": 0.5, "goal": goal})
    assert len(problems) == 1
    assert "the minimum 0.5" in problems[0]
    assert read({"metric": "m", "direction": direction, "minimum": 0.5, "goal": 0.5})[1] == []


def test_a_metric_is_named_once() -> None:
    said: JsonValue = {"metric": "loss", "direction": "minimize", "secondary": ["loss", "f1", "f1"]}
    assert [p.rpartition(": ")[2] for p in read(said)[1]] == ["'loss' is named twice", "'f1' is named twice"]


@pytest.mark.parametrize("baseline", ["@best", "run-3", "run-3/train", "wide@v2"])
def test_a_baseline_is_a_tag_a_run_a_stage_of_it_or_a_version(baseline: str) -> None:
    assert read({**FULL, "baseline": baseline})[1] == []


WORDS = st.sampled_from([*FULL, "metrics", "", "x"])
ANYTHING: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(WORDS, ANYTHING, max_size=6))
def test_whatever_is_written_is_read_or_refused_with_a_reason(given: dict[str, JsonValue]) -> None:
    spec, problems = read(given)
    assert (spec is None) == bool(problems)


# ── a request's spec over the pipeline's ──────────────────────────────────────────────────────────────────────────────


def test_a_request_goes_over_the_pipeline_key_by_key() -> None:
    below = ResultsSpec(metric="accuracy", direction="maximize", minimum=0.5, goal=0.9, tolerance=0.01)
    problems = Problems()
    merged = merged_spec("results", below, {"goal": 0.95, "minimum": None}, problems)
    assert problems.found == []
    assert merged == below.model_copy(update={"goal": 0.95, "minimum": None})


def test_what_is_merged_has_to_agree() -> None:
    below = ResultsSpec(metric="accuracy", direction="maximize", minimum=0.5)
    problems = Problems()
    assert merged_spec("results", below, {"goal": 0.4}, problems) is None
    assert len(problems.found) == 1


def test_the_stages_of_a_plan_get_the_specs_of_the_request() -> None:
    train = StagePlan(name="train", results=ResultsSpec(metric="accuracy", direction="maximize"))
    first, second = with_results(
        [StagePlan(name="prepare"), train],
        {"train": {"goal": 1}, "prepare": {"metric": "rows", "direction": "maximize"}},
    )
    assert first.results == ResultsSpec(metric="rows", direction="maximize")
    assert second.results == ResultsSpec(metric="accuracy", direction="maximize", goal=1)
    assert with_results([train], {}) == [train]


def test_a_request_names_stages_that_exist_and_says_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(BadResultsSpec) as refused:
        with_results([StagePlan(name="train")], {"trian": {}, "train": {"direction": "up"}})
    assert "did you mean 'train'" in refused.value.message
    assert "say which metric counts" in refused.value.message
    assert "it is one of maximize, minimize" in refused.value.message
