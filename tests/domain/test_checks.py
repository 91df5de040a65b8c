"""Checks say what the metrics of a stage execution show: what must fail fails, and healthy training passes."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.checks import CHECKS, evaluate
from goldfish.domain.checks.series import is_held_out, is_loss
from goldfish.domain.executions import Execution

NAN, INF = math.nan, math.inf


def verdicts(**series: Sequence[float]) -> dict[str, Execution.CheckEvaluated]:
    """Each check's verdict on series logged at steps 0, 1, 2 …; `__` in a name stands for a slash."""
    found = evaluate({name.replace("__", "/"): list(enumerate(values)) for name, values in series.items()})
    return {event.check: event for event in found}


def exploded(values: Sequence[float], name: str = "train__loss") -> bool:
    verdict = verdicts(**{name: values})["loss.exploded"].verdict
    assert verdict != "not-applicable"
    return verdict == "failed"


class TestTheRegistry:
    def test_every_check_answers_once_passes_too(self):
        assert (
            [event.check for event in evaluate({"loss": [(0, 1.0)]})]
            == list(CHECKS)
            == [
                "metrics.finite",
                "loss.exploded",
            ]
        )

    def test_without_metrics_no_check_applies(self):
        assert {event.verdict for event in evaluate({})} == {"not-applicable"}
        assert {event.verdict for event in evaluate({"loss": []})} == {"not-applicable"}

    @given(
        st.dictionaries(
            st.sampled_from(["loss", "val/loss", "acc"]),
            st.lists(st.tuples(st.none() | st.integers(-5, 2**40), st.floats()), max_size=30),
        )
    )
    def test_any_series_gets_a_verdict_that_json_can_hold(self, series: dict[str, list[tuple[int | None, float]]]):
        for event in evaluate(series):
            json.dumps(event.model_dump(), allow_nan=False)
            assert event.sentence


class TestFiniteMetrics:
    def test_a_loss_that_became_nan_is_told_with_its_step_and_share(self):
        loss = [1.0] * 41 + [NAN] * 160
        event = verdicts(train__loss=loss, acc=[0.5] * 201)["metrics.finite"]
        assert event.sentence == "train/loss became NaN at step 41 of 200 (160 of 201 points are not finite)"
        assert (event.subject, event.verdict, event.severity) == ("train/loss", "failed", "block")
        assert event.evidence["first_step"] == 41
        assert (event.evidence["not_finite"], event.evidence["points"]) == (160, 201)

    def test_the_metric_that_broke_first_is_the_subject(self):
        event = verdicts(a=[1, 1, 1, INF], b=[1, 1, -INF, 1], c=[1, 1, 1, 1])["metrics.finite"]
        assert (event.subject, event.evidence["became"], event.evidence["others"]) == ("b", "minus infinity", ["a"])
        assert event.sentence.endswith(", and so did a")

    def test_what_is_logged_without_steps_comes_after_training(self):
        steps = [(step, 1.0 if step < 170 else INF) for step in range(500)]
        (event, _) = evaluate({"rmse": [(None, NAN)], "loss": steps})
        assert event.sentence == (
            "loss became infinite at step 170 of 499 (330 of 500 points are not finite), and so did rmse"
        )

    def test_a_single_point_is_told_as_one(self):
        assert evaluate({"rmse": [(None, NAN)]})[0].sentence == "rmse is NaN"
        assert evaluate({"rmse": [(None, 1.0)]})[0].sentence == "the only point of rmse is finite"
        assert evaluate({"rmse": [(None, 1.0), (None, 2.0)]})[0].sentence == "all 2 points of 1 metric are finite"

    def test_points_without_steps_are_counted(self):
        (event, _) = evaluate({"loss": [(None, 1.0), (None, NAN)]})
        assert event.sentence == "loss became NaN at point 2 of 2 (1 of 2 points is not finite)"

    def test_finite_metrics_pass_however_large(self):
        event = verdicts(loss=[1e308, -1e308], acc=[0.0])["metrics.finite"]
        assert (event.verdict, event.sentence) == ("passed", "all 3 points of 2 metrics are finite")

    @pytest.mark.parametrize(
        ("series", "severity"),
        [
            ({"grad_norm": [INF, INF, 3.0, 2.0], "loss": [3, 2, 1, 1]}, "warn"),
            ({"val/auc": [NAN, 0.6, 0.7]}, "warn"),
            ({"grad_norm": [1.0, 2.0, INF]}, "block"),
            ({"val/loss": [1.0, NAN, 1.0]}, "block"),
        ],
    )
    def test_what_is_no_loss_and_came_back_is_a_warning(self, series: dict[str, list[float]], severity: str):
        event = verdicts(**{name.replace("/", "__"): values for name, values in series.items()})["metrics.finite"]
        assert (event.verdict, event.severity) == ("failed", severity)


