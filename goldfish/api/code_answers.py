"""What commands around versions, tags, goals and undo answer."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from goldfish.domain.event import Value


class Stays(Value):
    """A version that was asked for and stays, and why."""

    version: str
    why: str


class PruneAnswer(Value):
    """The versions that were pruned, and those of the range that stay."""

    workspace: str
    pruned: list[str]
    stays: list[Stays] = Field(default_factory=list)
    position: int | None


class RestoreAnswer(Value):
    """What was restored: versions, or the workspace itself."""

    workspace: str
    versions: list[str]
    undeleted: bool
    position: int | None


class TagAnswer(Value):
    """A tag after a command; `target` is None when it was removed. `position` is None when nothing changed."""

    tag: str
    target: str | None
    was: str | None
    position: int | None


class GoalAnswer(Value):
    """The goal of a workspace, or of the project."""

    workspace: str | None
    goal: str | None
    position: int | None


class InvariantAnswer(Value):
    """An invariant that was added or retired. `position` is None when nothing changed."""

    number: int
    text: str
    retired: str | None = None
    position: int | None


class UndoLine(Value):
    """Something that can be undone: what was done, and how it would be afterwards."""

    position: int
    recorded_at: datetime
    actor: str
    before: list[str]
    after: list[str]


class UndoAnswer(Value):
    """What was undone: the event's position, what it had done, and how it is now."""

    undone: int
    before: list[str]
    after: list[str]
    kept_as: list[str] = Field(default_factory=list)  # the versions that keep edits made since
    position: int
