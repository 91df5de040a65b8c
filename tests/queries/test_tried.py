"""Which bytes does an output stand for?"""

from __future__ import annotations

from goldfish.queries.tried import latest_output
from tests.queries.stories import FEATURES, digits, now, whole_run


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