def decay(n: int) -> list[float]:
    return [2.3 * math.exp(-3 * i / n) + 0.05 for i in range(n)]


def noisy(values: Sequence[float], sigma: float, seed: int) -> list[float]:
    generator = random.Random(seed)
    return [value * math.exp(sigma * generator.gauss(0, 1)) for value in values]


def spiked(values: Sequence[float], at: int, height: float, width: int = 1) -> list[float]:
    return [height if at <= i < at + width else value for i, value in enumerate(values)]


def sgd_on_a_quadratic(rate: float, steps: int, seed: int = 0) -> list[float]:
    """The loss of gradient descent on x²/2 with noisy gradients: it diverges when the rate is above 2."""
    generator, x, losses = random.Random(seed), 1.0, []
    for _ in range(steps):
        losses.append(x * x / 2)
        x -= rate * (x + 0.1 * generator.gauss(0, 1))
    return losses


HEALTHY: dict[str, Sequence[float]] = {
    "a plain decay": decay(200),
    "a constant": [0.7] * 50,
    "a constant zero": [0.0] * 50,
    "no learning at all": [2.31, 2.30, 2.31, 2.30, 2.31, 2.30],
    "zeros before the first update": [0.0] * 3 + decay(100),
    "a spike of one point": spiked(decay(100), 60, 1e6),
    "a spike at the very end": spiked(decay(100), 99, 1e6),
    "a spike over many points that recovers": spiked(decay(200), 100, 1e5, width=15),
    "a spike that recovers slowly": decay(50) + [0.2 + 500 * math.exp(-i / 10) for i in range(100)],
    "a bump of the warm-up": [10.8 + 3 * math.sin(i / 10) for i in range(31)] + decay(200),
    "a harder task in the middle": [0.1 * math.exp(-i / 50) for i in range(200)]
    + [2.3 * math.exp(-i / 80) for i in range(200)],
    "a regression of a few percent": decay(100) + [0.25] * 50,
    "an objective that becomes negative": [3 - i / 10 for i in range(100)],
    "a negative objective that goes on falling": [-500 - 3 * i for i in range(100)],
    "a saw-tooth": [2.3 * math.exp(-(i % 20) / 5) + 0.1 for i in range(200)],
    "stochastic gradient descent": sgd_on_a_quadratic(0.5, 200),
    "a loss that ends twice as high": [1.0 + i / 100 for i in range(100)],
}

DIVERGED: dict[str, Sequence[float]] = {
    "five points": [10.0**i for i in range(5)],
    "geometric growth of five percent": [2.3 * 1.05**i for i in range(100)],
    "geometric growth of a half": [2.3 * 1.5**i for i in range(20)],
    "geometric growth to infinity": [2.3 * math.exp(3 * i) for i in range(230)] + [INF] * 20,
    "gradient descent with too large a rate": sgd_on_a_quadratic(2.2, 60),
    "gradient descent with far too large a rate": sgd_on_a_quadratic(10, 30),
    "a linear blow-up": [1 + 5 * i for i in range(200)],
    "a linear blow-up of few points": [1 + 50 * i for i in range(10)],
    "a blow-up within three steps of a thousand": [2.3, 400, 900] + [1000.0] * 1000,
    "a jump to a plateau at 13 times the start": [2.3, 25, 31, 31, 30, 31, 32, 31, 30, 31],
    "a blow-up to a thousand times that stays": decay(100) + [2300.0] * 50,
    "a blow-up to a thousand times that comes half down": decay(100) + [5000.0] * 10 + [2300.0] * 40,
    "a jump to 80 times that sinks to 25 times": [2.8] + [25 * 2.8 + 150 * math.exp(-i / 30) for i in range(200)],
    "a blow-up in the last tenth": decay(900) + [0.1 * 1.2**i for i in range(100)],
    "a blow-up of a negative objective": [-500.0 - i for i in range(100)] + [-600 + 10 ** (i / 5) for i in range(40)],
    "a blow-up up to the largest float": [1.0, 1.0, 1.0] + [1e308] * 10,
}


