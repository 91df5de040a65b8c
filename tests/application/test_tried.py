"""What an earlier run of exactly this came to."""

from __future__ import annotations

from goldfish.api.tried import tried
from goldfish.domain.executions import Execution
from goldfish.domain.runs import Run
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import StagePlan
from goldfish.policies.earlier import EarlierRun, earlier_run
from tests.contracts.journal import marked
from tests.fakes.journal import InMemoryJournal
from tests.policies.test_earlier import FINISHED, INTENDED, SUCCEEDED, tell
from tests.queries.stories import summary

SPEC = ResultsSpec(metric="accuracy", direction="maximize")
PLANNED = marked("aa").model_copy(update={"stages": [StagePlan(name="prepare"), StagePlan(name="train", results=SPEC)]})


def sealed(**metrics: float | None) -> Execution.MetricsSealed:
    return Execution.MetricsSealed(
        digest=None, points=1, summary={name: summary(last) for name, last in metrics.items()}
    )


def found(journal: InMemoryJournal) -> EarlierRun:
    earlier = earlier_run(journal, "aa")
    assert earlier is not None
    return earlier


def test_the_metric_it_is_judged_by_comes_first_then_those_of_later_stages() -> None:
    journal = InMemoryJournal()
    tell(journal, "run-1", PLANNED)
    tell(journal, "run-1/prepare", INTENDED, sealed(rows=7.0), SUCCEEDED)
    tell(journal, "run-1/train", INTENDED, sealed(loss=None, accuracy=0.9), SUCCEEDED)
    tell(journal, "run-1", FINISHED["succeeded"])
    answer = tried(journal, found(journal))
    assert [(m.stage, m.metric, m.last) for m in answer.metrics] == [
        ("train", "accuracy", 0.9),
        ("train", "loss", None),
        ("prepare", "rows", 7.0),
    ]
    assert (answer.run, answer.outcome, answer.left_out, answer.verdict) == ("run-1", "succeeded", 0, None)
    assert (answer.actor, answer.reason) == ("human:me", PLANNED.reason.description)


def test_at_most_twenty_are_told_and_the_others_counted() -> None:
    journal = InMemoryJournal()
    tell(journal, "run-1", PLANNED)
    tell(journal, "run-1/train", INTENDED, sealed(**{f"m{n}": 1.0 for n in range(25)}), SUCCEEDED)
    answer = tried(journal, found(journal))
    assert (len(answer.metrics), answer.left_out) == (20, 5)


def test_the_newest_verdict_is_told() -> None:
    journal = InMemoryJournal()
    judged = Run.Finalized(verdict="miss", values=[], comment=None, learned=None, next_steps=[], reason=None)
    anew = Run.Amended(verdict="success", values=[], comment=None, learned=None, next_steps=[], reason="misread")
    tell(journal, "run-1", PLANNED, FINISHED["succeeded"], judged, anew)
    assert tried(journal, found(journal)).verdict == "success"
