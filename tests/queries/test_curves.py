"""Metric points as lines to draw."""

from __future__ import annotations

import pytest

from goldfish.errors import NothingToDraw
from goldfish.queries.curves import Curves, curves
from tests.queries.repeated import Story
from tests.queries.stories import now


def series(digest: str, metric: str) -> list[tuple[int | None, float]]:
    """Three points of each run, which differ by its number."""
    number = int(digest.rpartition("-")[2])
    return [(step, number + step / 10) for step in range(3)] if metric == "accuracy" else []


@pytest.fixture
def story() -> Story:
    """A group of two seeds, and a run alone."""
    told = Story()
    told.seeds("both", [0.90, 0.91])
    told.run(0.95, seed=1, width=12)
    return told


def drawn(story: Story, *refs: str, metrics: tuple[str, ...] = ()) -> Curves:
    """The lines of some sides."""
    return curves(now(story.log), refs, series, metrics=metrics)


def test_a_run_has_a_line_and_a_group_has_a_mean_with_a_band(story: Story) -> None:
    (chart,) = drawn(story, "both", "run-3").charts
    group, alone = chart.lines
    assert (group.label, group.line.values) == ("both (mean of 2 runs)", pytest.approx([1.5, 1.6, 1.7]))
    assert group.line.sd == pytest.approx([2**-0.5] * 3)
    assert (alone.label, alone.line.values, alone.line.sd) == ("run-3", pytest.approx([3.0, 3.1, 3.2]), [None] * 3)


@pytest.mark.parametrize("name", ["accuracy", "train.accuracy"])
def test_a_metric_is_named_with_its_stage_or_without(story: Story, name: str) -> None:
    (chart,) = drawn(story, "run-1", "run-3", metrics=(name,)).charts
    assert (chart.stage, chart.metric) == ("train", "accuracy")


def test_a_metric_that_nobody_logged_is_refused_with_near_names(story: Story) -> None:
    with pytest.raises(NothingToDraw) as refusal:
        drawn(story, "run-1", "run-3", metrics=("acuracy",))
    assert "accuracy" in refusal.value.near


def test_sides_without_points_are_named(story: Story) -> None:
    empty = story.run(None, seed=4)
    assert drawn(story, "run-1", empty).left_out == [f"{empty} has no points of accuracy"]
    with pytest.raises(NothingToDraw):
        drawn(story, empty, empty)


def test_versions_have_nothing_to_draw(story: Story) -> None:
    with pytest.raises(NothingToDraw):
        drawn(story, "baseline@v1", "baseline@v1")
