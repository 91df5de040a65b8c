"""Results beside their baselines, what came before, and how they go on."""

from __future__ import annotations

import pytest

from goldfish.domain.executions import Execution
from goldfish.domain.project_settings import ProjectSettings
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.specs import ResultsSpec, StageValue
from goldfish.domain.tags import Tag
from goldfish.domain.values import Outcome, StagePlan
from goldfish.queries.awaiting import awaiting
from goldfish.queries.results import results, results_of
from goldfish.queries.run_story import run_story
from goldfish.queries.state_document import state_document
from goldfish.queries.status import status
from goldfish.queries.trends import trends
from goldfish.queries.workspace_story import workspace_story
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import created, now, requested, summary

SPEC = ResultsSpec(metric="accuracy", direction="maximize", tolerance=0.01)


def judged_run(
    log: InMemoryEventLog, run: int, accuracy: float, spec: ResultsSpec = SPEC, outcome: Outcome = "succeeded"
) -> None:
    """A run of one stage, judged by its spec."""
    plan = StagePlan(name="train", module="modules/train.py", results=spec)
    log.append(f"run-{run}", requested(run, lr=0.1).model_copy(update={"stages": [plan]}))
    log.append(
        f"run-{run}/train",
        Execution.MetricsSealed(digest=None, points=2, summary={spec.metric: summary(accuracy)}),
        Execution.Concluded(outcome=outcome, cause="for a reason"),
    )
    log.append(f"run-{run}", Run.Finished(outcome=outcome, cause="for a reason", stages={"train": outcome}))


def confirm(log: InMemoryEventLog, run: int, value: float | None) -> None:
    told = StageValue(stage="train", metric="accuracy", split="val", direction="maximize", value=value)
    said = Run.Finalized(verdict="partial", values=[told], comment=None, learned=None, next_steps=[], reason=None)
    log.append(f"run-{run}", said)


def project(*accuracies: float) -> InMemoryEventLog:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run, accuracy in enumerate(accuracies, 1):
        judged_run(log, run, accuracy)
    return log


def test_each_result_stands_beside_the_one_before_it() -> None:
    lines = results(now(project(0.8, 0.9, 0.895))).results
    assert [(line.run, line.value) for line in lines] == [("run-3", 0.895), ("run-2", 0.9), ("run-1", 0.8)]
    previous = [line.previous for line in lines]
    assert previous[2] is None
    assert [(p.run, round(p.gain, 6), p.beyond) for p in previous[:2] if p] == [
        ("run-2", -0.005, False),
        ("run-1", 0.1, True),
    ]


@pytest.mark.parametrize("other", [{"metric": "f1"}, {"split": "test"}, {"direction": "minimize"}])
def test_numbers_of_another_metric_split_or_direction_are_never_compared(other: dict[str, str]) -> None:
    log = project(0.8)
    judged_run(log, 2, 0.9, ResultsSpec.model_validate({**SPEC.model_dump(), **other, "baseline": "run-1"}))
    newest = results(now(log)).results[0]
    assert (newest.run, newest.previous, newest.baseline) == ("run-2", None, None)
    assert [line.results for line in trends(now(log))] == [1, 1]


def test_a_confirmed_number_counts_instead_of_the_automatic_one_and_none_is_none() -> None:
    log = project(0.8, 0.9)
    confirm(log, 1, 0.7)
    confirm(log, 2, None)
    judged_run(log, 3, 0.9)
    newest, middle, oldest = results(now(log)).results
    assert (oldest.value, oldest.verdict) == (0.7, "partial")
    assert (middle.value, middle.previous) == (None, None)
    assert newest.previous
    assert newest.previous.run == "run-1"


def test_a_stage_that_failed_has_no_result() -> None:
    log = project(0.8)
    judged_run(log, 2, 0.9, outcome="failed")
    assert [(line.value, line.outcome) for line in results_of(now(log), "run-2")] == [(None, "failed")]


@pytest.mark.parametrize("baseline", ["run-1", "run-1/train", "baseline@v1", "@best"])
def test_a_baseline_is_a_run_a_stage_a_version_or_what_a_tag_points_to(baseline: str) -> None:
    log = project(0.8)
    log.append("tags", Tag.Set(name="best", target="run-1"))
    judged_run(log, 2, 0.9, SPEC.model_copy(update={"baseline": baseline}))
    (line,) = results_of(now(log), "run-2")
    assert line.baseline
    assert (line.baseline.ref, line.baseline.run, line.baseline.value) == (baseline, "run-1", 0.8)


def test_a_run_is_not_its_own_baseline_and_a_tag_may_be_gone() -> None:
    log = project(0.8)
    log.append("tags", Tag.Set(name="best", target="run-2"))
    judged_run(log, 2, 0.9, SPEC.model_copy(update={"baseline": "@best"}))
    assert results_of(now(log), "run-2")[0].baseline is None
    log.append("tags", Tag.Removed(name="best", was="run-2"))
    assert results_of(now(log), "run-2")[0].baseline is None


