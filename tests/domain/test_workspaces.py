"""Workspaces: numbered versions, one slot at a time, and nothing lost by a rollback."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goldfish.domain.event import Event
from goldfish.domain.names import workspace_stream
from goldfish.domain.slots import Slot
from goldfish.domain.values import Skipped
from goldfish.domain.workspaces import Workspace
from goldfish.errors import (
    AlreadyMounted,
    NothingToSave,
    NotMounted,
    SlotTaken,
    UnknownVersion,
    UnknownWorkspace,
    WorkspaceExists,
)
from tests.given import given

CREATED = Workspace.Created(name="baseline", goal="start here", tree="t1")
V1 = Workspace.VersionSaved(number=1, tree="t1", message="created", by="creation")
MOUNTED = Workspace.Mounted(slot="w1", tree="t1")
EDITED = Workspace.EditsSynced(slot="w1", tree="t2", files=3, skipped=[])
V2 = Workspace.VersionSaved(number=2, tree="t2", message="msg", by="save")

# ── creation ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_of_a_new_workspace_is_version_one() -> None:
    state = given(Workspace).when(lambda w: w.create("baseline", "start here", "t1", None)).then(CREATED, V1)
    assert state.exists
    assert not state.is_dirty
    assert state.latest == 1


def test_a_branch_says_where_it_began() -> None:
    created = CREATED.model_copy(update={"base": "other@v4"})
    saved = V1.model_copy(update={"message": "branched from other@v4"})
    given(Workspace).when(lambda w: w.create("baseline", "start here", "t1", "other@v4")).then(created, saved)


def test_a_workspace_cannot_be_created_twice() -> None:
    given(Workspace, CREATED, V1).when(lambda w: w.create("baseline", None, "t9", None)).refused(WorkspaceExists)


@pytest.mark.parametrize(
    "decide",
    [
        lambda w: w.mount("w1"),
        lambda w: w.sync("t2", 1, []),
        lambda w: w.save("msg", "save"),
        lambda w: w.ensure_saved("msg", "run"),
        lambda w: w.roll_back(1),
        lambda w: w.unmount("t1"),
    ],
)
def test_nothing_can_be_done_with_a_workspace_that_was_never_created(
    decide: Callable[[Workspace], list[Event]],
) -> None:
    refusal = given(Workspace(workspace_stream("base"))).when(decide).refused(UnknownWorkspace)
    assert refusal.facts["given"] == "base"


# ── mounting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mount_asks_for_the_last_recorded_files() -> None:
    state = given(Workspace, CREATED, V1).when(lambda w: w.mount("w1")).then(MOUNTED)
    assert (state.slot, state.placed, state.placed_at) == ("w1", "t1", 3)


def test_a_mounted_workspace_cannot_be_mounted_elsewhere() -> None:
    refusal = given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.mount("w2")).refused(AlreadyMounted)
    assert "w1" in refusal.message


def test_an_unmounted_workspace_keeps_its_last_files_and_leaves_the_slot() -> None:
    gone = Workspace.Unmounted(slot="w1", tree="t3")
    state = given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.unmount("t3")).then(gone)
    assert (state.slot, state.tree, state.is_dirty) == (None, "t3", True)


@pytest.mark.parametrize(
    "decide",
    [lambda w: w.sync("t2", 1, []), lambda w: w.roll_back(1), lambda w: w.unmount("t1"), lambda w: w.in_slot()],
)
def test_what_needs_files_in_a_slot_is_refused_without(decide: Callable[[Workspace], list[Event]]) -> None:
    given(Workspace, CREATED, V1).when(decide).refused(NotMounted)


# ── edits and versions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_edits_are_recorded_with_what_was_left_out() -> None:
    skipped = [Skipped(path="data.fifo", why="it is a pipe")]
    synced = EDITED.model_copy(update={"skipped": skipped})
    state = given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.sync("t2", 3, skipped)).then(synced)
    assert state.is_dirty


def test_known_files_are_not_recorded_again() -> None:
    given(Workspace, CREATED, V1, MOUNTED, EDITED).when(lambda w: w.sync("t2", 3, [])).then()


def test_a_save_gives_the_files_the_next_number() -> None:
    state = given(Workspace, CREATED, V1, MOUNTED, EDITED).when(lambda w: w.save("msg", "save")).then(V2)
    assert state.versions == {1: "t1", 2: "t2"}


def test_an_unchanged_workspace_has_nothing_to_save() -> None:
    refusal = given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.save("msg", "save")).refused(NothingToSave)
    assert "baseline@v1" in refusal.message


def test_a_run_of_unchanged_files_needs_no_new_version() -> None:
    given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.ensure_saved("for run-1", "run")).then()


def test_numbers_are_never_reused_after_a_rollback() -> None:
    rolled = Workspace.RolledBack(slot="w1", to=1, tree="t1", safety="t2")
    again = Workspace.EditsSynced(slot="w1", tree="t3", files=3, skipped=[])
    history = (CREATED, V1, MOUNTED, EDITED, V2, rolled, again)
    third = V2.model_copy(update={"number": 3, "tree": "t3"})
    given(Workspace, *history).when(lambda w: w.save("msg", "save")).then(third)


# ── rollback ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rollback_first_keeps_what_is_there() -> None:
    safety = Workspace.VersionSaved(number=2, tree="t2", message="before the rollback to v1", by="rollback")
    rolled = Workspace.RolledBack(slot="w1", to=1, tree="t1", safety="t2")
    state = given(Workspace, CREATED, V1, MOUNTED, EDITED).when(lambda w: w.roll_back(1)).then(safety, rolled)
    assert (state.tree, state.placed, state.versions) == ("t1", "t1", {1: "t1", 2: "t2"})


def test_a_rollback_to_a_version_that_is_not_there_is_refused() -> None:
    refusal = given(Workspace, CREATED, V1, MOUNTED, EDITED).when(lambda w: w.roll_back(7)).refused(UnknownVersion)
    assert refusal.near == ("baseline@v1",)


def test_files_that_nobody_recorded_are_rescued_once() -> None:
    rescued = Workspace.EditsRescued(slot="w1", tree="t9")
    given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.rescue("w1", "t9")).then(rescued)
    given(Workspace, CREATED, V1, MOUNTED).when(lambda w: w.rescue("w1", "t1")).then()


@pytest.mark.parametrize(("said", "meant"), [("2", 2), ("v2", 2), ("baseline@v2", 2), ("v02", 2)])
def test_a_version_can_be_said_in_short(said: str, meant: int) -> None:
    assert given(Workspace, CREATED, V1).state.number_of(said) == meant


@pytest.mark.parametrize("said", ["", "v", "vv2", "other@v2", "-1", "v1.0", "²", "٣", "9" * 30, "latest"])
def test_what_is_no_version_is_refused_with_near_ones(said: str) -> None:
    with pytest.raises(UnknownVersion):
        given(Workspace, CREATED, V1).state.number_of(said)


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

TAKEN = Slot.Taken(workspace="baseline")
FREED = Slot.Freed(workspace="baseline")


def test_a_free_slot_lets_a_workspace_in() -> None:
    assert given(Slot).when(lambda s: s.take("w1", "baseline")).then(TAKEN).holder == "baseline"
    assert given(Slot, TAKEN, FREED).when(lambda s: s.take("w1", "baseline")).then(TAKEN).holder == "baseline"


def test_a_taken_slot_names_its_holder() -> None:
    refusal = given(Slot, TAKEN).when(lambda s: s.take("w1", "other")).refused(SlotTaken)
    assert "baseline" in refusal.message


def test_a_slot_is_freed_once() -> None:
    given(Slot, TAKEN).when(lambda s: s.free()).then(FREED)
    given(Slot, TAKEN, FREED).when(lambda s: s.free()).then()
