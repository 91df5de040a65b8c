"""Lines to draw."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.lines import MOST, at, line, points, thinned, wants_logarithm

VALUES = st.floats(-1e6, 1e6)
RUNS = st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=50)


def test_a_point_without_a_step_has_its_index_and_what_is_not_finite_is_left_out() -> None:
    assert points([(None, 1.0), (None, math.nan), (None, 3.0)]) == [(0.0, 1.0), (2.0, 3.0)]
    assert points([(5, 1.0), (3, 2.0), (5, math.inf)]) == [(3.0, 2.0)]


def test_of_a_step_logged_twice_the_last_value_counts() -> None:
    assert points([(1, 1.0), (1, 2.0)]) == [(1.0, 2.0)]


@given(RUNS)
def test_one_run_is_drawn_as_it_is(series: list[tuple[int, float]]) -> None:
    run = points(series)
    drawn = line([run])
    assert drawn is not None
    assert list(zip(drawn.steps, drawn.values, strict=True)) == run
    assert (drawn.runs, {*drawn.sd}) == (1, {None})


@given(st.lists(RUNS, min_size=2, max_size=4))
def test_the_line_of_several_runs_stays_between_them(several: list[list[tuple[int, float]]]) -> None:
    runs = [points(series) for series in several]
    drawn = line(runs)
    assert drawn is not None
    for step, value in zip(drawn.steps, drawn.values, strict=True):
        there = [known for run in runs if (known := at(run, step)) is not None]
        assert min(there) - 1e-6 <= value <= max(there) + 1e-6


def test_several_runs_have_a_mean_and_a_deviation_where_two_or_more_are() -> None:
    drawn = line([[(0, 1.0), (2, 3.0)], [(0, 3.0), (1, 4.0), (4, 5.0)], []])
    assert drawn is not None
    assert drawn.steps == [0, 1, 2, 4]
    assert drawn.values == [2.0, 3.0, pytest.approx((3 + 13 / 3) / 2), 5.0]
    assert drawn.sd[0] == pytest.approx(math.sqrt(2))
    assert (drawn.sd[3], drawn.runs) == (None, 2)


def test_no_points_make_no_line() -> None:
    assert line([]) is None
    assert line([[], []]) is None


@given(st.lists(VALUES, min_size=0, max_size=300), st.integers(2, 60))
def test_a_line_with_fewer_points_keeps_its_ends_and_its_extremes(values: list[float], most: int) -> None:
    run = [(float(step), value) for step, value in enumerate(values)]
    kept = thinned(run, most)
    assert len(kept) <= max(most, 4)
    assert set(kept) <= set(run)
    if run:
        assert (kept[0], kept[-1]) == (run[0], run[-1])
        assert min(value for _, value in kept) == min(values)
        assert max(value for _, value in kept) == max(values)


def test_long_series_are_thinned() -> None:
    run = [(float(step), math.sin(step)) for step in range(100_000)]
    alone, both = line([run]), line([run, run])
    assert alone is not None
    assert both is not None
    assert len(alone.steps) <= MOST
    assert len(both.steps) == MOST


def test_a_logarithm_shows_more_where_positive_values_span_two_decades() -> None:
    assert wants_logarithm([1.0, 0.01])
    assert not wants_logarithm([1.0, 0.02])
    assert not wants_logarithm([1.0, -0.001])
    assert not wants_logarithm([1.0, 0.0])
    assert not wants_logarithm([])