class TestExplodedLosses:
    @pytest.mark.parametrize("shape", HEALTHY)
    def test_what_is_healthy_or_another_trouble_passes(self, shape: str):
        assert not exploded(HEALTHY[shape])

    @pytest.mark.parametrize("shape", DIVERGED)
    def test_what_diverged_fails(self, shape: str):
        assert exploded(DIVERGED[shape])

    @pytest.mark.parametrize("shape", ["a linear blow-up", "geometric growth of five percent"])
    def test_noise_hides_no_divergence(self, shape: str):
        assert all(exploded(noisy(DIVERGED[shape], 0.5, seed)) for seed in range(50))

    @pytest.mark.parametrize("n", [5, 8, 20, 100, 1000])
    @pytest.mark.parametrize("sigma", [0.05, 0.3, 0.8])
    def test_noise_alone_is_no_divergence(self, n: int, sigma: float):
        for seed in range(60):
            assert not exploded(noisy(decay(n), sigma, seed))
            assert not exploded(noisy([0.05] * n, sigma, seed))

    @given(st.floats(1e-6, 1e6), st.sampled_from([*HEALTHY, *DIVERGED]))
    def test_the_unit_of_a_loss_is_irrelevant(self, unit: float, shape: str):
        values = (HEALTHY | DIVERGED)[shape]
        assert exploded([v * unit if v < 1e300 else v for v in values]) == (shape in DIVERGED)

    def test_overfitting_is_no_explosion(self):
        u_shaped = [2.3 * math.exp(-i / 10) + 0.02 * i for i in range(300)]
        flattened = [0.7, 0.3, 0.2, 0.4, 1, 2, 4, 6, 7, 7.2, 7.3, 7.2, 7.3, 7.3, 7.3, 7.3]
        assert not exploded(u_shaped, "val__loss")
        assert not exploded(flattened, "val__loss")
        assert exploded([*u_shaped, *(6 * 1.1**i for i in range(60))], "val__loss")

    def test_the_finding_tells_the_levels_and_from_where_on(self):
        event = verdicts(train__loss=decay(50) + [4000.0] * 50, val__loss=decay(20))["loss.exploded"]
        assert event.sentence == (
            "train/loss rose to 4000, 1.7e+03 times its first level 2.35 (best 0.1791, worst 4000), "
            "and stayed up from step 50 on"
        )
        assert (event.subject, event.severity, event.evidence["exploded"]) == ("train/loss", "block", ["train/loss"])

    def test_a_pass_tells_where_the_loss_ended(self):
        event = verdicts(loss=decay(50))["loss.exploded"]
        assert event.sentence == "loss ended around 0.1791, after 2.35 at first"

    @pytest.mark.parametrize("values", [[1.0, 10.0, 100.0, 1000.0], [1.0, 10.0, NAN, INF, 100.0, 1000.0]])
    def test_fewer_than_five_finite_points_show_nothing(self, values: list[float]):
        event = verdicts(loss=values)["loss.exploded"]
        assert (event.verdict, event.sentence) == ("not-applicable", "no metric is a loss with 5 finite points or more")

    def test_metrics_that_are_no_losses_may_grow(self):
        event = verdicts(kl_loss=DIVERGED["five points"], reward=DIVERGED["five points"])["loss.exploded"]
        assert (event.verdict, event.sentence) == ("not-applicable", "no metric is a loss by its name")

    @pytest.mark.parametrize("shape", [decay, lambda n: [1.0 + i for i in range(n)]])
    def test_a_million_points_take_less_than_a_second(self, shape: Callable[[int], list[float]]):
        points = list(enumerate(noisy(shape(1_000_000), 0.3, 1)))
        begun = time.process_time()
        evaluate({"train/loss": points})
        assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "name",
    [
        *("loss", "train/loss", "train_loss", "valLoss", "loss/train/nll", "a/cross_entropy", "a/crossEntropyLoss"),
        *("log_loss", "logloss", "perplexity", "val/ppl", "epoch_loss", "LOSS", "total_loss", "x/xent", "test.loss"),
    ],
)
def test_these_are_losses(name: str):
    assert is_loss(name)


@pytest.mark.parametrize(
    "name",
    [
        *("accuracy", "error_rate", "loss/accuracy", "amp/loss_scale", "glossary", "kl_loss", "entropy_loss"),
        *("critic_loss", "g_loss", "lossD", "value_loss", "grad_norm", "lr", "", "reg_loss", "loss_weight", "reward"),
    ],
)
def test_these_are_no_losses(name: str):
    assert not is_loss(name)


def test_held_out_metrics_are_known_by_a_word_of_their_path():
    assert all(map(is_held_out, ["val/loss", "valLoss", "test_nll", "eval/a/loss", "dev-loss"]))
    assert not any(map(is_held_out, ["loss", "train/loss", "latest_loss", "value/loss"]))
