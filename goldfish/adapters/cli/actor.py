"""Who calls: what GOLDFISH_ACTOR says, else an agent known by its environment, else the person logged in."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from typing import Final

from goldfish.api import Actor
from goldfish.domain.names import plain_text
from goldfish.errors import UnusableText

# Set by agents for the commands they run. Variables that people set for themselves, like CODEX_HOME, prove nothing.
AGENTS: Final[Mapping[str, str]] = {
    "CLAUDECODE": "claude-code",
    "CODEX_SANDBOX": "codex",
    "CODEX_SANDBOX_NETWORK_DISABLED": "codex",
    "CODEX_THREAD_ID": "codex",
    "GEMINI_CLI": "gemini-cli",
    "CURSOR_AGENT": "cursor-agent",
    "OPENCODE": "opencode",
}
NAMED_BY: Final = "AI_AGENT"  # holds the agent's name


def who_calls(environment: Mapping[str, str]) -> Actor:
    """The actor of every event that this call records. Raises `UnusableText` for a GOLDFISH_ACTOR it cannot read."""
    given = environment.get("GOLDFISH_ACTOR")
    if given:
        return _parse(given)
    agent = next((name for variable, name in AGENTS.items() if environment.get(variable)), environment.get(NAMED_BY))
    return Actor(kind="agent", name=plain_text(agent, NAMED_BY, 100)) if agent else Actor(kind="human", name=_user())


def _parse(given: str) -> Actor:
    kind, _, rest = plain_text(given, "GOLDFISH_ACTOR", 300).partition(":")
    name, _, session = rest.partition(":")
    if not name:
        raise UnusableText(
            what="GOLDFISH_ACTOR", why="it is not of the form agent:NAME, agent:NAME:SESSION or human:NAME"
        )
    if kind == "agent":
        return Actor(kind="agent", name=name, session=session or None)
    if kind == "human":
        return Actor(kind="human", name=name, session=session or None)
    raise UnusableText(what="GOLDFISH_ACTOR", why=f"{kind!r} is neither agent nor human")


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid-{os.getuid()}"
