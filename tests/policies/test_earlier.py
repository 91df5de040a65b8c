"""Which run, and which execution, did this work before?"""

from __future__ import annotations

import pytest

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.ledger.envelope import Envelope
from goldfish.ledger.journal import Journal
from goldfish.policies.earlier import earlier_execution, earlier_run
from tests.contracts.journal import ME, NOW, marked
from tests.fakes.journal import InMemoryJournal

FINISHED = {
    outcome: Run.Finished(outcome=outcome, cause=f"it {outcome}", stages={})
    for outcome in ("succeeded", "failed", "cancelled", "lost")
}
PARKED = Run.Parked(policy="launching", error="no room", tries=5)
INTENDED = Execution.LaunchIntended(attempt=1, backend="process", inputs=[], fingerprint="aa")
SUCCEEDED = Execution.Concluded(outcome="succeeded", cause="it ended by itself")
FAILED = Execution.Concluded(outcome="failed", cause="it exited with code 1")
OUTPUT = Execution.OutputCaptured(name="model", type="npz", digest="sha256:aa", size=1, described={})


def tell(journal: Journal, stream: str, *events: Event) -> None:
    """Append events to a stream."""
    known = len(journal.load(Stream(stream)))
    journal.append([Envelope(Stream(stream), known + n, event, NOW, ME) for n, event in enumerate(events, 1)], {})


@pytest.fixture
def journal() -> InMemoryJournal:
    """An empty ledger."""
    return InMemoryJournal()


def test_a_failed_run_of_the_same_work_is_found_with_its_cause_its_time_and_who_asked(journal: Journal) -> None:
    tell(journal, "run-1", marked("aa"), FINISHED["failed"])
    found = earlier_run(journal, "aa")
    assert found is not None
    assert (found.name, found.version, found.outcome, found.cause) == ("run-1", "baseline@v2", "failed", "it failed")
    assert (found.at, found.by, found.tells) == (NOW, ME, True)


def test_a_run_under_way_is_found(journal: Journal) -> None:
    tell(journal, "run-1", marked("aa"))
    found = earlier_run(journal, "aa")
    assert found is not None
    assert (found.name, found.outcome, found.cause, found.tells) == ("run-1", None, None, True)


def test_work_that_was_never_asked_for_is_not_found(journal: Journal) -> None:
    tell(journal, "run-1", marked("aa"), FINISHED["succeeded"])
    assert earlier_run(journal, "ab") is None


@pytest.mark.parametrize("ends", [[FINISHED["cancelled"]], [FINISHED["lost"]], [PARKED]])
def test_a_run_that_came_to_no_end_says_less_than_an_older_one_that_did(journal: Journal, ends: list[Event]) -> None:
    tell(journal, "run-1", marked("aa"), FINISHED["succeeded"])
    tell(journal, "run-2", marked("aa"), *ends)
    better = earlier_run(journal, "aa")
    assert better is not None
    assert (better.name, better.cause) == ("run-1", None)


@pytest.mark.parametrize("ends", [[FINISHED["cancelled"]], [FINISHED["lost"]], [PARKED]])
def test_the_newest_of_those_that_came_to_no_end_is_all_there_is_to_say(journal: Journal, ends: list[Event]) -> None:
    tell(journal, "run-1", marked("aa"), FINISHED["cancelled"])
    tell(journal, "run-2", marked("aa"), *ends)
    only = earlier_run(journal, "aa")
    assert only is not None
    assert (only.name, only.tells) == ("run-2", False)


def test_among_runs_that_tell_the_newest_is_meant(journal: Journal) -> None:
    tell(journal, "run-1", marked("aa"), FINISHED["succeeded"])
    tell(journal, "run-2", marked("aa"), FINISHED["failed"])
    found = earlier_run(journal, "aa")
    assert found is not None
    assert found.name == "run-2"


def test_the_newest_execution_that_did_the_work_and_succeeded_is_found_with_its_outputs(journal: Journal) -> None:
    tell(journal, "run-1/train", INTENDED, OUTPUT, SUCCEEDED)
    tell(journal, "run-2/train", INTENDED, OUTPUT, SUCCEEDED)
    tell(journal, "run-3/train", INTENDED, FAILED)
    tell(journal, "run-4/train", INTENDED)
    found = earlier_execution(journal, "aa")
    assert found is not None
    assert found[0] == "run-2/train"
    assert found[1].outputs == {"model": OUTPUT}


def test_an_execution_that_took_over_outputs_leads_to_the_one_that_wrote_them(journal: Journal) -> None:
    tell(journal, "run-1/train", INTENDED, OUTPUT, SUCCEEDED)
    session = Execution(Stream("run-1/train"))
    for envelope in journal.load(Stream("run-1/train")):
        session = session.apply(envelope.event)
    tell(journal, "run-2/train", *Execution(Stream("run-2/train")).reuse("run-1/train", session, [], "aa"))
    found = earlier_execution(journal, "aa")
    assert found is not None
    assert found[0] == "run-1/train"


def test_no_execution_is_found_for_work_that_failed_or_is_under_way(journal: Journal) -> None:
    tell(journal, "run-1/train", INTENDED, FAILED)
    tell(journal, "run-2/train", INTENDED)
    assert earlier_execution(journal, "aa") is None
