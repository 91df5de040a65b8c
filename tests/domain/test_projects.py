"""Projects are founded once, and have a goal."""

from __future__ import annotations

from goldfish.domain.projects import Project
from goldfish.errors import ProjectExists
from tests.given import given

FOUNDED = Project.Founded(name="digits", goal="read digits")


def test_a_project_is_founded() -> None:
    state = given(Project).when(lambda p: p.found("digits", "read digits", "/tmp/p")).then(FOUNDED)
    assert (state.name, state.goal) == ("digits", "read digits")


def test_a_project_cannot_be_founded_twice() -> None:
    refusal = given(Project, FOUNDED).when(lambda p: p.found("other", None, "/tmp/p")).refused(ProjectExists)
    assert "/tmp/p" in refusal.message


def test_a_new_goal_replaces_the_old_one() -> None:
    goal = Project.GoalSet(goal="read letters")
    assert given(Project, FOUNDED).when(lambda p: p.set_goal("read letters")).then(goal).goal == "read letters"


def test_the_same_goal_again_is_no_fact() -> None:
    given(Project, FOUNDED).when(lambda p: p.set_goal("read digits")).then()
