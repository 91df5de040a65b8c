"""Whether results get better, and whether the newest fell behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.results import Against
from goldfish.domain.specs import Direction
from goldfish.domain.trends import Course, course, regressions

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("values", "tolerance", "expected"),
    [
        ([0.5, 0.6], 0, None),
        ([0.5, 0.6, 0.7], 0, "improving"),
        ([0.7, 0.6, 0.5], 0, "worsening"),
        ([0.5, 0.5, 0.5], 0, "flat"),
        ([0.0, 0.0, 0.0], 0, "flat"),
        ([0.5, 0.6, 0.7], 0.3, "flat"),
        ([0.5, 0.9, 0.4, 0.8, 0.5, 0.9], 0, "flat"),
        ([1e308, -1e308, 1e308], 0, "flat"),
    ],
)
def test_a_line_that_rises_beyond_the_noise_improves(
    values: list[float], tolerance: float, expected: Course | None
) -> None:
    assert course(values, "maximize", tolerance) == expected


@given(st.lists(NUMBERS, max_size=12), st.floats(0, 10))
def test_the_other_direction_says_the_opposite(values: list[float], tolerance: float) -> None:
    opposite = {"improving": "worsening", "worsening": "improving"}
    found = course(values, "maximize", tolerance)
    assert course(values, "minimize", tolerance) == opposite.get(found or "", found)


@given(NUMBERS, st.integers(3, 12), st.sampled_from(["maximize", "minimize"]))
def test_what_does_not_change_is_flat(value: float, count: int, direction: Direction) -> None:
    assert course([value] * count, direction) == "flat"


def other(run: str, gain: float, beyond: bool = True) -> Against:
    return Against(ref="x", run=run, value=0.9, gain=gain, beyond=beyond)


def test_worse_by_more_than_the_tolerance_is_a_regression() -> None:
    best, previous = other("run-1", -0.2), other("run-2", -0.1)
    assert regressions("accuracy", 0.7, best, previous) == [
        "accuracy 0.7 is worse than the best, 0.9 of run-1, by 0.2",
        "accuracy 0.7 is worse than the previous, 0.9 of run-2, by 0.1",
    ]


def test_within_the_tolerance_or_better_is_none_and_one_run_is_named_once() -> None:
    assert regressions("accuracy", 0.7, other("run-1", -0.2, beyond=False), other("run-2", 0.1)) == []
    assert regressions("accuracy", 0.7, None, None) == []
    assert len(regressions("accuracy", 0.7, other("run-1", -0.2), other("run-1", -0.2))) == 1
