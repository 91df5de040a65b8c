"""What was known then, and what is new since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goldfish.domain.imported import ForeignExperiment
from goldfish.domain.runs import Run
from goldfish.domain.values import Reason
from goldfish.errors import MomentAhead, MomentTooEarly, NotAMoment
from tests.scenarios.conftest import Lab


def head(lab: Lab) -> int:
    """The position of the newest event."""
    return lab.goldfish.services.journal.head()


def import_run(lab: Lab, number: int, happened: datetime) -> None:
    """Import a run that ended at a time."""
    told = ForeignExperiment(
        system="experiments", id=f"E{number}", happened=happened, reason=Reason(description=f"idea {number}")
    )
    imported = Run.Imported(**dict(told))

    lab.goldfish.application.execute(
        lambda session: session.record(run := session.new_run(), run.take_over(imported)), request={"import": number}
    )


def test_every_listing_can_be_asked_for_what_is_new(lab: Lab) -> None:
    lab.goldfish.tag("old", "w@v1")
    lab.goldfish.add_invariant("the split is by patient")
    (lab.root / "a.csv").write_text("x\n1\n")
    lab.goldfish.add_source("old", lab.root / "a.csv")
    lab.goldfish.log_thought("old")
    then = head(lab)
    for listed in (
        lab.goldfish.tags(since=then),
        lab.goldfish.invariants(since=then),
        lab.goldfish.sources(since=then).sources,
        lab.goldfish.thoughts(since=then).notes,
        lab.goldfish.history(since=then).runs,
        lab.goldfish.results(since=then).results,
    ):
        assert listed == []
    lab.goldfish.tag("new", "w@v1")
    lab.goldfish.add_invariant("five seeds")
    (lab.root / "b.csv").write_text("x\n2\n")
    lab.goldfish.add_source("new", lab.root / "b.csv")
    lab.goldfish.log_thought("new")
    assert [tag.tag for tag in lab.goldfish.tags(since=then)] == ["new"]
    assert [line.text for line in lab.goldfish.invariants(since=then)] == ["five seeds"]
    assert [row.source for row in lab.goldfish.sources(since=then).sources] == ["new@r1"]
    assert [note.text for note in lab.goldfish.thoughts(since=then).notes] == ["new"]


def test_a_time_means_what_was_recorded_until_then(lab: Lab) -> None:
    lab.goldfish.log_thought("one")
    one = datetime.now(UTC)
    lab.goldfish.log_thought("two")
    for when in (one, one.isoformat(), one.replace(tzinfo=None).isoformat(), head(lab) - 1, str(head(lab) - 1)):
        assert [note.text for note in lab.goldfish.thoughts(as_of=when).notes] == ["one"]
    assert len(lab.goldfish.thoughts(as_of=f"{one:%Y-%m-%d}").notes) == 2


def test_what_was_imported_is_known_from_when_it_had_happened(lab: Lab) -> None:
    spring = datetime(2026, 3, 27, 12, tzinfo=UTC)
    import_run(lab, 2, spring + timedelta(days=2))
    import_run(lab, 1, spring)
    lab.goldfish.log_thought("ours")
    day = lab.goldfish.history(as_of="2026-03-28")
    assert [run.description for run in day.runs] == ["idea 1"]
    assert day.as_of == head(lab) - 1
    assert lab.goldfish.thoughts(as_of="2026-03-30").notes == []
    assert len(lab.goldfish.history(as_of="2026-03-30").runs) == 2


def test_the_future_and_what_was_before_everything_are_refused(lab: Lab) -> None:
    with pytest.raises(MomentAhead, match=f"the newest event is {head(lab)}"):
        lab.goldfish.history(as_of=head(lab) + 1)
    with pytest.raises(MomentAhead):
        lab.goldfish.history(as_of="2999-01-01")
    with pytest.raises(MomentTooEarly, match="the first that is known here is of 20"):
        lab.goldfish.history(as_of="1999-01-01")
    with pytest.raises(NotAMoment):
        lab.goldfish.history(as_of="tuesday")
