"""One call to find one's bearings."""

from __future__ import annotations

import pytest

from goldfish.domain.runs import Run
from goldfish.domain.workspaces import Workspace
from goldfish.queries.best import direction
from goldfish.queries.state_document import state_document
from goldfish.queries.status import Status, status
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import created, digits, exited, now, requested, source, tree, whole_run


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
    assert failed.cause == "train: the check finite-metrics failed: the loss is NaN"
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
    (failure,) = answer.failures
    assert (failure.run, failure.times, failure.settings) == ("run-3", 1, {"train.lr": 10.0})


def test_the_same_failure_twice_is_one_entry_and_a_mended_one_is_none() -> None:
    log = digits()
    whole_run(log, 5, lr=10.0, accuracy=None)
    (failure,) = status(now(log)).failures
    assert (failure.run, failure.times) == ("run-5", 2)
    whole_run(log, 6, lr=10.0, accuracy=0.5)
    assert status(now(log)).failures == []


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
    assert "- baseline@v2, in workspaces/w1, rolled back to baseline@v1; best " in state_document(now(log))[0]


def test_a_success_needs_no_cause_and_seconds_are_exact_to_the_millisecond(answer: Status) -> None:
    causes = {run.run: run.cause for run in answer.results}
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
    for name in "abcdefghijk":
        log.append(f"workspace:{name}", *created(name))
    for name in "abcdefghij":
        log.append(f"source:{name}", source(name, 1))
    assert status(now(log)).left_out == ["2 workspaces: goldfish show WORKSPACE", "1 source: goldfish show SOURCE"]


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
    for run in range(1, 13):
        whole_run(log, run, lr=float(run), accuracy=None)
    for run in range(13, 25):
        log.append(f"run-{run}", requested(run, lr=float(run)))
    answer = status(now(log), since=0)
    assert (len(answer.results), len(answer.under_way), len(answer.failures)) == (8, 8, 5)
    assert answer.left_out == [
        "4 runs under way: goldfish history",
        "4 results: goldfish history",
        "7 failures: goldfish history --outcome failed",
        "1 or more changes: goldfish log --after 0",
    ]


def test_an_empty_ledger_has_a_status() -> None:
    answer = status(now(InMemoryEventLog()))
    assert (answer.as_of, answer.project, answer.counts.runs) == (0, "", 0)


def test_its_size_is_bounded_however_much_there_is() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run in range(1, 60):
        whole_run(log, run, lr=float(run), accuracy=None if run % 2 else 0.5)
    assert len(status(now(log), since=0).model_dump_json()) < 20_000
