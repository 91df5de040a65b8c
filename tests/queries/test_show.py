"""Show whatever a reference names."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from goldfish.domain.event import Event
from goldfish.domain.runs import Run
from goldfish.errors import GoldfishError, UnknownReference, UnknownRun, UnknownSource, UnknownVersion, UnknownWorkspace
from goldfish.projections.projector import View
from goldfish.queries.run_story import ExecutionStory, RunStory
from goldfish.queries.show import show
from goldfish.queries.sources import SourceStory
from goldfish.queries.workspace_story import VersionStory, WorkspaceStory
from tests.queries.stories import FEATURES, RAW, digits, now, requested, whole_run


@pytest.fixture(scope="module")
def view() -> View:
    """The small project."""
    return now(digits())


def test_a_run_is_told_from_its_reason_to_its_end(view: View) -> None:
    story = show(view, "run-3")
    assert isinstance(story, RunStory)
    assert (story.description, story.hypothesis) == ("try a learning rate of 10.0", "faster")
    assert (story.version, story.outcome, story.seed, story.python) == ("baseline@v2", "failed", 1, "3.11.9")
    assert [(stage.stage, stage.outcome) for stage in story.stages] == [("prepare", "succeeded"), ("train", "failed")]


def test_the_configuration_is_flat_and_marks_what_was_overridden(view: View) -> None:
    story = show(view, "run-3")
    assert isinstance(story, RunStory)
    prepare, train = story.stages
    assert {one.name: one.value for one in prepare.settings} == {"split.seed": 1, "split.train": 0.8}
    assert [(one.name, one.value, one.overridden) for one in train.settings] == [
        ("epochs", 5, False),
        ("lr", 10.0, True),
    ]


def test_configuration_of_any_shape_is_shown_as_it_is() -> None:
    log = digits()
    config: dict[str, JsonValue] = {
        "": 1,
        "nul": "a\x00b",
        'quote"d': None,
        "big": 10**400,
        "empty": {},
        "deep": {"a": {"b": [{"c": 1}, True]}},
        "\u202e": "rtl",
    }
    plan = requested(5, lr=1.0)
    stage = plan.stages[0].model_copy(update={"config": config})
    log.append("run-5", plan.model_copy(update={"stages": [stage], "seed": 10**30}))
    view = now(log)
    story = show(view, "run-5")
    assert isinstance(story, RunStory)
    deep = {name: value for name, value in config.items() if name != "deep"} | {"deep.a.b": [{"c": 1}, True]}
    assert {one.name: one.value for one in story.stages[0].settings} == deep
    assert story.seed == 10**30
    assert view.rows("SELECT name FROM params WHERE run = 'run-5' AND NOT coalesce(isfinite(number), true)") == []


def test_a_stage_shows_inputs_outputs_metrics_and_checks(view: View) -> None:
    story = show(view, "run-3/train")
    assert isinstance(story, ExecutionStory)
    stage = story.stage
    assert (stage.exit_code, stage.seconds, stage.peak_memory, stage.points) == (0, 2.0, 1 << 20, 4)
    assert [(one.ref, one.digest) for one in stage.inputs] == [("run-3/prepare.features", FEATURES)]
    assert [(one.ref, one.kind, one.size) for one in stage.outputs] == [("run-3/train.model", "output", 9)]
    assert [(one.metric, one.last_is_finite) for one in stage.metrics] == [("accuracy", True), ("loss", False)]
    assert [(one.check, one.verdict, one.evidence) for one in stage.checks] == [
        ("finite-metrics", "failed", {"points": 4})
    ]


def test_a_stage_that_has_not_begun_is_waiting(view: View) -> None:
    story = show(view, "run-4")
    assert isinstance(story, RunStory)
    assert [stage.state for stage in story.stages] == ["running", "waiting"]


@pytest.mark.parametrize(
    "end",
    [Run.Finished(outcome="cancelled", cause="enough", stages={}), Run.Parked(policy="launch", error="no", tries=5)],
)
def test_a_stage_that_has_not_begun_when_its_run_ends_never_started(end: Event) -> None:
    log = digits()
    log.append("run-4", end)
    story, train = show(now(log), "run-4"), show(now(log), "run-4/train")
    assert isinstance(story, RunStory)
    assert isinstance(train, ExecutionStory)
    assert [stage.state for stage in story.stages] == ["running", "never started"]
    assert train.stage.state == "never started"


def test_a_run_shows_thoughts_about_it_and_runs_of_the_same_work() -> None:
    log = digits()
    whole_run(log, 5, lr=0.3, accuracy=0.96)
    story = show(now(log), "run-2")
    assert isinstance(story, RunStory)
    assert [thought.text for thought in story.thoughts] == ["run-2 is the one to beat"]
    assert [run.run for run in story.similar] == ["run-5"]


def test_an_output_is_shown_with_its_execution(view: View) -> None:
    story = show(view, "run-2/train.model")
    assert isinstance(story, ExecutionStory)
    assert story.stage.execution == "run-2/train"


def test_a_workspace_shows_versions_and_runs_newest_first(view: View) -> None:
    story = show(view, "baseline")
    assert isinstance(story, WorkspaceStory)
    assert [version.version for version in story.versions] == ["baseline@v2", "baseline@v1"]
    assert [run.run for run in story.runs] == ["run-4", "run-3", "run-2", "run-1"]
    assert (story.slot, story.dirty) == ("w1", True)


def test_a_version_shows_its_runs(view: View) -> None:
    story = show(view, "baseline@v1")
    assert isinstance(story, VersionStory)
    assert [run.run for run in story.runs] == ["run-1"]


@pytest.mark.parametrize("ref", ["digits", "digits@r1"])
def test_a_source_shows_its_revision_and_the_runs_that_read_it(view: View, ref: str) -> None:
    story = show(view, ref)
    assert isinstance(story, SourceStory)
    assert (story.revision.ref, story.revision.digest) == ("digits@r1", RAW)
    assert [run.run for run in story.runs] == ["run-4", "run-3", "run-2", "run-1"]


@pytest.mark.parametrize(
    ("ref", "error", "near"),
    [
        ("run-33", UnknownRun, "run-3"),
        ("run-2/trian", UnknownReference, "run-2/train"),
        ("run-2/train.modle", UnknownReference, "run-2/train.model"),
        ("baselin", UnknownReference, "baseline"),
        ("baseline@v9", UnknownVersion, "baseline@v2"),
        ("basline@v1", UnknownWorkspace, "baseline"),
        ("digits@r7", UnknownSource, "digits@r1"),
    ],
)
def test_what_does_not_exist_is_refused_with_near_names(
    view: View, ref: str, error: type[GoldfishError], near: str
) -> None:
    with pytest.raises(error) as caught:
        show(view, ref)
    assert near in caught.value.near


@pytest.mark.parametrize(
    "ref", ["", "../x", "\x00", "run-1'; DROP TABLE runs; --", "x" * 10_000, "run-1/", "\u202erun-1"]
)
def test_hostile_references_are_refused(view: View, ref: str) -> None:
    with pytest.raises((UnknownReference, UnknownRun)):
        show(view, ref)
