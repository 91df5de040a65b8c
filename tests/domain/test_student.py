"""Student's t distribution, beside published tables and beside SciPy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from goldfish.domain.student import below, quantile

PROBABILITIES = st.floats(0.001, 0.999)
DEGREES = st.floats(1, 1e6)


@pytest.mark.parametrize(
    ("probability", "degrees", "said"),
    [(0.975, 1, 12.706), (0.975, 4, 2.776), (0.95, 10, 1.812), (0.995, 30, 2.750), (0.90, 100, 1.290)],
)
def test_the_quantiles_are_those_of_the_printed_tables(probability: float, degrees: float, said: float) -> None:
    assert quantile(probability, degrees) == pytest.approx(said, abs=5e-4)


@given(PROBABILITIES, DEGREES)
def test_the_quantiles_are_those_of_scipy(probability: float, degrees: float) -> None:
    assert quantile(probability, degrees) == pytest.approx(stats.t.ppf(probability, degrees), rel=1e-7, abs=1e-7)


@given(PROBABILITIES, DEGREES)
def test_a_quantile_is_where_the_distribution_function_reaches_the_probability(
    probability: float, degrees: float
) -> None:
    assert below(quantile(probability, degrees), degrees) == pytest.approx(probability, abs=1e-9)


@given(DEGREES)
def test_the_middle_is_nought(degrees: float) -> None:
    assert quantile(0.5, degrees) == pytest.approx(0, abs=1e-9)


def test_with_many_degrees_of_freedom_it_is_the_normal_distribution() -> None:
    assert quantile(0.975, 1e12) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(0.975, 1.01e7) == pytest.approx(quantile(0.975, 0.99e7), rel=1e-6)
