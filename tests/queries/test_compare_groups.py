"""Groups of seeds side by side, and whether a difference is more than noise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from goldfish.domain.executions import Execution
from goldfish.domain.imported import Change
from goldfish.domain.sources import Source
from goldfish.domain.specs import ResultsSpec
from goldfish.errors import AmbiguousReference, MeasuredDifferently, UnknownGroup, UnknownReference
from goldfish.queries.compare import Comparison, MetricComparison, Versus, compare
from goldfish.queries.groups import groups
from tests.queries.repeated import SPEC, Story
from tests.queries.stories import created, now


def compared(story: Story, *refs: str, **more: Any) -> Comparison:
    """A comparison now."""
    return compare(now(story.log), refs, **more)


def only(answer: Comparison) -> MetricComparison:
    """The one metric."""
    (metric,) = answer.metrics
    return metric


def against(answer: Comparison) -> Versus:
    """How the second side compares with the first one by the one metric."""
    versus = only(answer).versus[0]
    assert versus is not None
    return versus


@pytest.fixture
def story() -> Story:
    """Two groups of three seeds that differ clearly."""
    told = Story()
    told.seeds("narrow", [0.900, 0.910, 0.905])
    told.seeds("wide", [0.950, 0.960, 0.955], width=12)
    return told


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_stands_for_the_mean_and_the_deviation_of_its_seeds(story: Story) -> None:
    answer = compared(story, "narrow", "wide")
    assert [(side.id, side.count, side.seeds, side.configurations) for side in answer.sides] == [
        ("group:narrow", 3, 3, 1),
        ("group:wide", 3, 3, 1),
    ]
    first = only(answer).values[0]
    assert first is not None
    assert (first.value, first.n, first.sd) == (pytest.approx(0.905), 3, pytest.approx(0.005))
    assert (first.low, first.high, first.best, first.best_run) == (0.9, 0.91, pytest.approx(0.92), "run-2")


def test_a_difference_beyond_the_noise_is_established(story: Story) -> None:
    found = against(compared(story, "narrow", "wide"))
    assert found.contrast is not None
    assert (found.contrast.standing, found.contrast.method, found.change) == ("established", "welch", "better")
    assert found.sentence is not None
    assert "established" in found.sentence


def test_a_difference_within_the_noise_says_how_many_more_seeds_would_do() -> None:
    story = Story()
    story.seeds("a", [0.90, 0.92, 0.91])
    story.seeds("b", [0.91, 0.93, 0.92], width=12)
    found = against(compared(story, "a", "b")).contrast
    assert found is not None
    assert found.standing == "needs-seeds"
    assert found.more_seeds


def test_groups_with_the_same_five_seeds_are_compared_seed_by_seed() -> None:
    story = Story()
    story.seeds("a", [0.60, 0.90, 0.70, 0.80, 0.50])
    story.seeds("b", [0.62, 0.93, 0.72, 0.83, 0.52], width=12)
    story.seeds("others", [0.62, 0.93, 0.72, 0.83, 0.52], width=12, first=11)
    found = against(compared(story, "a", "b")).contrast
    assert found is not None
    assert (found.standing, found.method) == ("established", "paired")
    apart = against(compared(story, "a", "others")).contrast
    assert apart is not None
    assert apart.method == "welch"


def test_settings_of_a_group_that_do_not_agree_are_shown_together(story: Story) -> None:
    answer = compared(story, "narrow", "run-4")
    by_name = {one.name: one.values for one in answer.config}
    assert by_name["train.seed"] == [{"several": [1, 2, 3], "more": 0}, 1]
    assert by_name["train.width"] == [None, 12]


def test_seeds_that_both_groups_have_do_not_differ(story: Story) -> None:
    assert [one.name for one in compared(story, "narrow", "wide").config] == ["train.width"]


def test_a_group_of_several_configurations_has_no_noise_of_its_own(story: Story) -> None:
    story.run(0.97, group="wide", seed=9, width=100)
    found = against(compared(story, "narrow", "wide"))
    assert found.contrast is None
    assert found.why is not None
    assert "2 configurations" in found.why


def test_runs_that_did_not_succeed_are_counted_and_not_averaged(story: Story) -> None:
    story.run(0.1, group="narrow", seed=8, outcome="failed")
    story.run(None, group="narrow", seed=9)
    measured = only(compared(story, "narrow", "wide")).values[0]
    assert measured is not None
    assert (measured.n, measured.without, measured.value) == (3, 2, pytest.approx(0.905))


def test_the_same_seed_twice_counts_once_and_the_newest_holds(story: Story) -> None:
    story.run(0.5, group="narrow", seed=3)
    measured = only(compared(story, "narrow", "wide")).values[0]
    assert measured is not None
    assert (measured.n, measured.low) == (3, 0.5)


def test_work_that_was_taken_over_is_no_repetition() -> None:
    story = Story()
    first = story.run(0.9, group="a")
    story.run(0.9, group="a", reused=f"{first}/train")
    story.run(0.8, group="b", width=2)
    story.run(0.81, group="b", width=2)
    one, other = only(compared(story, "a", "b")).values
    assert one is not None
    assert other is not None
    assert (one.n, other.n) == (1, 2)


def test_outcomes_of_a_group_are_counted(story: Story) -> None:
    story.run(None, group="narrow", seed=8, outcome="failed")
    found = {one.name: one.values for one in compared(story, "narrow", "wide").outcome}
    assert found["outcome"] == ["3 succeeded, 1 failed", "succeeded"]


# ── single runs and the floor ─────────────────────────────────────────────────────────────────────────────────────────


def test_single_runs_are_measured_by_the_other_seeds_of_their_configurations() -> None:
    story = Story()
    ours = story.seeds(None, [0.900, 0.902, 0.904, 0.901, 0.903])
    other = story.run(0.95, seed=1, width=12)
    found = against(compared(story, ours[0], other))
    assert found.contrast is not None
    assert (found.contrast.standing, found.contrast.method) == ("established", "floor")
    assert found.floor == "4 seeds of the same configuration"


def test_single_runs_borrow_the_noise_of_other_configurations_where_theirs_never_ran_again(story: Story) -> None:
    one, other = story.run(0.90, seed=1, width=1), story.run(0.99, seed=1, width=2)
    found = against(compared(story, one, other))
    assert found.contrast is not None
    assert found.contrast.standing == "established"
    assert found.floor == "6 seeds of 2 configurations"


def test_without_any_repetition_the_noise_is_unknown_and_seeds_are_asked_for() -> None:
    story = Story()
    found = against(compared(story, story.run(0.9, seed=1), story.run(0.99, seed=1, width=2))).contrast
    assert found is not None
    assert (found.standing, found.more_seeds) == ("unknown", 2)


def test_two_seeds_of_one_configuration_are_said_to_be_that(story: Story) -> None:
    found = against(compared(story, "run-1", "run-2"))
    assert found.why is not None
    assert "seeds alone" in found.why


def test_a_metric_that_nothing_is_judged_by_is_not_tested_between_single_runs() -> None:
    story = Story()
    one, other = story.run(0.9, seed=1, spec=None), story.run(0.99, seed=2, spec=None)
    assert against(compared(story, one, other)).contrast is None


def test_the_tolerance_of_the_spec_counts_as_noise(story: Story) -> None:
    loose = SPEC.model_copy(update={"tolerance": 0.1})
    for seed, value in enumerate((0.950, 0.960, 0.955), 1):
        story.run(value, group="loose", seed=seed, width=12, spec=loose)
    found = against(compared(story, "narrow", "loose")).contrast
    assert found is not None
    assert found.standing == "not-established"


def test_the_value_is_the_one_that_the_spec_picks() -> None:
    story = Story()
    best = SPEC.model_copy(update={"pick": "best"})
    one, other = story.run(0.9, spec=best), story.run(0.8, spec=best, width=2)
    assert [value.value for value in only(compared(story, one, other)).values if value] == [0.91, 0.81]


# ── what is not measured alike ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (ResultsSpec(metric="f1", direction="maximize", split="test"), "f1 on test"),
        (ResultsSpec(metric="accuracy", direction="maximize", split="val"), "accuracy on val"),
        (ResultsSpec(metric="accuracy", direction="minimize", split="test"), "smaller is better"),
    ],
)
def test_other_metrics_splits_and_directions_are_refused_with_the_reason(
    story: Story, spec: ResultsSpec, said: str
) -> None:
    other = story.run(0.9, spec=spec)
    with pytest.raises(MeasuredDifferently, match=said):
        compared(story, "run-1", other)
    with pytest.raises(MeasuredDifferently, match="cannot be held against each other"):
        compared(story, "narrow", other)
    assert compared(story, "run-1", other, numbers=False).metrics == []


def test_a_group_whose_runs_are_not_measured_alike_is_refused(story: Story) -> None:
    odd = story.run(0.9, group="narrow", spec=ResultsSpec(metric="f1", direction="maximize"))
    with pytest.raises(MeasuredDifferently, match=odd):
        compared(story, "narrow", "wide")


def test_a_run_that_nothing_is_judged_by_can_stand_beside_one_that_is(story: Story) -> None:
    plain = story.run(0.9, spec=None)
    row = only(compared(story, "run-1", plain))
    assert (row.judged, row.split, row.guessed) == (True, "test", False)


def test_stages_of_other_names_that_are_judged_by_the_same_may_be_compared(story: Story) -> None:
    other = story.run(0.9, stage="fit")
    assert {row.stage for row in compared(story, "run-1", other).metrics} == {"train", "fit"}


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_of_a_group_and_of_something_else_is_ambiguous(story: Story) -> None:
    story.log.append("workspace:wide", *created("wide"))
    with pytest.raises(AmbiguousReference) as refusal:
        compared(story, "narrow", "wide")
    assert refusal.value.near == ("group:wide", "wide@v1")
    assert compared(story, "narrow", "group:wide").sides[1].id == "group:wide"


def test_unknown_groups_are_refused_with_near_names(story: Story) -> None:
    with pytest.raises(UnknownGroup) as refusal:
        compared(story, "narrow", "group:wid")
    assert refusal.value.near == ("group:wide",)
    with pytest.raises(UnknownReference) as other:
        compared(story, "narrow", "wid")
    assert "wide" in other.value.near


# ── what was recorded elsewhere ───────────────────────────────────────────────────────────────────────────────────────


def test_imported_runs_are_compared_like_our_own(story: Story) -> None:
    elsewhere = story.imported(
        config={"lr": 0.3, "width": 4}, metrics={"accuracy": 0.93}, metric="accuracy", direction="maximize", seconds=9.0
    )
    answer = compared(story, "run-1", elsewhere)
    assert (answer.sides[1].system, answer.sides[1].foreign_id) == ("mlflow", "x7")
    by_name = {one.name: (one.values, one.origins) for one in answer.config}
    assert by_name["train.lr"] == ([0.1, 0.3], ["config", "imported"])
    row = only(answer)
    assert (row.stage, [value.value for value in row.values if value]) == ("train", [0.9, 0.93])
    assert {one.name: one.values for one in answer.cost}["seconds"] == [None, 9.0]
    assert "python" not in [one.name for one in answer.environment]
    assert answer.notes


def test_an_imported_run_that_is_judged_by_something_else_is_refused(story: Story) -> None:
    other = story.imported(metrics={"loss": 0.3}, metric="loss", direction="minimize")
    with pytest.raises(MeasuredDifferently):
        compared(story, "run-1", other)


def test_imported_seeds_are_repetitions() -> None:
    story = Story()
    for seed, value in enumerate((0.30, 0.31, 0.29), 1):
        story.imported(group="a", seed=seed, config={"lr": 0.1, "seed": seed}, metrics={"loss": value})
    for seed, value in enumerate((0.20, 0.21, 0.19), 1):
        story.imported(group="b", seed=seed, changed=[Change(name="lr", after="0.2")], metrics={"loss": value})
    found = against(compared(story, "a", "b"))
    assert found.contrast is not None
    assert (found.contrast.standing, found.change) == ("established", "better")


# ── data ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def register(story: Story, revision: int, digest: str, rows: int, columns: dict[str, str]) -> None:
    """A revision of digits."""
    described = {"rows": rows, "columns": list(columns), "dtypes": columns}
    told = Source.Registered(
        name="digits",
        revision=revision,
        type="csv",
        digest=digest,
        size=rows * 8,
        came_from="data/digits.csv",
        described=json.loads(json.dumps(described)),
    )
    story.log.append("source:digits", told)


def test_how_data_differs_is_told_by_rows_and_columns() -> None:
    story = Story()
    register(story, 1, "sha256:one", 10, {"a": "int64", "b": "int64"})
    register(story, 2, "sha256:two", 12, {"a": "double", "c": "int64"})
    one = story.run(0.9, digest="sha256:one", ref="digits@r1")
    other = story.run(0.9, digest="sha256:two", ref="digits@r2")
    (given,) = compared(story, one, other).inputs
    assert (given.name, given.values, given.refs) == (
        "train.data",
        ["sha256:one", "sha256:two"],
        ["digits@r1", "digits@r2"],
    )
    assert {fact.name: fact.values for fact in given.data} == {
        "bytes": [80, 96],
        "rows": [10, 12],
        "column a": ["int64", "double"],
        "column b": ["int64", None],
        "column c": [None, "int64"],
    }


def test_data_of_which_nothing_is_known_differs_by_its_digest_alone() -> None:
    story = Story()
    register(story, 1, "sha256:one", 10, {"a": "int64"})
    (given,) = compared(story, story.run(0.9, digest="sha256:one"), story.run(0.9, digest="sha256:other")).inputs
    assert given.data == []


def test_the_differences_of_wide_data_are_cut_and_counted() -> None:
    story = Story()
    register(story, 1, "sha256:one", 10, {f"c{n}": "int64" for n in range(200)})
    register(story, 2, "sha256:two", 10, {f"c{n}": "double" for n in range(200)})
    one, other = story.run(0.9, digest="sha256:one"), story.run(0.9, digest="sha256:two")
    (given,) = compared(story, one, other).inputs
    assert (len(given.data), given.left_out) == (50, 150)


# ── the list of groups ────────────────────────────────────────────────────────────────────────────────────────────────


def test_groups_are_listed_with_what_they_reached(story: Story) -> None:
    answer = groups(now(story.log))
    assert [(line.group, line.runs, line.seeds, line.configurations) for line in answer.groups] == [
        ("wide", 3, 3, 1),
        ("narrow", 3, 3, 1),
    ]
    (metric,) = answer.groups[1].metrics
    assert (metric.metric, metric.judged, metric.n) == ("accuracy", True, 3)
    assert (metric.mean, metric.sd) == (pytest.approx(0.905), pytest.approx(0.005))
    assert answer.groups[0].workspaces == ["baseline"]


def test_groups_come_in_pages_and_since_a_position(story: Story) -> None:
    view = now(story.log)
    first = groups(view, limit=1)
    assert ([line.group for line in first.groups], first.matching) == (["wide"], 2)
    rest = groups(view, limit=1, before=first.more)
    assert ([line.group for line in rest.groups], rest.more) == (["narrow"], None)
    assert [line.group for line in groups(view, since=first.groups[0].position - 1).groups] == ["wide"]
    assert groups(view, workspace="other").groups == []


def test_a_project_without_groups_lists_none() -> None:
    assert groups(now(Story().log)).groups == []


def test_what_checks_found_in_a_group_is_counted(story: Story) -> None:
    found = Execution.CheckEvaluated(
        check="exploding", subject="loss", verdict="failed", severity="warn", sentence="it explodes", evidence={}
    )
    story.log.append("run-2/train", found)
    (line,) = compared(story, "narrow", "wide").checks
    assert (line.name, line.values) == ("train.exploding: loss", ["1 of 3: it explodes", None])
