"""Pruning and deleting: what is needed stays, nothing is erased, no number comes twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goldfish.domain.event import Event
from goldfish.domain.pruning import delete, ends_of, prune_many, prune_one, restore_versions, undelete
from goldfish.domain.tags import Tag, Tags
from goldfish.domain.workspaces import Workspace
from goldfish.errors import (
    NothingToPrune,
    NothingToRestore,
    Refusal,
    StillMounted,
    UnknownVersion,
    VersionInUse,
    VersionPruned,
    VersionTagged,
    WorkspaceDeleted,
    WorkspaceInUse,
)
from tests.given import given

NONE = Tags()
GOOD = Tags().apply(Tag.Set(name="good", target="w@v2"))


def saved(number: int) -> Workspace.VersionSaved:
    return Workspace.VersionSaved(number=number, tree=f"t{number}", message="m", by="save")


CREATED = Workspace.Created(name="w", goal=None, tree="t1")
FOUR = (CREATED, saved(1), saved(2), saved(3), saved(4))
PRUNED = Workspace.VersionPruned(number=2, reason="a dead end")
RESTORED = Workspace.VersionRestored(number=2)
DELETED = Workspace.Deleted(reason="over")


def test_a_pruned_version_is_kept_with_its_files() -> None:
    state = given(Workspace, *FOUR).when(lambda w: prune_one(w, 2, NONE, "a dead end")).then(PRUNED)
    assert (sorted(state.kept), state.tree_of(2)) == ([1, 3, 4], "t2")


def test_a_restored_version_is_as_it_was() -> None:
    state = given(Workspace, *FOUR, PRUNED).when(lambda w: restore_versions(w, [1, 2])).then(RESTORED)
    assert sorted(state.kept) == [1, 2, 3, 4]


def test_the_latest_version_cannot_be_pruned() -> None:
    refusal = given(Workspace, *FOUR).when(lambda w: prune_one(w, 4, NONE, "r")).refused(VersionInUse)
    assert "latest" in refusal.message


def test_a_tagged_version_cannot_be_pruned() -> None:
    refusal = given(Workspace, *FOUR).when(lambda w: prune_one(w, 2, GOOD, "r")).refused(VersionTagged)
    assert "good" in refusal.message


def test_what_a_slot_was_placed_from_cannot_be_pruned_while_it_is_mounted() -> None:
    mounted = Workspace.Mounted(slot="s", tree="t4")
    back = Workspace.RolledBack(slot="s", to=1, tree="t1", safety="t4")
    given(Workspace, *FOUR, mounted, back).when(lambda w: prune_one(w, 1, NONE, "r")).refused(VersionInUse)
    gone = Workspace.Unmounted(slot="s", tree="t1")
    pruned = Workspace.VersionPruned(number=1, reason="r")
    given(Workspace, *FOUR, mounted, back, gone).when(lambda w: prune_one(w, 1, NONE, "r")).then(pruned)


def test_a_range_leaves_what_is_needed_and_names_it() -> None:
    pruning = prune_many(given(Workspace, *FOUR).state, range(1, 5), GOOD, "r")
    assert [e.number for e in pruning.events if isinstance(e, Workspace.VersionPruned)] == [1, 3]
    assert pruning.stays == {2: "it is tagged good", 4: "it is the latest version"}


@pytest.mark.parametrize("numbers", [[], [4], [2], [2, 4], [99]])
def test_a_range_of_which_nothing_is_left_is_refused(numbers: list[int]) -> None:
    state = given(Workspace, *FOUR, PRUNED)
    state.when(lambda w: prune_many(w, numbers, GOOD, "r").events).refused(NothingToPrune)


@pytest.mark.parametrize(
    ("decide", "error"),
    [
        (lambda w: prune_one(w, 2, NONE, "r"), VersionPruned),
        (lambda w: prune_one(w, 9, NONE, "r"), UnknownVersion),
        (lambda w: restore_versions(w, [1]), NothingToRestore),
        (lambda w: undelete(w), NothingToRestore),
    ],
)
def test_what_has_no_effect_is_refused(decide: Callable[[Workspace], list[Event]], error: type[Refusal]) -> None:
    given(Workspace, *FOUR, PRUNED).when(decide).refused(error)


def test_numbers_go_on_after_pruning() -> None:
    state = given(Workspace, *FOUR, PRUNED, Workspace.Mounted(slot="s", tree="t4")).state
    state = state.apply(Workspace.EditsSynced(slot="s", tree="t9", files=1, skipped=[]))
    assert [e.number for e in state.save("m", "save") if isinstance(e, Workspace.VersionSaved)] == [5]


def test_a_rollback_keeps_files_of_which_only_a_pruned_version_is_left() -> None:
    mounted = Workspace.Mounted(slot="s", tree="t2")
    kept = Workspace.VersionSaved(number=5, tree="t2", message="before the rollback to v1", by="rollback")
    back = Workspace.RolledBack(slot="s", to=1, tree="t1", safety="t2")
    given(Workspace, *FOUR, PRUNED, mounted).when(lambda w: w.roll_back(1)).then(kept, back)


def test_a_pruned_version_is_not_worked_with() -> None:
    mounted = Workspace.Mounted(slot="s", tree="t4")
    given(Workspace, *FOUR, PRUNED, mounted).when(lambda w: w.roll_back(2)).refused(VersionPruned)


def test_only_a_workspace_without_files_and_runs_is_deleted() -> None:
    given(Workspace, *FOUR, Workspace.Mounted(slot="s", tree="t4")).when(lambda w: delete(w, None, "over")).refused(
        StillMounted
    )
    refusal = given(Workspace, *FOUR).when(lambda w: delete(w, "run-7", "over")).refused(WorkspaceInUse)
    assert "run-7" in refusal.message
    given(Workspace, *FOUR).when(lambda w: delete(w, None, "over")).then(DELETED)


@pytest.mark.parametrize(
    "decide",
    [
        lambda w: w.mount("s"),
        lambda w: w.save("m", "save"),
        lambda w: w.ensure_saved("m", "run"),
        lambda w: w.set_goal("g"),
        lambda w: w.create("w", None, "t1", None),
        lambda w: w.roll_back(1),
        lambda w: prune_one(w, 1, NONE, "r"),
        lambda w: prune_many(w, [1], NONE, "r").events,
        lambda w: restore_versions(w, [1]),
        lambda w: delete(w, None, "again"),
    ],
)
def test_a_deleted_workspace_refuses_everything(decide: Callable[[Workspace], list[Event]]) -> None:
    refusal = given(Workspace, *FOUR, DELETED).when(decide).refused(WorkspaceDeleted)
    assert "over" in refusal.message


def test_a_restored_workspace_goes_on_with_the_next_number() -> None:
    state = given(Workspace, *FOUR, DELETED).when(undelete).then(Workspace.Restored())
    assert (state.deleted, state.latest) == (None, 4)


@pytest.mark.parametrize(
    ("given_text", "ends"), [("v1..v3", ("v1", "v3")), ("w@v1..w@v3", ("w@v1", "w@v3")), ("v1", None), ("..v3", None)]
)
def test_a_range_has_two_ends(given_text: str, ends: tuple[str, str] | None) -> None:
    assert ends_of(given_text) == ends