def test_pages_are_of_whole_runs() -> None:
    view = now(project(0.1, 0.2, 0.3))
    first = results(view, "baseline", limit=2)
    assert [line.run for line in first.results] == ["run-3", "run-2"]
    second = results(view, "baseline", limit=2, before=first.more)
    assert ([line.run for line in second.results], second.more) == (["run-1"], None)
    assert results(view, "wide").results == []


def test_the_newest_is_held_against_the_best_with_the_tolerance_of_its_spec() -> None:
    (line,) = trends(now(project(0.8, 0.9, 0.85)))
    assert (line.best.run, line.newest.run, line.results) == ("run-2", "run-3", 3)
    assert line.regressions == ["accuracy 0.85 is worse than the best, 0.9 of run-2, by 0.05"]
    assert [value.run for value in line.last] == ["run-1", "run-2", "run-3"]
    (line,) = trends(now(project(0.8, 0.9, 0.895)))
    assert line.regressions == []


def test_of_equal_results_the_first_is_the_best() -> None:
    assert trends(now(project(0.9, 0.9)))[0].best.run == "run-1"


def test_how_far_a_trend_looks_back_is_a_setting() -> None:
    log = project(0.1, 0.9, 0.8, 0.7)
    assert trends(now(log))[0].course == "flat"
    log.append("project", Project.Configured(settings=ProjectSettings(trend_runs=3)))
    (line,) = trends(now(log))
    assert (len(line.last), line.course, line.best.run) == (3, "worsening", "run-2")


def test_what_ended_well_or_badly_awaits_a_verdict_and_what_was_stopped_does_not() -> None:
    log = project(0.8, 0.9)
    judged_run(log, 3, 0.1, outcome="failed")
    judged_run(log, 4, 0.1, outcome="cancelled")
    judged_run(log, 5, 0.1, outcome="lost")
    confirm(log, 1, 0.8)
    (due,) = awaiting(now(log))
    assert (due.workspace, due.count, due.runs) == ("baseline", 2, ["run-3", "run-2"])


def test_it_is_said_wherever_one_looks() -> None:
    log = project(0.9, 0.8)
    view = now(log)
    answer, text = status(view), state_document(view)[0]
    assert [due.runs for due in answer.awaiting] == [["run-2", "run-1"]]
    assert "- baseline: run-2, run-1: `goldfish finalize run-2`" in text
    assert "Regression: accuracy 0.8 is worse than the best, 0.9 of run-1, by 0.1" in text
    assert workspace_story(view, "baseline").awaiting == answer.awaiting
    story = run_story(view, "run-2")
    assert [line.awaits for line in story.results] == [True]
    assert story.judgements == []
    confirm(log, 2, 0.8)
    assert [told.confirmed for told in run_story(now(log), "run-2").judgements] == [{"train": 0.8}]


def test_the_past_is_as_it_was() -> None:
    log = project(0.8)
    before = log.head()
    confirm(log, 1, 0.7)
    view = now(log)
    assert results(view).results[0].value == 0.7
    assert results(view.projector.at(before)).results[0].value == 0.8


def taken_over(log: InMemoryEventLog, run: int, accuracy: float, execution: str) -> None:
    """A run whose stage did nothing: an earlier one had done the same work."""
    work = Execution.Reused(execution=execution, fingerprint="sha256:" + "5" * 64, inputs=[])
    judged_run(log, run, accuracy)
    log.append(f"run-{run}/train", work)


def test_a_result_that_was_taken_over_counts_once_where_it_was_measured() -> None:
    log = project(0.7)
    for run in (2, 3):
        taken_over(log, run, 0.7, "run-1/train")
    judged_run(log, 4, 0.95)
    taken_over(log, 5, 0.7, "run-1/train")
    (found,) = trends(now(log))
    assert [one.run for one in found.last] == ["run-1", "run-4"]
    assert (found.results, found.newest.run, found.course, found.regressions) == (2, "run-4", None, [])
    lines = {line.run: line for line in results(now(log)).results}
    assert lines["run-5"].taken_over == "run-1/train"
    assert lines["run-5"].previous is None
    assert lines["run-4"].previous
    assert (lines["run-4"].previous.run, lines["run-4"].taken_over) == ("run-1", None)


def test_a_result_that_was_taken_over_from_another_workspace_is_the_first_of_its_own() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    taken_over(log, 2, 0.7, "run-1/train")
    taken_over(log, 3, 0.7, "run-1/train")
    assert [(one.results, one.newest.run) for one in trends(now(log))] == [(1, "run-2")]


def test_another_number_of_the_same_execution_counts_too() -> None:
    log = project(0.7)
    taken_over(log, 2, 0.7, "run-1/train")
    confirm(log, 2, 0.5)
    assert [one.value for one in trends(now(log))[0].last] == [0.7, 0.5]


def test_the_best_run_is_best_in_the_direction_of_the_spec_whatever_the_name_suggests() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    spec = ResultsSpec(metric="gap", direction="minimize")
    for run, gap in ((1, 3.0), (2, 9.0)):
        judged_run(log, run, gap, spec)
    (best,) = status(now(log)).best
    assert (best.run, best.direction) == ("run-1", "minimize")
