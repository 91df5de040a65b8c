"""Runs and versions side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from goldfish.errors import CannotCompare, NothingToCompareWith, UnknownRun
from goldfish.ports import FileChange
from goldfish.projections.projector import View
from goldfish.queries.compare import Comparison, Difference, compare
from tests.queries.stories import digits, now, requested, tree


@pytest.fixture(scope="module")
def view() -> View:
    """The small project."""
    return now(digits())


def pairs(found: Sequence[Difference]) -> list[tuple[object, ...]]:
    """Names and values of differences."""
    return [(one.name, *one.values) for one in found]


def runs(view: View, *refs: str) -> Comparison:
    """A comparison with a change of one file."""
    change = FileChange("modules/train.py", "modified", "\n".join(f"+line {n}" for n in range(100)), 100, 0)
    return compare(view, refs or ("run-1", "run-2"), lambda one, other: [change], lambda digest: {"numpy": "2.0"})


def test_only_what_differs_in_the_configuration_is_named(view: View) -> None:
    assert pairs(runs(view).config) == [("train.lr", 0.02, 0.3)]


def test_equal_numbers_written_differently_do_not_differ() -> None:
    log = digits()
    log.append("run-5", requested(5, lr=3e-4))
    log.append("run-6", requested(6, lr=0.0003))
    assert compare(now(log), ["run-5", "run-6"]).config == []


def test_each_value_says_who_set_it(view: View) -> None:
    assert runs(view).config[0].origins == ["override", "override"]


def test_metrics_stand_side_by_side_with_their_difference(view: View) -> None:
    accuracy, loss = runs(view).metrics
    assert accuracy.metric == "accuracy"
    assert [one.value for one in accuracy.values if one] == [0.91, 0.97]
    (better,) = accuracy.versus
    assert better is not None
    assert (better.delta, better.change) == (pytest.approx(0.06), "better")
    (smaller,) = loss.versus
    assert smaller is not None
    assert (smaller.delta, smaller.change) == (pytest.approx(-0.06), "better")


def test_without_a_spec_the_direction_is_guessed_and_that_is_said(view: View) -> None:
    accuracy, loss = runs(view).metrics
    assert [(one.direction, one.guessed, one.judged) for one in (accuracy, loss)] == [
        ("maximize", True, False),
        ("minimize", True, False),
    ]


def test_the_best_step_is_told(view: View) -> None:
    (accuracy, _) = runs(view).metrics
    assert [(one.best, one.best_step) for one in accuracy.values if one] == [(0.91, 1), (0.97, 1)]


def test_a_metric_that_is_not_finite_has_no_difference(view: View) -> None:
    loss = runs(view, "run-2", "run-3").metrics[1]
    assert loss.values[1] is not None
    assert (loss.values[1].value, loss.versus) == (None, [None])


def test_without_numbers_there_are_no_metrics(view: View) -> None:
    assert compare(view, ["run-1", "run-2"], numbers=False).metrics == []


def test_what_a_run_took_stands_beside_what_another_one_took(view: View) -> None:
    cost = {one.name: one.values for one in runs(view).cost}
    assert cost["seconds"] == [4.0, 4.0]


def test_what_checks_found_is_told_for_each_side(view: View) -> None:
    assert pairs(runs(view, "run-2", "run-3").checks) == [("train.finite-metrics: loss", None, "the loss is NaN")]


def test_any_number_of_runs_is_held_against_the_first(view: View) -> None:
    answer = runs(view, "run-1", "run-2", "run-3", "run-4")
    assert pairs(answer.config) == [("train.lr", 0.02, 0.3, 10.0, 0.1)]
    assert [len(metric.versus) for metric in answer.metrics] == [3, 3]
    assert [(file.path, file.side, file.patch) for file in answer.code] == [
        ("modules/train.py", 1, ""),
        ("modules/train.py", 2, ""),
        ("modules/train.py", 3, ""),
    ]


def test_the_code_is_compared_by_tree_and_patches_are_cut(view: View) -> None:
    asked: list[tuple[str, str]] = []

    def diff(left: str, right: str) -> list[FileChange]:
        asked.append((left, right))
        return [FileChange("a.py", "modified", "\n".join(["+x"] * 100), 100, 0)] * 60

    answer = compare(view, ["run-1", "run-2"], diff)
    assert asked == [(tree(1), tree(2))]
    assert (len(answer.code), answer.code_left_out) == (50, 10)
    assert (len(answer.code[0].patch.splitlines()), answer.code[0].cut) == (60, 40)


def test_the_same_tree_is_not_compared(view: View) -> None:
    answer = runs(view, "run-2", "run-3")
    assert answer.code == []
    assert answer.same == ["code", "inputs", "environment"]


def test_packages_that_changed_are_named() -> None:
    log = digits()
    other = requested(5, lr=0.3)
    newer = other.environment.model_copy(update={"packages": "newer", "python": "3.12.1"})
    log.append("run-5", other.model_copy(update={"environment": newer}))
    packages = {"newer": {"numpy": "2.1", "new": "1"}}
    answer = compare(
        now(log), ["run-1", "run-5"], None, lambda digest: packages.get(digest, {"numpy": "2.0", "old": "1"})
    )
    assert pairs(answer.environment) == [
        ("package new", None, "1"),
        ("package numpy", "2.0", "2.1"),
        ("package old", "1", None),
        ("python", "3.11.9", "3.12.1"),
    ]


def test_the_outcome_and_its_cause_are_compared(view: View) -> None:
    found = {one.name: one.values for one in runs(view, "run-2", "run-3").outcome}
    assert found["outcome"] == ["succeeded", "failed"]
    assert "the loss is NaN" in str(found["cause"][1])


def test_versions_are_compared_by_code_alone(view: View) -> None:
    answer = runs(view, "baseline@v1", "baseline")
    assert (answer.kind, [side.id for side in answer.sides]) == ("versions", ["baseline@v1", "baseline@v2"])
    assert [one.path for one in answer.code] == ["modules/train.py"]
    assert (answer.config, answer.metrics) == ([], [])


@pytest.mark.parametrize(("left", "right"), [("run-1", "baseline@v1"), ("digits", "run-1"), ("run-1", "run-2/train")])
def test_different_kinds_cannot_be_compared(view: View, left: str, right: str) -> None:
    with pytest.raises(CannotCompare):
        compare(view, [left, right])


def test_what_cannot_be_compared_is_named_with_what_it_stood_beside(view: View) -> None:
    with pytest.raises(CannotCompare, match="run-1/train and run-2 cannot be compared"):
        compare(view, ["run-1/train", "run-2"])


def test_one_thing_alone_is_not_compared(view: View) -> None:
    for refs in ([], ["run-1"]):
        with pytest.raises(NothingToCompareWith):
            compare(view, refs)


def test_a_run_that_does_not_exist_is_refused_with_near_names(view: View) -> None:
    with pytest.raises(UnknownRun) as refusal:
        compare(view, ["run-1", "run-44"])
    assert "run-4" in refusal.value.near


def test_a_run_compared_with_itself_differs_in_nothing(view: View) -> None:
    answer = compare(view, ["run-2", "run-2"])
    assert answer.same == ["config", "code", "inputs", "environment"]
    assert (answer.outcome, [one.versus[0].change for one in answer.metrics if one.versus[0]]) == ([], ["same"] * 2)
