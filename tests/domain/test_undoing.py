"""Undoing: every destructive fact has an inverse, as long as nothing has taken its place."""

from __future__ import annotations

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from goldfish.domain.event import Event
from goldfish.domain.names import Stream
from goldfish.domain.projects import Project
from goldfish.domain.tags import Tag, Tags
from goldfish.domain.undoing import Fact, Foldable, Undo, undo
from goldfish.domain.workspaces import Workspace
from goldfish.errors import CannotUndo

CREATED = Workspace.Created(name="w", goal="start", tree="t1")
V1 = Workspace.VersionSaved(number=1, tree="t1", message="m", by="creation")
V2 = Workspace.VersionSaved(number=2, tree="t2", message="m", by="save")
MOUNTED = Workspace.Mounted(slot="s", tree="t1")
BACK = Workspace.RolledBack(slot="s", to=1, tree="t1", safety="t2")
PRUNED = Workspace.VersionPruned(number=1, reason="r")
FOUNDED = Project.Founded(name="p", goal="first")
WORKSPACE = Workspace(Stream("workspace:w"))


def facts(*events: Event | tuple[Event, int]) -> list[Fact]:
    """Facts at positions 1, 2, 3 …, each a command of its own; a pair names the position that it undoes."""
    pairs = [given if isinstance(given, tuple) else (given, None) for given in events]
    return [Fact(at, f"command-{at}", because, event) for at, (event, because) in enumerate(pairs, 1)]


def undone(empty: Foldable, known: list[Fact], position: int) -> Undo:
    now = empty
    for fact in known:
        now = now.apply(fact.event)
    return undo(known[position - 1], known, empty, now)


def refused(empty: Foldable, known: list[Fact], position: int) -> str:
    with pytest.raises(CannotUndo) as caught:
        undone(empty, known, position)
    assert "{" not in caught.value.message
    return caught.value.message


def test_a_rollback_is_undone_by_going_back_to_what_was_there() -> None:
    known = facts(CREATED, V1, MOUNTED, V2, BACK)
    assert undone(WORKSPACE, known, 5).events == [Workspace.RolledBack(slot="s", to=2, tree="t2", safety="t1")]


def test_edits_made_after_a_rollback_are_kept_as_a_version_first() -> None:
    edited = Workspace.EditsSynced(slot="s", tree="t9", files=1, skipped=[])
    kept, back = undone(WORKSPACE, facts(CREATED, V1, MOUNTED, V2, BACK, edited), 5).events
    assert isinstance(kept, Workspace.VersionSaved)
    assert (kept.number, kept.tree) == (3, "t9")
    assert back == Workspace.RolledBack(slot="s", to=2, tree="t2", safety="t9")


def test_a_rollback_that_another_one_followed_is_superseded() -> None:
    assert "again" in refused(WORKSPACE, facts(CREATED, V1, MOUNTED, V2, BACK, BACK), 5)


def test_a_rollback_needs_a_mounted_workspace() -> None:
    gone = Workspace.Unmounted(slot="s", tree="t1")
    assert "not mounted" in refused(WORKSPACE, facts(CREATED, V1, MOUNTED, V2, BACK, gone), 5)


def test_an_unmounted_workspace_is_mounted_where_it_was() -> None:
    known = facts(CREATED, V1, MOUNTED, Workspace.Unmounted(slot="s", tree="t5"))
    assert undone(WORKSPACE, known, 4).events == [Workspace.Mounted(slot="s", tree="t5")]
    assert "mounted again" in refused(WORKSPACE, [*known, *facts(*[MOUNTED] * 5)[4:]], 4)


def test_a_pruned_version_is_restored_once() -> None:
    known = facts(CREATED, V1, V2, PRUNED)
    assert undone(WORKSPACE, known, 4).events == [Workspace.VersionRestored(number=1)]
    restored = facts(CREATED, V1, V2, PRUNED, Workspace.VersionRestored(number=1))
    assert "restored" in refused(WORKSPACE, restored, 4)
    again = facts(CREATED, V1, V2, PRUNED, Workspace.VersionRestored(number=1), PRUNED)
    assert "pruned again" in refused(WORKSPACE, again, 4)


