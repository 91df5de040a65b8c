"""Undo, as people use it: files, slots and names come back, and nothing made since is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import CannotUndo, CommandIdReused, NothingToUndo, SlotTaken
from tests.scenarios.conftest import Lab


def position_of(lab: Lab, name: str) -> int:
    """The position of the newest event of a name."""
    return max(event.position for event in lab.goldfish.log(limit=10_000) if event.name == name)


@pytest.fixture
def edited(lab: Lab) -> Path:
    """A file of the lab's workspace: `one` in w@v2, `two` in w@v3."""
    file = lab.place / "a"
    file.write_text("one")
    lab.goldfish.save_version("w", "one")
    file.write_text("two")
    lab.goldfish.save_version("w", "two")
    return file


def test_an_undone_rollback_brings_the_files_back(lab: Lab, edited: Path) -> None:
    edited.write_text("unsaved")
    lab.goldfish.rollback("w", "v2")
    answer = lab.goldfish.undo()
    assert edited.read_text() == "unsaved"
    assert answer.undone == position_of(lab, "workspace.rolled-back") - 1
    event = lab.goldfish.log(after=answer.position - 1, limit=1)[0]
    assert (event.name, event.because_of) == ("workspace.rolled-back", answer.undone)


def test_edits_made_after_a_rollback_are_kept_when_it_is_undone(lab: Lab, edited: Path) -> None:
    lab.goldfish.rollback("w", "v2")
    edited.write_text("made since")
    answer = lab.goldfish.undo()
    assert edited.read_text() == "two"
    assert answer.kept_as == ["w@v4"]
    lab.goldfish.rollback("w", "v4")
    assert edited.read_text() == "made since"


def test_an_undo_is_undone_by_its_position(lab: Lab, edited: Path) -> None:
    lab.goldfish.rollback("w", "v2")
    undone = lab.goldfish.undo()
    lab.goldfish.undo(undone.position)
    assert edited.read_text() == "one"


def test_an_undone_unmount_mounts_again_where_it_was(lab: Lab, edited: Path) -> None:
    edited.write_text("unsaved")
    lab.goldfish.unmount("w")
    assert not edited.exists()
    answer = lab.goldfish.undo()
    assert edited.read_text() == "unsaved"
    assert answer.after == ["w is in workspaces/w again"]


def test_a_slot_that_is_taken_by_now_refuses_the_undo(lab: Lab, edited: Path) -> None:
    lab.goldfish.unmount("w")
    at = position_of(lab, "workspace.unmounted")
    lab.goldfish.create_workspace("other")
    lab.goldfish.mount("other", "w")
    with pytest.raises(SlotTaken):
        lab.goldfish.undo(at)
    with pytest.raises(NothingToUndo):
        lab.goldfish.undo()


def test_what_one_command_pruned_comes_back_together(lab: Lab, edited: Path) -> None:
    lab.goldfish.rollback("w", "v3")
    lab.goldfish.prune("w", "v1..v2", reason="of no use")
    lab.goldfish.restore("w@v1")
    answer = lab.goldfish.undo()
    assert answer.after == ["w@v2 is in the lists again"]
    assert lab.goldfish.look("w").pruned == {}
    with pytest.raises(CannotUndo):
        lab.goldfish.undo(answer.undone)


def test_undo_after_undo_goes_further_back(lab: Lab, edited: Path) -> None:
    g = lab.goldfish
    g.set_goal("a", workspace="w")
    g.tag("good", "w@v2")
    g.tag("good", "w@v3", move=True)
    g.add_invariant("hands off")
    g.retire_invariant(1, "changed my mind")
    g.create_workspace("x")
    g.delete_workspace("x", "over")
    assert [line.after[0] for line in g.undoable()] == [
        "x is there again",
        "the invariant 1 is in force again: hands off",
        "the tag good points to w@v2 again",
        "the goal of w is again none",
    ]
    for left in (3, 2, 1, 0):
        g.undo()
        assert len(g.undoable()) == left
    status = g.status()
    assert {w.workspace for w in status.workspaces} == {"w", "x"}
    assert [(t.tag, t.target) for t in status.tags] == [("good", "w@v2")]
    assert [line.text for line in status.invariants] == ["hands off"]
    assert g.look("w").goal is None


def test_a_tag_does_not_come_back_to_what_was_pruned_since(lab: Lab, edited: Path) -> None:
    lab.goldfish.rollback("w", "v3")
    lab.goldfish.tag("good", "w@v2")
    lab.goldfish.untag("good")
    at = position_of(lab, "tag.removed")
    lab.goldfish.prune("w", "v2", reason="of no use")
    with pytest.raises(Exception, match="pruned"):
        lab.goldfish.undo(at)
    assert lab.goldfish.undo().before == ["w@v2 was pruned"]
    assert lab.goldfish.undo(at).after == ["the tag good points to w@v2 again"]


def test_an_undo_sent_again_under_its_id_is_one_undo(lab: Lab, edited: Path) -> None:
    lab.goldfish.set_goal("first")
    lab.goldfish.set_goal("second")
    once = lab.goldfish.undo(command_id="u-1")
    assert lab.goldfish.undo(command_id="u-1") == once
    assert lab.goldfish.status().goal == "first"
    with pytest.raises(CommandIdReused):
        lab.goldfish.undo(3, command_id="u-1")


def test_another_client_sees_what_can_be_undone(lab: Lab, edited: Path) -> None:
    lab.goldfish.set_goal("first")
    other = Goldfish.open(lab.root, Actor(kind="agent", name="coder"))
    assert other.undoable()[0].actor == "human:tester"
    other.undo()
    assert lab.goldfish.status().goal is None


def test_undo_reads_nothing_into_the_past(lab: Lab, edited: Path) -> None:
    lab.goldfish.rollback("w", "v2")
    head = lab.goldfish.application.journal.head()
    lab.goldfish.undoable()
    with pytest.raises(CannotUndo):
        lab.goldfish.undo(2)
    assert lab.goldfish.application.journal.head() == head
