"""Two runs, or two versions, side by side."""

from __future__ import annotations

import pytest

from goldfish.errors import CannotCompare
from goldfish.ports import FileChange
from goldfish.projections.projector import View
from goldfish.queries.compare import Comparison, Difference, compare
from tests.queries.stories import digits, now, requested, tree


@pytest.fixture(scope="module")
def view() -> View:
    """The small project."""
    return now(digits())


def pairs(found: list[Difference]) -> list[tuple[str, object, object]]:
    """Name, left and right of differences."""
    return [(one.name, one.left, one.right) for one in found]


def runs(view: View, left: str = "run-1", right: str = "run-2") -> Comparison:
    """A comparison with a change of one file."""
    change = FileChange("modules/train.py", "modified", "\n".join(f"+line {n}" for n in range(100)), 100, 0)
    return compare(view, left, right, lambda one, other: [change], lambda digest: {"numpy": "2.0"})


def test_only_what_differs_in_the_configuration_is_named(view: View) -> None:
    assert pairs(runs(view).config) == [("train.lr", 0.02, 0.3)]


def test_equal_numbers_written_differently_do_not_differ() -> None:
    log = digits()
    log.append("run-5", requested(5, lr=3e-4))
    log.append("run-6", requested(6, lr=0.0003))
    assert compare(now(log), "run-5", "run-6").config == []


def test_metrics_stand_side_by_side_with_their_difference(view: View) -> None:
    accuracy, loss = runs(view).metrics
    assert (accuracy.metric, accuracy.left, accuracy.right) == ("accuracy", 0.91, 0.97)
    assert accuracy.delta == pytest.approx(0.06)
    assert loss.delta == pytest.approx(-0.06)


def test_a_metric_that_is_not_finite_has_no_difference(view: View) -> None:
    loss = runs(view, "run-2", "run-3").metrics[1]
    assert (loss.right, loss.delta) == (None, None)


def test_the_code_is_compared_by_tree_and_patches_are_cut(view: View) -> None:
    asked: list[tuple[str, str]] = []

    def diff(left: str, right: str) -> list[FileChange]:
        asked.append((left, right))
        return [FileChange("a.py", "modified", "\n".join(["+x"] * 100), 100, 0)] * 60

    answer = compare(view, "run-1", "run-2", diff)
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
        now(log), "run-1", "run-5", None, lambda digest: packages.get(digest, {"numpy": "2.0", "old": "1"})
    )
    assert pairs(answer.environment) == [
        ("package new", None, "1"),
        ("package numpy", "2.0", "2.1"),
        ("package old", "1", None),
        ("python", "3.11.9", "3.12.1"),
    ]


def test_the_outcome_and_its_cause_are_compared(view: View) -> None:
    found = {one.name: (one.left, one.right) for one in runs(view, "run-2", "run-3").outcome}
    assert found["outcome"] == ("succeeded", "failed")
    assert "the loss is NaN" in str(found["cause"][1])


def test_versions_are_compared_by_code_alone(view: View) -> None:
    answer = runs(view, "baseline@v1", "baseline")
    assert (answer.kind, answer.left, answer.right) == ("versions", "baseline@v1", "baseline@v2")
    assert [one.path for one in answer.code] == ["modules/train.py"]
    assert (answer.config, answer.metrics) == ([], [])


@pytest.mark.parametrize(("left", "right"), [("run-1", "baseline@v1"), ("digits", "run-1"), ("run-1", "run-2/train")])
def test_different_kinds_cannot_be_compared(view: View, left: str, right: str) -> None:
    with pytest.raises(CannotCompare):
        compare(view, left, right)


def test_what_cannot_be_compared_is_named_with_what_it_stood_beside(view: View) -> None:
    with pytest.raises(CannotCompare, match="run-1/train and run-2 cannot be compared"):
        compare(view, "run-1/train", "run-2")
