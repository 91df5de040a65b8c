"""One call to find one's bearings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.findings import Finding
from goldfish.domain.runs import Run
from goldfish.domain.suspicion import Suspicion
from goldfish.domain.workspaces import Workspace
from goldfish.errors import BudgetTooSmall
from goldfish.queries.bearings import bearings
from goldfish.queries.best import direction
from goldfish.queries.state_document import state_document
from goldfish.queries.status import PARTS, Status, candidates, cost, status, within
from tests.fakes.event_log import InMemoryEventLog
from tests.histories import History, histories
from tests.queries.stories import created, digits, exited, now, requested, source, tree, whole_run
from tests.queries.test_state_document import big


@pytest.fixture(scope="module")
def answer() -> Status:
    """The status of the small project."""
    return status(now(digits()))


def test_it_says_what_the_project_is_for(answer: Status) -> None:
    assert (answer.project, answer.goal) == ("digits", "Beat 0.95 | on digits")


def test_it_says_where_each_workspace_is_and_whether_it_is_saved(answer: Status) -> None:
    (line,) = answer.workspaces
    assert (line.workspace, line.slot, line.version, line.dirty) == ("baseline", "w1", "baseline@v2", True)


def test_what_goes_on_is_apart_from_what_has_ended(answer: Status) -> None:
    assert [run.run for run in answer.under_way] == ["run-4"]
    assert [run.run for run in answer.results] == ["run-3", "run-2", "run-1"]


def test_a_result_carries_its_outcome_cause_and_metrics(answer: Status) -> None:
    failed, better, _ = answer.results
    assert (failed.outcome, failed.metrics) == ("failed", {"accuracy": 0.1, "loss": None})
    assert failed.why == "train: the check finite-metrics failed: the loss is NaN"
    assert better.metrics["accuracy"] == 0.97
    assert better.seconds == 4.0


def test_the_best_is_the_largest_accuracy_and_the_smallest_loss_of_runs_that_succeeded(answer: Status) -> None:
    assert [(best.metric, best.direction, best.run, best.among) for best in answer.best] == [
        ("accuracy", "maximize", "run-2", 2),
        ("loss", "minimize", "run-2", 2),
    ]


def test_of_equal_runs_the_earlier_is_the_best() -> None:
    log = digits()
    whole_run(log, 5, lr=0.5, accuracy=0.97)
    assert status(now(log)).best[0].run == "run-2"


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("val_loss", "minimize"),
        ("TestError", "minimize"),
        ("perplexity", "minimize"),
        ("rmse", "minimize"),
        ("val_mae", "minimize"),
        ("accuracy", "maximize"),
        ("maestro", "maximize"),
        ("f1", "maximize"),
    ],
)
def test_the_direction_is_guessed_from_the_name(metric: str, expected: str) -> None:
    assert direction(metric) == expected


def test_a_failure_tells_the_settings_that_failed(answer: Status) -> None:
    (failure,) = answer.do_not_repeat
    assert (failure.refs, failure.kind, failure.settings) == (["run-3"], "failed", {"train.lr": ["10.0"]})
    assert failure.why == "train: the check finite-metrics failed: the loss is NaN"


def test_the_same_failure_twice_is_one_entry_and_a_mended_one_is_none() -> None:
    log = digits()
    whole_run(log, 5, lr=10.0, accuracy=None)
    (failure,) = status(now(log)).do_not_repeat
    assert (failure.refs, failure.times) == (["run-5", "run-3"], 2)
    whole_run(log, 6, lr=10.0, accuracy=0.5)
    assert status(now(log)).do_not_repeat == []


def test_it_counts_everything(answer: Status) -> None:
    counts = answer.counts
    assert (counts.runs, counts.succeeded, counts.failed, counts.under_way) == (4, 2, 1, 1)
    assert (counts.workspaces, counts.versions, counts.sources, counts.events) == (1, 2, 1, answer.as_of)


def test_files_of_an_earlier_version_are_no_edits() -> None:
    log = digits()
    (edited,) = status(now(log)).workspaces
    log.append("workspace:baseline", Workspace.RolledBack(slot="w1", to=1, tree=tree(1), safety=tree(3)))
    (back,) = status(now(log)).workspaces
    assert (edited.dirty, edited.same_as) == (True, None)
    assert (back.dirty, back.same_as) == (True, "baseline@v1")
    assert "- baseline@v2, in workspaces/w1, rolled back to baseline@v1: " in state_document(now(log))[0]


def test_a_success_needs_no_cause_and_seconds_are_exact_to_the_millisecond(answer: Status) -> None:
    causes = {run.run: run.why for run in answer.results}
    assert causes == {"run-3": "train: the check finite-metrics failed: the loss is NaN", "run-2": None, "run-1": None}
    log = digits()
    log.append("run-4/prepare", exited(0.1))
    log.append("run-4/train", exited(0.2))
    (under_way,) = status(now(log)).under_way
    assert under_way.seconds == 0.3


def test_it_names_the_newest_revision_of_each_source(answer: Status) -> None:
    log = digits()
    assert [(line.ref, line.type, line.size) for line in answer.sources] == [("digits@r1", "csv", 100)]
    log.append("source:digits", source("digits", 2))
    log.append("source:mnist", source("mnist", 1))
    told = status(now(log))
    assert [line.ref for line in told.sources] == ["mnist@r1", "digits@r2"]
    assert "- digits@r2, csv, 100 bytes" in state_document(now(log))[0]


def test_what_is_left_out_is_counted_as_people_do() -> None:
    log = digits()
    for name in "abcdefghijkl":
        log.append(f"workspace:{name}", *created(name))
        log.append(f"source:{name}", source(name, 1))
    answer = status(now(log), budget=20_000)
    assert (len(answer.workspaces), answer.left_out) == (13, [])
    left_out = status(now(log), budget=1_000).left_out
    shown = status(now(log), budget=1_000).workspaces
    assert f"{13 - len(shown)} workspaces: goldfish status --budget 4000" in left_out
    assert left_out[-1] == "with more room: goldfish status --budget 4000"


def test_it_tells_what_changed_since_a_position() -> None:
    log = digits()
    before = log.head()
    log.append("workspace:baseline", Workspace.ThoughtLogged(text="and now?"))
    (change,) = status(now(log), since=before).changes
    assert (change.position, change.summary) == (before + 1, "thought about baseline: and now?")
    log.append("workspace:baseline", Workspace.ThoughtLogged(text="again", about="run-3"))
    log.append("run-4", Run.Finished(outcome="succeeded", cause="every stage succeeded", stages={}))
    assert [change.summary for change in status(now(log), since=before + 1).changes] == [
        "run-4 succeeded",
        "thought about run-3: again",
    ]


def test_long_lists_are_cut_and_say_how_to_ask_for_the_rest() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run in range(1, 41):
        whole_run(log, run, lr=float(run), accuracy=None)
    for run in range(41, 81):
        log.append(f"run-{run}", requested(run, lr=float(run)))
    answer = status(now(log), since=0)
    assert [run.run for run in answer.results[:2]] == ["run-40", "run-39"]
    assert [run.run for run in answer.under_way[:2]] == ["run-80", "run-79"]
    assert f"{40 - len(answer.results)} results: goldfish history" in answer.left_out
    assert f"{40 - len(answer.under_way)} runs under way: goldfish history" in answer.left_out
    assert any(line.endswith(" changes: goldfish log --after 0") for line in answer.left_out)


def test_an_empty_ledger_has_a_status() -> None:
    answer = status(now(InMemoryEventLog()))
    assert (answer.as_of, answer.project, answer.counts.runs) == (0, "", 0)


@pytest.mark.parametrize(
    "text", ["because it was seen again and again ", "<&>*_[`|\u202e\x1b ", "数字を読む研究 ", "🙂"]
)
@pytest.mark.parametrize("budget", [400, 1_000, 2_000, 8_000])
def test_no_answer_exceeds_its_budget(text: str, budget: int) -> None:
    answer = status(now(big(30, 12, text)), since=0, budget=budget)
    assert cost(answer) <= budget
    assert answer.left_out
    if budget >= 2_000:
        assert answer.under_way
        assert answer.results
        assert answer.do_not_repeat


def test_the_same_budget_is_used_by_small_and_large_projects() -> None:
    for runs in (10, 100, 1_000):
        used = cost(status(now(big(runs, 10)), since=0))
        assert 1_600 < used <= 2_000


def test_a_budget_for_not_even_the_goal_is_refused_with_the_least_that_would_do() -> None:
    view = now(digits())
    with pytest.raises(BudgetTooSmall) as caught:
        status(view, budget=20)
    least = caught.value.facts["least"]
    assert cost(status(view, budget=least)) <= least
    with pytest.raises(BudgetTooSmall):
        status(view, budget=least - 1)


@given(histories(), st.integers(100, 3_000))
def test_whatever_happened_the_answer_fits_and_leaves_nothing_out_in_silence(history: History, budget: int) -> None:
    view = now(history.log)
    found = bearings(view, since=2, most=candidates(budget))
    try:
        answer = within(found, budget)
    except BudgetTooSmall as refusal:
        answer = within(found, refusal.facts["least"])
        budget = refusal.facts["least"]
    assert cost(answer) <= budget
    cut_off = [part for part in PARTS if len(getattr(answer, part.name)) < len(getattr(found.status, part.name))]
    assert bool(cut_off) <= bool(answer.left_out)


def test_failures_of_one_kind_are_one_entry_with_the_values_that_were_tried() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run, lr in enumerate((10.0, 20.0, 30.0, 40.0, 50.0), 1):
        whole_run(log, run, lr=lr, accuracy=None)
    (group,) = status(now(log)).do_not_repeat
    assert (group.times, group.refs) == (5, ["run-5", "run-4", "run-3"])
    assert group.settings == {"train.lr": ["50.0", "40.0", "30.0", "…"]}


def test_runs_that_one_entry_tells_of_are_not_counted_as_left_out() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run, lr in enumerate((10.0, 20.0), 1):
        whole_run(log, run, lr=lr, accuracy=None)
    judged = Run.Finalized(verdict="miss", values=[], comment=None, learned=None, next_steps=[], reason=None)
    log.append("run-1", judged)
    answer = status(now(log), budget=20_000)
    assert [(line.kind, line.times) for line in answer.do_not_repeat] == [("failed", 2)]
    assert answer.left_out == []


def test_a_miss_is_not_to_be_repeated_and_says_what_it_taught() -> None:
    log = digits()
    judged = Run.Finalized(verdict="miss", values=[], comment="worse", learned="too slow", next_steps=[], reason=None)
    log.append("run-1", judged)
    missed = status(now(log)).do_not_repeat[-1]
    assert (missed.kind, missed.refs, missed.why) == ("missed", ["run-1"], "too slow")
    assert status(now(log)).results[-1].verdict == "miss"


def test_a_proposed_step_is_untested_until_a_run_takes_it_up() -> None:
    log = digits()
    log.append(
        "run-2",
        Run.Finalized(verdict="success", values=[], comment=None, learned=None, next_steps=["Go wider"], reason=None),
    )
    steps = [line for line in status(now(log)).untested if line.kind == "step"]
    assert [(line.ref, line.text) for line in steps] == [("run-2", "Go wider")]
    log.append("run-5", requested(5, lr=0.1, description=" go wider "))
    assert [line for line in status(now(log)).untested if line.kind == "step"] == []


def test_what_was_found_to_be_bad_is_told_until_it_is_withdrawn() -> None:
    log = digits()
    log.append("finding-1", Finding.Recorded(suspicion=Suspicion(runs=["run-1"]), reason="the split leaked"))
    (line,) = status(now(log)).findings
    assert (line.finding, line.reason) == ("finding-1", "the split leaked")
    log.append("finding-1", Finding.Withdrawn(reason="it did not"))
    assert status(now(log)).findings == []
