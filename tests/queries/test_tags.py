"""Tags, invariants, pruned versions and deleted workspaces in the answers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from goldfish.domain.projects import Project
from goldfish.domain.tags import Tag
from goldfish.domain.workspaces import Workspace
from goldfish.errors import UnknownTag
from goldfish.projections.projector import Projector
from goldfish.queries.history import history
from goldfish.queries.invariants import invariant_lines
from goldfish.queries.references import Reference, resolve
from goldfish.queries.show import show
from goldfish.queries.state_document import state_document
from goldfish.queries.status import status
from goldfish.queries.workspace_story import VersionStory, WorkspaceStory
from tests.fakes.event_log import InMemoryEventLog
from tests.histories import History, histories
from tests.queries.stories import created, digits, now


@pytest.fixture
def log() -> InMemoryEventLog:
    """The small project with two tags."""
    log = digits()
    log.append("tags", Tag.Set(name="good", target="baseline@v2"), Tag.Set(name="best", target="run-2"))
    return log


def test_a_tag_names_what_it_points_to(log: InMemoryEventLog) -> None:
    view = now(log)
    assert resolve(view, "@good") == resolve(view, "good") == Reference("version", "baseline@v2")
    assert resolve(view, "@best") == Reference("run", "run-2")
    with pytest.raises(UnknownTag) as caught:
        resolve(view, "@god")
    assert caught.value.near == ("good",)


def test_a_workspace_or_source_of_the_name_goes_before_the_tag(log: InMemoryEventLog) -> None:
    log.append("tags", Tag.Set(name="baseline", target="run-1"), Tag.Set(name="digits", target="run-1"))
    view = now(log)
    assert (resolve(view, "baseline").kind, resolve(view, "digits").kind) == ("workspace", "source")
    assert resolve(view, "@baseline") == resolve(view, "@digits") == Reference("run", "run-1")


def test_tags_stand_beside_versions_and_runs_everywhere(log: InMemoryEventLog) -> None:
    view = now(log)
    assert {run.run: run.tags for run in history(view).runs}["run-2"] == ["best"]
    assert status(view).workspaces[0].tags == ["good"]
    assert [(line.tag, line.target) for line in status(view).tags] == [("best", "run-2"), ("good", "baseline@v2")]
    story = show(view, "baseline")
    assert isinstance(story, WorkspaceStory)
    assert [line.tags for line in story.versions] == [["good"], []]
    assert "- good: baseline@v2" in state_document(view)[0]


def test_the_tags_of_the_past_are_those_of_then(log: InMemoryEventLog) -> None:
    before = log.head()
    log.append("tags", Tag.Moved(name="good", target="baseline@v1", was="baseline@v2"))
    log.append("tags", Tag.Removed(name="best", was="run-2"))
    projector = Projector(log)
    assert resolve(projector.at(), "@good").id == "baseline@v1"
    assert resolve(projector.at(before), "@good").id == "baseline@v2"
    assert resolve(projector.at(before), "@best").id == "run-2"
    with pytest.raises(UnknownTag):
        resolve(projector.at(), "@best")


def test_a_pruned_version_is_left_out_unless_it_is_asked_for(log: InMemoryEventLog) -> None:
    log.append("workspace:baseline", Workspace.VersionPruned(number=1, reason="a dead end"))
    view = now(log)
    story, whole, version = show(view, "baseline"), show(view, "baseline", pruned=True), show(view, "baseline@v1")
    assert isinstance(story, WorkspaceStory)
    assert isinstance(whole, WorkspaceStory)
    assert isinstance(version, VersionStory)
    assert [line.version for line in story.versions] == ["baseline@v2"]
    assert story.left_out == ["1 pruned version: goldfish show baseline --pruned"]
    assert [line.pruned for line in whole.versions] == [None, "a dead end"]
    assert [run.run for run in version.runs] == ["run-1"]
    assert status(view).counts.versions == 1
    log.append("workspace:baseline", Workspace.VersionRestored(number=1))
    assert status(now(log)).counts.versions == 2


def test_a_deleted_workspace_is_in_no_list_but_can_be_shown(log: InMemoryEventLog) -> None:
    log.append("workspace:wide", *created("wide", base="baseline@v2"))
    parent = show(now(log), "baseline")
    assert isinstance(parent, WorkspaceStory)
    assert parent.branches == ["wide"]
    log.append("workspace:wide", Workspace.Deleted(reason="no better"))
    view = now(log)
    assert [line.workspace for line in status(view).workspaces] == ["baseline"]
    assert status(view).counts.workspaces == 1
    story = show(view, "wide")
    assert isinstance(story, WorkspaceStory)
    assert story.deleted == "no better"
    log.append("workspace:wide", Workspace.Restored())
    assert status(now(log)).counts.workspaces == 2


def test_the_goal_of_a_workspace_is_the_one_set_last(log: InMemoryEventLog) -> None:
    log.append("workspace:baseline", Workspace.GoalSet(goal="be small"))
    assert status(now(log)).workspaces[0].goal == "be small"
    log.append("workspace:baseline", Workspace.GoalSet(goal=""))
    assert status(now(log)).workspaces[0].goal is None


def test_invariants_stand_at_the_head_until_they_are_retired(log: InMemoryEventLog) -> None:
    log.append("project", Project.InvariantAdded(number=1, text="hands # off"))
    log.append("project", Project.InvariantAdded(number=2, text="seeds are fixed"))
    log.append("project", Project.InvariantRetired(number=1, reason="new data"))
    view = now(log)
    assert [line.text for line in status(view).invariants] == ["seeds are fixed"]
    assert "2. seeds are fixed" in state_document(view)[0]
    assert [line.retired for line in invariant_lines(view, retired=True)] == ["new data", None]
    log.append("project", Project.InvariantAdded(number=1, text="hands # off"))
    assert [line.number for line in invariant_lines(now(log))] == [1, 2]


@settings(
    max_examples=max(5, settings().max_examples // 4), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(histories(most=30))
def test_what_lists_say_is_what_the_aggregates_know(history: History) -> None:
    view = Projector(history.log).at()
    assert {row["tag"]: row["target"] for row in view.rows("SELECT * FROM tags")} == history.tags.targets
    told = {line.number: line.text for line in invariant_lines(view)}
    assert told == history.project.invariants
    for name, workspace in history.workspaces.items():
        row = view.row("SELECT goal, deleted FROM workspaces WHERE workspace = ?", name)
        assert row == ({"goal": workspace.goal, "deleted": workspace.deleted} if workspace.exists else None)
        pruned = view.rows("SELECT number, pruned FROM versions WHERE workspace = ? AND pruned IS NOT NULL", name)
        assert {row["number"]: row["pruned"] for row in pruned} == workspace.pruned
        assert view.rows("SELECT count(*) AS n FROM versions WHERE workspace = ?", name)[0]["n"] == workspace.latest
