"""Findings and claims in a real project: what is recorded, what it spoils, and what refuses to be said."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import (
    ClaimNeedsRuns,
    CommandIdReused,
    FindingNotUnderstood,
    NotARun,
    NothingSuspected,
    UnknownFinding,
    UnknownReference,
    UnknownRun,
    UnusableArgument,
    UnusableFinding,
    UnusableText,
)
from goldfish.queries.findings import FindingStory
from goldfish.queries.show import NoteStory
from tests.scenarios.conftest import Lab

PIPELINE = """
    stages:
      - name: train
        inputs: {digits: {source: digits}}
        outputs: {model: json}
      - name: test
        inputs: {model: {from_stage: train}}
        outputs: {report: json}
"""
TRAIN = """
    from goldfish.io import get_config, save_output
    from goldfish.metrics import log_metric
    def main():
        log_metric("accuracy", get_config()["accuracy"], step=1)
        save_output("model", {"weight": get_config()["accuracy"]})
"""
TEST = """
    from goldfish.io import load_input, save_output
    def main():
        save_output("report", load_input("model"))
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A project with three runs of one code: two that read digits@r1, one that read digits@r2."""
    made = Lab(tmp_path_factory.mktemp("findings"))
    data = made.root / "digits.csv"
    data.write_text("a,b\n1,2\n")
    made.goldfish.add_source("digits", data)
    made.write(pipeline=PIPELINE, train=TRAIN, test=TEST)
    for accuracy in (0.8, 0.9):
        made.config("train", f"accuracy: {accuracy}\n")
        assert made.run().outcome == "succeeded"
    data.write_text("a,b\n3,4\n")
    made.goldfish.add_source("digits", data)
    assert made.run().outcome == "succeeded"
    made.kill_conductor()
    return made


@pytest.fixture
def goldfish(tmp_path: Path) -> Goldfish:
    """A project without anything."""
    return Goldfish.found(tmp_path, Actor(kind="human", name="tester"), name="empty")


def test_data_that_were_bad_spoil_what_was_made_of_them_until_the_finding_is_withdrawn(lab: Lab) -> None:
    goldfish = lab.goldfish
    goldfish.tag("best", "run-2")
    goldfish.log_decision("go on with run-2", because="run-2")
    asked = goldfish.affected("digits@r1")
    assert set(asked.affected) == {"digits@r1", "run-1", "run-2", "@best", "decision-1"}
    assert goldfish.findings().findings == []  # asking records nothing

    found = goldfish.record_finding("digits@r1", reason="the labels are shifted by one")
    assert found.finding == "finding-1"
    assert found.affected == asked.affected
    warned = {line.run: bool(line.warnings) for line in goldfish.history().runs}
    assert warned == {"run-1": True, "run-2": True, "run-3": False}
    assert "finding-1" in (lab.root / "STATE.md").read_text()
    later = goldfish.log_decision("publish", because="decision-1")
    story = goldfish.show(str(later.note))
    assert isinstance(story, NoteStory)
    assert [one.why for one in story.note.warnings] == ["rests on decision-1"]

    again = goldfish.record_finding(["digits@r1"], reason="said again")
    assert (again.finding, len(goldfish.findings().findings)) == ("finding-1", 1)
    withdrawn = goldfish.withdraw_finding("finding-1", "they were right after all")
    assert (withdrawn.finding.state, withdrawn.affected.affected) == ("withdrawn", [])
    assert not any(line.warnings for line in goldfish.history().runs)
    assert isinstance(goldfish.show("finding-1"), FindingStory)


def test_a_finding_told_as_json_is_read_against_the_ledger(lab: Lab) -> None:
    found = lab.goldfish.affected(finding={"bad_config": {"accuracy": 0.8}, "moon": "full"})
    assert [line.ref for line in found.lines if line.kind == "run"] == ["run-1"]
    assert found.not_understood == ['moon: "full" names nothing here']


def test_a_name_of_data_or_of_a_setting_is_understood_too(lab: Lab) -> None:
    assert {"run-1", "run-2", "run-3"} <= set(lab.goldfish.affected("accuracy").affected)


def test_what_was_found_out_later_was_not_known_before(lab: Lab) -> None:
    goldfish = lab.goldfish
    before = goldfish.history().as_of
    recorded = goldfish.record_finding("run-3", reason="the machine was faulty", command_id="faulty")
    assert goldfish.record_finding("run-3", reason="the machine was faulty", command_id="faulty") == recorded
    with pytest.raises(CommandIdReused):
        goldfish.record_finding("run-3", reason="another reason", command_id="faulty")
    assert goldfish.findings(as_of=before).findings == []
    assert not any(line.warnings for line in goldfish.history(as_of=before).runs)
    goldfish.withdraw_finding(str(recorded.finding), "it was not")


def test_what_says_nothing_is_refused_by_name(goldfish: Goldfish) -> None:
    with pytest.raises(NothingSuspected):
        goldfish.affected()
    with pytest.raises(UnknownReference):
        goldfish.affected("nothing-of-the-kind")
    with pytest.raises(FindingNotUnderstood, match="moon"):
        goldfish.affected(finding={"moon": "full"})
    with pytest.raises(FindingNotUnderstood):
        goldfish.record_finding(finding={})
    with pytest.raises(UnusableFinding):
        goldfish.affected(finding={"signal": "x" * 100_000})
    with pytest.raises(UnusableText):
        goldfish.record_finding(finding={"bad_data": "digits"}, reason="  ")
    with pytest.raises(UnknownFinding):
        goldfish.withdraw_finding("finding-7", "it was right")
    with pytest.raises(UnknownFinding):
        goldfish.show("finding-7")


# ── claims ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_says_at_once_whether_its_numbers_show_it(lab: Lab) -> None:
    kept = lab.goldfish.log_claim("0.9 is better", runs="run-2", against="run-1", metric="accuracy")
    assert (kept.kind, kept.state, kept.because, kept.instead_of) == ("claim", "standing", ["run-2"], ["run-1"])
    [one] = kept.standing.compared
    assert (one.direction, one.runs.mean, one.against.mean) == ("maximize", 0.9, 0.8)
    assert one.contrast is not None
    assert one.contrast.standing == "unknown"  # nobody ran it again with another seed
    told = lab.goldfish.log_claim(
        "better than the paper", runs=["run-2"], metric="accuracy", value=0.5, deviation=0.001, among=30
    )
    assert told.standing.established is True
    assert {kept.note, told.note} == {line.note for line in lab.goldfish.thoughts(kind="claim").notes}
    up = {node.id for node in lab.goldfish.lineage(str(kept.note)).nodes}
    assert {"run-1", "run-2"} < up


def test_a_claim_is_about_runs(lab: Lab) -> None:
    goldfish = lab.goldfish
    with pytest.raises(ClaimNeedsRuns):
        goldfish.log_claim("better")
    with pytest.raises(NotARun):
        goldfish.log_claim("better", runs="digits@r1")
    with pytest.raises(UnknownRun):
        goldfish.log_claim("better", runs="run-77")
    for wrong in (
        {"deviation": 0.1},
        {"value": float("inf")},
        {"value": 0.1, "deviation": -1.0},
        {"value": 1.0, "among": 0},
    ):
        with pytest.raises(UnusableArgument):
            goldfish.log_claim("better", runs="run-1", **wrong)  # type: ignore[arg-type]  # what is refused