def test_a_deleted_workspace_is_there_again() -> None:
    deleted = Workspace.Deleted(reason="r")
    assert undone(WORKSPACE, facts(CREATED, V1, deleted), 3).events == [Workspace.Restored()]
    assert "restored since" in refused(WORKSPACE, facts(CREATED, V1, deleted, Workspace.Restored()), 3)
    assert "deleted since" in refused(WORKSPACE, facts(CREATED, V1, V2, PRUNED, deleted), 4)


def test_a_goal_gives_way_to_the_one_before() -> None:
    known = facts(CREATED, V1, Workspace.GoalSet(goal="other"))
    assert undone(WORKSPACE, known, 3).events == [Workspace.GoalSet(goal="start")]
    first = facts(FOUNDED, Project.GoalSet(goal="second"))
    assert undone(Project(), first, 2).events == [Project.GoalSet(goal="first")]
    none = facts(Project.Founded(name="p"), Project.GoalSet(goal="second"))
    assert undone(Project(), none, 2).events == [Project.GoalSet(goal="")]


def test_a_goal_that_another_one_followed_is_superseded_until_that_one_is_undone() -> None:
    second, third = Project.GoalSet(goal="second"), Project.GoalSet(goal="third")
    assert "set again" in refused(Project(), facts(FOUNDED, second, third), 2)
    known = facts(FOUNDED, second, third, (Project.GoalSet(goal="second"), 3))
    assert undone(Project(), known, 2).events == [Project.GoalSet(goal="first")]


def test_what_was_undone_is_not_undone_again_but_the_undoing_can_be() -> None:
    known = facts(FOUNDED, Project.GoalSet(goal="second"), (Project.GoalSet(goal="first"), 2))
    assert "undone already" in refused(Project(), known, 2)
    assert undone(Project(), known, 3).events == [Project.GoalSet(goal="second")]
    redone = facts(
        *[f.event for f in known[:2]], (Project.GoalSet(goal="first"), 2), (Project.GoalSet(goal="second"), 3)
    )
    assert undone(Project(), redone, 2).events == [Project.GoalSet(goal="first")]


def test_a_retired_invariant_is_in_force_again_under_its_number() -> None:
    added = Project.InvariantAdded(number=1, text="hands off")
    retired = Project.InvariantRetired(number=1, reason="r")
    assert undone(Project(), facts(FOUNDED, added, retired), 3).events == [added]
    again = Project.InvariantAdded(number=2, text="hands off")
    assert "in force" in refused(Project(), facts(FOUNDED, added, retired, again), 3)


def test_a_tag_goes_back_to_where_it_was() -> None:
    put, moved = Tag.Set(name="g", target="w@v1"), Tag.Moved(name="g", target="w@v2", was="w@v1")
    removed = Tag.Removed(name="g", was="w@v2")
    assert undone(Tags(), facts(put, moved), 2).events == [Tag.Moved(name="g", target="w@v1", was="w@v2")]
    assert undone(Tags(), facts(put, moved, removed), 3).events == [Tag.Set(name="g", target="w@v2")]
    assert "changed since" in refused(Tags(), facts(put, moved, removed), 2)
    other = Tag.Set(name="h", target="w@v1")
    assert undone(Tags(), facts(put, moved, other), 2).events


@pytest.mark.parametrize("event", [V2, MOUNTED, Workspace.ThoughtLogged(text="hm")])
def test_what_destroys_nothing_has_no_inverse(event: Event) -> None:
    assert "no inverse" in refused(WORKSPACE, facts(CREATED, V1, event), 3)


def test_facts_of_one_command_are_undone_together() -> None:
    both = [Fact(4, "c", None, PRUNED), Fact(5, "c", None, Workspace.VersionPruned(number=2, reason="r"))]
    undo_of_both = [Fact(6, "u", 4, Workspace.VersionRestored(number=1)), Fact(7, "u", 4, V2)]
    known = [*facts(CREATED, V1, V2), *both, *undo_of_both]
    assert "undone already" in refused(WORKSPACE, known, 5)


@forall(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_undoing_everything_from_the_newest_on_leads_back_to_the_beginning(goals: list[str]) -> None:
    known, state = facts(FOUNDED), Project().apply(FOUNDED)
    for goal in goals:
        for event in state.set_goal(goal):
            known.append(Fact(len(known) + 1, None, None, event))
            state = state.apply(event)
    for fact in reversed(known[1:]):
        for event in undo(fact, known, Project(), state).events:
            known.append(Fact(len(known) + 1, None, fact.position, event))
            state = state.apply(event)
    assert state.goal == "first"
