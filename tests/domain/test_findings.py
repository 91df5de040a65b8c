"""Findings: recorded once, withdrawn once, and never changed."""

from __future__ import annotations

from goldfish.domain.findings import Finding, is_finding
from goldfish.domain.suspicion import CodeIs, ScoreIs, SettingIs, Suspicion, joined
from goldfish.errors import FindingExists, UnknownFinding
from tests.given import given

RECORDED = Finding.Recorded(reason="the labels are shifted", suspicion=Suspicion(things=["digits@r1"]))
WITHDRAWN = Finding.Withdrawn(reason="they are right")


def test_a_finding_is_recorded_under_a_number_that_is_taken_for_ever() -> None:
    given(Finding).when(lambda f: f.record(RECORDED)).then(RECORDED)
    given(Finding, RECORDED).when(lambda f: f.record(RECORDED)).refused(FindingExists)
    given(Finding, RECORDED, WITHDRAWN).when(lambda f: f.record(RECORDED)).refused(FindingExists)


def test_a_finding_is_withdrawn_once() -> None:
    given(Finding, RECORDED).when(lambda f: f.withdraw("they are right")).then(WITHDRAWN)
    given(Finding, RECORDED, WITHDRAWN).when(lambda f: f.withdraw("again")).then()
    given(Finding).when(lambda f: f.withdraw("why")).refused(UnknownFinding)


def test_a_finding_has_a_name_of_its_own() -> None:
    assert is_finding("finding-12")
    assert not any(map(is_finding, ("finding-0", "finding-", "findings", "finding-1/train", "run-1")))


def test_a_suspicion_says_what_it_looks_for() -> None:
    said = Suspicion(
        settings=[[SettingIs(name="crop"), SettingIs(name="lr", test="equals", value=0.1)]],
        code=[CodeIs(version="baseline@v2"), CodeIs(label="main")],
        committed=False,
        scores=[ScoreIs(value=0.1, tolerance=0.01, metric="accuracy")],
    ).said()
    assert said == [
        "crop is on and lr = 0.1",
        "code baseline@v2 or main or that was never committed",
        "accuracy came to 0.1 within 0.01",
    ]


def test_nothing_said_is_nothing_suspected() -> None:
    assert not Suspicion().says_something
    assert not Suspicion(sound_runs=["run-1"], builds_on=True).says_something
    assert Suspicion(seeds=[7]).says_something
    assert Suspicion().said() == []


def test_what_two_say_is_said_together() -> None:
    both = joined(Suspicion(things=["run-1"], committed=False), Suspicion(things=["run-1", "run-2"], builds_on=True))
    assert both == Suspicion(things=["run-1", "run-2"], committed=False, builds_on=True)
    assert joined(both, Suspicion()) == both == joined(Suspicion(), both)
