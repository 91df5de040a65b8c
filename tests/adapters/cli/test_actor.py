from __future__ import annotations

import pytest

from goldfish.adapters.cli.actor import who_calls
from goldfish.api import Actor
from goldfish.errors import UnusableText


def test_a_person_is_known_by_the_name_of_the_account() -> None:
    actor = who_calls({})
    assert actor.kind == "human"
    assert actor.name


@pytest.mark.parametrize(
    ("variable", "name"),
    [("CLAUDECODE", "claude-code"), ("CODEX_SANDBOX", "codex"), ("GEMINI_CLI", "gemini-cli")],
)
def test_an_agent_is_known_by_what_it_sets_for_its_commands(variable: str, name: str) -> None:
    assert who_calls({variable: "1"}) == Actor(kind="agent", name=name)


def test_an_agent_may_name_itself() -> None:
    assert who_calls({"AI_AGENT": "devin@1"}) == Actor(kind="agent", name="devin@1")


def test_what_goldfish_actor_says_counts_before_everything() -> None:
    environment = {"GOLDFISH_ACTOR": "agent:tuner:session-7", "CLAUDECODE": "1"}
    assert who_calls(environment) == Actor(kind="agent", name="tuner", session="session-7")


def test_a_setting_of_a_person_makes_no_agent() -> None:
    assert who_calls({"CODEX_HOME": "/home/me/.codex"}).kind == "human"


@pytest.mark.parametrize("given", ["tuner", "policy:conductor", "agent:", "agent:\x00"])
def test_an_actor_that_cannot_be_is_refused(given: str) -> None:
    with pytest.raises(UnusableText):
        who_calls({"GOLDFISH_ACTOR": given})
