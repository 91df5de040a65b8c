"""Was this done before, and which bytes does an output stand for?"""

from __future__ import annotations

from goldfish.domain.runs import Run
from goldfish.queries.tried import find_run_by_fingerprint, latest_output
from tests.queries.stories import FEATURES, digits, now, requested, whole_run


def test_a_failed_run_of_the_same_work_is_found_with_its_cause() -> None:
    found = find_run_by_fingerprint(now(digits()), "lr 10.0")
    assert found is not None
    assert (found.run, found.workspace, found.number, found.outcome) == ("run-3", "baseline", 2, "failed")
    assert found.cause == "train: the check finite-metrics failed: the loss is NaN"


def test_a_run_under_way_is_found() -> None:
    found = find_run_by_fingerprint(now(digits()), "lr 0.1")
    assert found is not None
    assert (found.run, found.state, found.outcome) == ("run-4", "running", None)


def test_work_that_was_never_asked_for_is_not_found() -> None:
    assert find_run_by_fingerprint(now(digits()), "lr 7") is None


def test_a_cancelled_run_says_less_than_one_that_ended_by_itself() -> None:
    log = digits()
    log.append("run-5", requested(5, lr=0.3), Run.Finished(outcome="cancelled", cause="enough", stages={}))
    log.append("run-6", requested(6, lr=7.0), Run.Finished(outcome="cancelled", cause="enough", stages={}))
    view = now(log)
    better, only = find_run_by_fingerprint(view, "lr 0.3"), find_run_by_fingerprint(view, "lr 7.0")
    assert better is not None
    assert only is not None
    assert (better.run, only.run) == ("run-2", "run-6")


def test_the_newest_output_of_a_stage_that_succeeded_is_taken() -> None:
    log = digits()
    view = now(log)
    prepared, trained = (latest_output(view, "baseline", *one) for one in (("prepare", "features"), ("train", "model")))
    assert prepared is not None
    assert trained is not None
    assert (prepared.ref, prepared.digest, prepared.type) == ("run-3/prepare.features", FEATURES, "npy")
    assert trained.ref == "run-2/train.model"  # run-3's train failed
    whole_run(log, 5, lr=0.4, accuracy=0.9)
    newest = latest_output(now(log), "baseline", "train", "model")
    assert newest is not None
    assert newest.run == "run-5"


def test_nothing_is_taken_from_other_workspaces_stages_or_names() -> None:
    view = now(digits())
    assert latest_output(view, "wide", "train", "model") is None
    assert latest_output(view, "baseline", "evaluate", "model") is None
    assert latest_output(view, "baseline", "train", "weights") is None
