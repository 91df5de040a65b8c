"""Whether a difference is more than noise."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from goldfish.domain.noise import FIRST_SEEDS, WORTH_RUNNING, Contrast, contrast, paired
from goldfish.domain.samples import LARGEST, Floor, Sample, pooled, sample

NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
SEEDS = st.lists(NUMBERS, min_size=1, max_size=8)
REPEATED = st.lists(NUMBERS, min_size=2, max_size=8)
FLOORS = st.none() | st.builds(Floor, sd=st.floats(0, 1e3), degrees=st.integers(1, 50))
ANY = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5)


def of(*values: float) -> Sample:
    """The sample of these numbers."""
    found = sample(values)
    assert found is not None
    return found


def compared(before: list[float], after: list[float], floor: Floor | None = None, tolerance: float = 0.0) -> Contrast:
    """Larger is better."""
    return contrast(of(*before), of(*after), "maximize", floor=floor, tolerance=tolerance)


# ── samples and floors ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sample_says_mean_spread_number_and_ends() -> None:
    found = of(1, 2, 3, 6)
    assert (found.n, found.mean, found.low, found.high) == (4, 3, 1, 6)
    assert found.sd == pytest.approx(2.160247)


def test_one_number_has_no_spread_and_none_is_no_sample() -> None:
    assert of(0.91).sd is None
    assert sample([]) is None
    assert sample([float("nan"), float("inf")]) is None


@given(ANY)
def test_every_finite_number_can_be_in_a_sample(values: list[float]) -> None:
    found = of(*values)
    assert found.n == len(values)
    assert found.sd is None or 0 <= found.sd <= LARGEST


def test_the_pooled_floor_weighs_each_spread_by_its_degrees_of_freedom() -> None:
    found = pooled([(1.0, 1), (2.0, 3)])
    assert found is not None
    assert (found.sd, found.degrees) == (pytest.approx((13 / 4) ** 0.5), 4)
    assert pooled([]) is None
    assert pooled([(1.0, 0)]) is None


@given(st.lists(st.tuples(st.floats(0, LARGEST), st.integers(1, 100)), min_size=1, max_size=5))
def test_a_pooled_floor_lies_between_the_spreads(spreads: list[tuple[float, float]]) -> None:
    found = pooled(spreads)
    assert found is not None
    least, most = min(sd for sd, _ in spreads), max(sd for sd, _ in spreads)
    assert least * (1 - 1e-9) <= found.sd <= most


def test_a_sample_without_a_number_or_with_a_negative_spread_is_refused() -> None:
    for bad in ({"n": 0, "mean": 1}, {"n": 2, "mean": 1, "sd": -1}, {"n": 2, "mean": float("nan")}):
        with pytest.raises(ValidationError):
            Sample.model_validate(bad)


# ── both sides repeated ───────────────────────────────────────────────────────────────────────────────────────────────


@given(REPEATED, REPEATED)
def test_the_interval_is_that_of_welch(before: list[float], after: list[float]) -> None:
    assume(len({*before}) > 1 and len({*after}) > 1)
    found, said = compared(before, after), stats.ttest_ind(after, before, equal_var=False)
    low, high = said.confidence_interval(0.95)
    assert found.method == "welch"
    scale = max(abs(low), abs(high))
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-6 * scale), pytest.approx(high, abs=1e-6 * scale))
    assert found.degrees == pytest.approx(said.df, rel=1e-6)


@given(REPEATED, REPEATED)
def test_established_means_that_the_interval_leaves_out_nought(before: list[float], after: list[float]) -> None:
    found = compared(before, after)
    assert found.low is not None
    assert found.high is not None
    outside = found.low > 0 or found.high < 0
    assert (found.standing == "established") == outside


def test_a_clear_difference_is_established_and_one_inside_the_noise_is_not() -> None:
    clear = compared([0.900, 0.910, 0.905], [0.920, 0.930, 0.921])
    assert (clear.standing, clear.more_seeds) == ("established", 0)
    assert "better by 0.0187" in clear.sentence
    inside = compared([0.90, 0.92, 0.88], [0.91, 0.89, 0.93])
    assert inside.standing != "established"
    assert inside.more_seeds


def test_smaller_is_better_where_the_direction_says_so() -> None:
    found = contrast(of(0.5, 0.51, 0.49), of(0.3, 0.31, 0.29), "minimize")
    assert found.effect == pytest.approx(0.2)
    assert found.sentence.startswith("better")


@given(SEEDS, SEEDS, FLOORS)
def test_the_other_way_round_is_the_mirror_image(before: list[float], after: list[float], floor: Floor | None) -> None:
    one, other = compared(before, after, floor), compared(after, before, floor)
    assert (one.standing, one.effect, one.more_seeds) == (other.standing, -other.effect, other.more_seeds)
    assert (one.low is None) == (other.high is None)
    assert one.low is None or one.low == pytest.approx(-(other.high or 0.0))


@given(SEEDS, SEEDS, FLOORS)
def test_the_direction_turns_only_the_sign(before: list[float], after: list[float], floor: Floor | None) -> None:
    up = contrast(of(*before), of(*after), "maximize", floor=floor)
    down = contrast(of(*before), of(*after), "minimize", floor=floor)
    assert (up.standing, up.effect, up.more_seeds) == (down.standing, -down.effect, down.more_seeds)


@given(SEEDS, SEEDS, FLOORS, st.integers(-30, 30))
def test_another_unit_changes_nothing_but_the_numbers(
    before: list[float], after: list[float], floor: Floor | None, power: int
) -> None:
    unit = 2.0**power
    other = floor and Floor(sd=floor.sd * unit, degrees=floor.degrees)
    here = compared(before, after, floor)
    there = compared([v * unit for v in before], [v * unit for v in after], other)
    assert (there.standing, there.more_seeds) == (here.standing, here.more_seeds)
    assert there.effect == pytest.approx(here.effect * unit)


@given(ANY, ANY, st.none() | st.builds(Floor, sd=st.floats(0, LARGEST), degrees=st.floats(1, 1e9)))
def test_no_finite_numbers_are_too_large_or_too_small(
    before: list[float], after: list[float], floor: Floor | None
) -> None:
    found = compared(before, after, floor)
    assert found.standing in ("established", "needs-seeds", "not-established", "unknown")
    assert found.sentence


def test_of_numbers_without_a_difference_one_in_twenty_at_most_is_established() -> None:
    luck = random.Random(7)
    rounds = 2_000
    wrong = 0
    for _ in range(rounds):
        before, after = ([luck.gauss(0.9, 0.01) for _ in range(n)] for n in (3, 5))
        wrong += compared(before, after).standing == "established"
    assert wrong / rounds < 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5


def test_as_many_more_seeds_as_are_asked_for_do_establish_a_real_difference_four_times_in_five() -> None:
    luck = random.Random(11)
    here = contrast(Sample(n=3, mean=0.90, sd=0.01), Sample(n=3, mean=0.91, sd=0.01), "maximize")
    assert here.standing == "needs-seeds"
    assert here.more_seeds is not None
    seeds, rounds = 3 + here.more_seeds, 1_000
    shown = 0
    for _ in range(rounds):
        before, after = ([luck.gauss(mean, 0.01) for _ in range(seeds)] for mean in (0.90, 0.91))
        shown += compared(before, after).standing == "established"
    assert 0.75 < shown / rounds < 0.90


@given(st.integers(2, 10), st.floats(0.001, 1), st.floats(0.01, 10))
def test_more_noise_never_needs_fewer_seeds(n: int, effect: float, sd: float) -> None:
    def asked(noise: float) -> float:
        found = contrast(Sample(n=n, mean=0, sd=noise), Sample(n=n, mean=effect, sd=noise), "maximize")
        return float("inf") if found.more_seeds is None else found.more_seeds

    assert asked(sd) <= asked(2 * sd)


def test_a_difference_too_small_for_any_sensible_number_of_seeds_is_not_established() -> None:
    found = contrast(Sample(n=5, mean=0.9, sd=0.05), Sample(n=5, mean=0.901, sd=0.05), "maximize")
    assert found.standing == "not-established"
    assert found.more_seeds is None or found.more_seeds > WORTH_RUNNING


# ── a side that ran once ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_single_run_beside_seeds_borrows_their_noise() -> None:
    found = compared([0.90, 0.91, 0.905, 0.895], [0.95])
    assert (found.method, found.degrees, found.standing) == ("pooled", 3, "established")
    assert compared([0.90, 0.91, 0.905, 0.895], [0.912]).standing == "needs-seeds"


def test_single_runs_are_measured_by_the_floor() -> None:
    floor = Floor(sd=0.002, degrees=8)
    assert compared([0.90], [0.91], floor).standing == "established"
    close = compared([0.900], [0.903], floor)
    assert (close.standing, close.method) == ("needs-seeds", "floor")


def test_single_runs_without_a_floor_are_unknown_and_more_seeds_are_asked_for() -> None:
    found = compared([0.90], [0.95])
    assert (found.standing, found.more_seeds, found.low) == ("unknown", FIRST_SEEDS - 1, None)
    assert "run 2 more seeds of each" in found.sentence


def test_the_floor_says_nothing_where_both_sides_have_their_own_noise() -> None:
    sides = ([0.90, 0.91], [0.92, 0.93])
    assert compared(*sides, Floor(sd=0, degrees=100)) == compared(*sides)


# ── tolerance and numbers without noise ───────────────────────────────────────────────────────────────────────────────


@given(SEEDS, SEEDS, FLOORS)
def test_within_the_tolerance_nothing_is_established(
    before: list[float], after: list[float], floor: Floor | None
) -> None:
    effect = abs(compared(before, after).effect)
    found = compared(before, after, floor, tolerance=effect)
    assert (found.standing, found.more_seeds) == ("not-established", None)


def test_what_every_seed_gives_is_no_accident_from_three_seeds_on() -> None:
    assert compared([1, 1], [2]).standing == "needs-seeds"
    assert compared([1, 1, 1], [2]).standing == "established"
    assert compared([1, 1], [2, 2]).standing == "established"
    assert compared([1, 1], [1, 1]).sentence == "no difference"


# ── seed by seed ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=8))
def test_the_interval_of_pairs_is_that_of_student(sides: list[tuple[float, float]]) -> None:
    before, after = [one for one, _ in sides], [other for _, other in sides]
    assume(len({round(other - one, 9) for one, other in sides}) > 1)
    found, said = paired(before, after, "maximize"), stats.ttest_rel(after, before)
    assert found is not None
    low, high = said.confidence_interval(0.95)
    scale = max(abs(low), abs(high))
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-6 * scale), pytest.approx(high, abs=1e-6 * scale))
    assert (found.degrees, found.method) == (len(sides) - 1, "paired")


def test_what_a_seed_does_to_both_sides_cancels_out_seed_by_seed() -> None:
    before = [0.60, 0.90, 0.70, 0.80, 0.50]
    after = [0.62, 0.93, 0.72, 0.83, 0.52]
    apart, together = compared(before, after), paired(before, after, "maximize")
    assert apart.standing != "established"
    assert together is not None
    assert together.standing == "established"


def test_one_pair_is_none() -> None:
    assert paired([1.0], [2.0], "maximize") is None


def test_of_pairs_without_a_difference_one_in_twenty_at_most_is_established() -> None:
    luck = random.Random(13)
    rounds = 2_000
    wrong = 0
    for _ in range(rounds):
        shared = [luck.gauss(0.9, 0.1) for _ in range(5)]
        before, after = ([one + luck.gauss(0, 0.01) for one in shared] for _ in range(2))
        found = paired(before, after, "maximize")
        wrong += found is not None and found.standing == "established"
    assert wrong / rounds < 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5
