"""A week of work, and what is left of it for whoever comes next.

The STATE.md that the week leaves is in the repository, so that it can be read: does an agent that knows nothing else
know how to go on? `python -m tests.scenarios.test_week` writes it anew.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.conductor.election import Election
from goldfish.domain.names import TreeId
from tests.scenarios.week.story import Week

KEPT = Path(__file__).parent / "week" / "STATE.md"


def whole_week(root: Path) -> Goldfish:
    goldfish = Goldfish.found(root, Actor(kind="agent", name="claude-code"), name="moons")
    Week(goldfish, root).work()
    return goldfish


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Goldfish]:
    goldfish = whole_week(tmp_path_factory.mktemp("week") / "moons")
    yield goldfish
    end_conductor(goldfish)


def end_conductor(goldfish: Goldfish) -> None:
    """kill -9, so that nobody writes into the project any more."""
    if holder := Election(goldfish.layout).holder():
        os.kill(holder, signal.SIGKILL)


def settled(goldfish: Goldfish) -> str:
    """STATE.md as of now, without what differs from week to week: days, times, and the position of the last event."""
    goldfish.write_state()
    text = goldfish.layout.state.read_text()
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", lambda m: "2026-11-27" + (" 17:00" if m[1] else ""), text)
    return re.sub(r"(position|since) \d+", r"\1 N", text)


def test_the_document_it_leaves_is_the_one_in_the_repository(week: Goldfish) -> None:
    assert settled(week) == KEPT.read_text()


def test_nothing_of_it_is_lost_and_everything_is_as_it_was_recorded(week: Goldfish) -> None:
    verified = week.verify()
    assert verified.damages == []
    assert week.history(limit=50).matching == 8
    assert [line.outcome for line in week.history(limit=50).runs].count("failed") == 1


def test_deleting_a_branch_leaves_its_parent_and_its_runs(week: Goldfish) -> None:
    assert [line.workspace for line in week.status().workspaces] == ["quadratic", "baseline"]
    assert week.show("run-8").kind == "run"
    assert week.diff("run-8", "baseline").files != []


def test_a_judgement_that_was_corrected_keeps_its_history(week: Goldfish) -> None:
    story = week.show("run-3")
    assert story.kind == "run"
    assert [judged.verdict for judged in story.judgements] == ["success", "partial"]


def test_promoted_features_lead_back_to_the_first_readings(week: Goldfish) -> None:
    origins = week.lineage("run-7").model_dump_json()
    assert "features@r1" in origins
    assert "run-2/prepare" in origins
    assert "readings@r1" in origins


def test_what_was_taken_back_is_still_there(week: Goldfish) -> None:
    half = week.services.snapshots.read(TreeId(week.look("quadratic").tree_of(3)), "modules/evaluate.py")
    assert half is not None
    assert b"half an idea" in half
    story = week.show("baseline")
    assert story.kind == "workspace"
    assert [line.version for line in story.versions] == ["baseline@v2", "baseline@v1"]


def test_an_old_question_can_be_asked_as_of_any_day(week: Goldfish) -> None:
    monday = next(e.position for e in week.log(limit=1000) if e.name == "tag.set")
    then = week.status(as_of=monday)
    assert [line.workspace for line in then.workspaces] == ["baseline"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        founded = whole_week(Path(place) / "moons")
        KEPT.write_text(settled(founded))
        end_conductor(founded)
