"""What runs achieved, with real processes: proposed from what was logged, judged, amended, compared, and asked for."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from goldfish.api import Goldfish
from goldfish.errors import (
    AlreadyFinalized,
    BadPipeline,
    BadResultsSpec,
    GateClosed,
    NoteNeeded,
    NothingToAmend,
    ReasonNeeded,
    ReasonTooShort,
    ResultContradictsSpec,
    ResultNotLogged,
    RunStillOpen,
    UnknownRun,
    UnknownTag,
    VerdictNeedsReason,
)
from goldfish.queries.run_story import RunStory
from tests.scenarios.conftest import PATIENCE, Lab

PIPELINE = """
    stages:
      - name: train
        results:
          metric: accuracy
          direction: maximize
          split: test
          minimum: 0.5
          goal: 0.9
          tolerance: 0.01
          secondary: [loss]
"""
TRAIN = """
    from goldfish.io import get_config
    from goldfish.metrics import log_metric
    def main():
        last = get_config()["last"]
        for step, value in enumerate([0.1, 0.95, last]):
            log_metric("accuracy", value, step=step)
            log_metric("loss", 1 - value, step=step)
        assert last != 0.0, "it came to nothing"
"""


@pytest.fixture
def judging(lab: Lab) -> Lab:
    """A pipeline whose stage is judged by its accuracy, which the setting `last` decides."""
    lab.write(pipeline=PIPELINE, train=TRAIN)
    lab.config("train", "last: 0.7\n")
    return lab


def ended(lab: Lab, last: float, outcome: str = "succeeded") -> str:
    progress = lab.run(settings=[f"last={last}"])
    assert progress.outcome == outcome, progress
    return progress.run


def test_a_run_is_judged_by_what_it_logged_and_judged_again_with_a_reason(judging: Lab) -> None:
    goldfish = judging.goldfish
    run = ended(judging, 0.7)
    assert goldfish.progress(run).awaits_verdict
    proposed = goldfish.proposal(run)
    (result,) = proposed.results
    assert (proposed.verdict, result.value, result.step, result.best, result.best_step) == ("partial", 0.7, 2, 0.95, 1)
    assert result.secondary == {"loss": pytest.approx(0.3)}
    assert "at least the minimum 0.5 but below the goal 0.9" in proposed.sentence
    told = goldfish.finalize(run, learned="the last step undoes the second")
    assert (told.verdict, told.number, [v.value for v in told.values], told.contradictions) == ("partial", 1, [0.7], [])
    assert not goldfish.progress(run).awaits_verdict
    with pytest.raises(AlreadyFinalized):
        goldfish.finalize(run)
    amended = goldfish.amend(run, reason="the early stop counts for us", values={"train": 0.95}, verdict="success")
    assert (amended.number, amended.values[0].value, amended.values[0].step) == (2, 0.95, 1)
    assert amended.learned == "the last step undoes the second"
    assert amended.other_values == ["train: accuracy = 0.95 at step 1 was confirmed; its results pick 0.7"]
    story = goldfish.show(run)
    assert isinstance(story, RunStory)
    assert [(j.verdict, j.holds, j.confirmed) for j in story.judgements] == [
        ("partial", False, {"train": 0.7}),
        ("success", True, {"train": 0.95}),
    ]
    assert story.outcome == "succeeded"
    with pytest.raises(NothingToAmend):
        goldfish.amend(run, reason="the same once more", verdict="success")


def test_numbers_and_verdicts_that_are_not_so_are_refused(judging: Lab) -> None:
    goldfish = judging.goldfish
    run = ended(judging, 0.3)
    assert goldfish.proposal(run).verdict == "miss"
    with pytest.raises(ResultNotLogged) as unheard:
        goldfish.finalize(run, values={"train": 0.96})
    assert "0.95 at step 1" in unheard.value.next_step
    for said in ({"metric": "loss"}, {"split": "val"}, {"direction": "minimize"}, {"goal": 0.3}):
        with pytest.raises(ResultContradictsSpec):
            goldfish.finalize(run, values={"train": {"value": 0.3, **said}})
    with pytest.raises(VerdictNeedsReason) as unfounded:
        goldfish.finalize(run, verdict="success")
    assert "below the minimum 0.5" in unfounded.value.message
    with pytest.raises(ReasonTooShort):
        goldfish.finalize(run, verdict="success", reason="because")
    told = goldfish.finalize(run, verdict="success", reason="the metric itself was computed wrongly")
    assert told.contradictions == ["train: accuracy (test) is 0.3, below the minimum 0.5"]
    assert judging.names(run).count("run.finalized") == 1  # what was refused left nothing


def test_a_repeated_command_judges_once(judging: Lab) -> None:
    run = ended(judging, 0.7)
    first = judging.goldfish.finalize(run, comment="as expected", command_id="mine")
    again = judging.goldfish.finalize(run, comment="as expected", command_id="mine")
    assert first == again
    assert judging.names(run).count("run.finalized") == 1


def test_a_run_that_goes_on_cannot_be_judged_and_one_that_failed_needs_a_word(judging: Lab) -> None:
    goldfish = judging.goldfish
    judging.write(train="import time\ntime.sleep(60)\n")
    open_run = judging.start().run
    with pytest.raises(RunStillOpen):
        goldfish.finalize(open_run, verdict="miss")
    goldfish.cancel(open_run, "that was enough")
    goldfish.wait(open_run, seconds=PATIENCE)
    assert not goldfish.progress(open_run).awaits_verdict
    judging.write(train=TRAIN)
    run = ended(judging, 0.0, "failed")
    assert goldfish.progress(run).awaits_verdict
    with pytest.raises(NoteNeeded):
        goldfish.finalize(run)
    told = goldfish.finalize(run, verdict="miss", learned="zero is no rate")
    assert (told.outcome, told.verdict, told.values[0].value) == ("failed", "miss", None)


def test_the_gate_says_what_is_due_and_refuses_new_runs_where_that_is_set(judging: Lab) -> None:
    goldfish = judging.goldfish
    first, second = ended(judging, 0.6), ended(judging, 0.7)
    (due,) = goldfish.status().awaiting
    assert (due.workspace, due.count, due.runs) == ("w", 2, [second, first])
    goldfish.write_state()
    state = goldfish.layout.state.read_text()
    assert "## Awaiting a verdict" in state
    assert f"{second}, {first}" in state
    assert goldfish.configure({"gate": "refuse"}).gate == "refuse"
    with pytest.raises(GateClosed) as closed:
        judging.start(settings=["last=0.8"])
    assert second in closed.value.message
    assert judging.start(settings=["last=0.7"]).tried is not None  # what was tried starts nothing
    goldfish.finalize(first)
    goldfish.finalize(second)
    assert judging.start(settings=["last=0.8"]).started


def test_what_counts_as_a_reason_is_a_setting(judging: Lab) -> None:
    judging.goldfish.configure({"minimum_reason": 40})
    with pytest.raises(ReasonNeeded):
        judging.start(reason="shorter than forty characters")
    assert Goldfish.open(judging.root, judging.goldfish.services.actor).settings().minimum_reason == 40


def test_results_are_compared_with_their_baseline_and_with_what_came_before(judging: Lab) -> None:
    goldfish = judging.goldfish
    best = ended(judging, 0.92)
    judging.write(pipeline=PIPELINE + f"          baseline: {best}\n")
    worse = ended(judging, 0.8)
    close = ended(judging, 0.795)
    newest, middle, oldest = goldfish.results("w", trend=True).results
    assert (newest.run, middle.run, oldest.run) == (close, worse, best)
    assert oldest.baseline is oldest.previous is None
    assert middle.baseline
    assert (middle.baseline.run, middle.baseline.beyond) == (best, True)
    assert middle.baseline.gain == pytest.approx(-0.12)
    assert newest.previous
    assert (newest.previous.run, newest.previous.beyond) == (worse, False)
    (trend,) = goldfish.results("w", trend=True).trends
    assert (trend.best.run, trend.newest.run, trend.course) == (best, close, "flat")
    assert len(trend.regressions) == 1
    assert f"worse than the best, 0.92 of {best}" in trend.regressions[0]
    goldfish.write_state()
    assert "Regression" in goldfish.layout.state.read_text()


def test_a_spec_that_cannot_be_is_refused_with_everything_that_is_wrong(judging: Lab) -> None:
    judging.write(pipeline=PIPELINE.replace("split: test", "split: tset"))
    with pytest.raises(BadPipeline) as refused:
        judging.start()
    assert "did you mean 'test'" in refused.value.message


def test_a_request_lays_its_spec_over_that_of_the_pipeline(judging: Lab) -> None:
    goldfish = judging.goldfish
    asked = judging.start(settings=["last=0.7"], results={"train": {"goal": 0.6, "pick": "best"}})
    goldfish.wait(asked.run, seconds=PATIENCE)
    (result,) = goldfish.proposal(asked.run).results
    assert (result.value, result.split, result.verdict) == (0.95, "test", "success")
    wrongs: list[dict[str, JsonValue]] = [{"trian": {}}, {"train": {"goals": 1}}, {"train": {"minimum": 2}}]
    for wrong in wrongs:
        with pytest.raises(BadResultsSpec):
            judging.start(settings=["last=0.8"], results=wrong)
    with pytest.raises(UnknownTag):
        judging.start(settings=["last=0.8"], results={"train": {"baseline": "@best"}})
    with pytest.raises(UnknownRun):
        judging.start(settings=["last=0.8"], results={"train": {"baseline": "run-9"}})


def test_moving_a_tag_does_not_change_what_older_results_were_compared_with(judging: Lab) -> None:
    first = ended(judging, 0.92)
    judging.goldfish.tag("best", first)
    judging.write(pipeline=PIPELINE + "          baseline: '@best'\n")
    second = ended(judging, 0.8)
    before = judging.goldfish.results("w").results
    assert before[0].baseline
    assert before[0].baseline.run == first
    judging.goldfish.tag("best", second, move=True)
    assert judging.goldfish.results("w").results == before
