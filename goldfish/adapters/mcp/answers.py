"""The answers of the tools, where they differ from those of the api: each can say what it left out."""

from __future__ import annotations

from pydantic import Field

from goldfish.api.answers import DiffAnswer, EventAnswer, LogAnswer, VerifyAnswer, VersionAnswer
from goldfish.domain.event import Value
from goldfish.queries.compare import Comparison
from goldfish.queries.history import History
from goldfish.queries.lineage import Lineage
from goldfish.queries.show import Story


class ProjectAnswer(Value):
    """A project. `created` is False when it was there already."""

    project: str
    goal: str | None
    path: str
    created: bool


class Saved(VersionAnswer):
    """A version that was saved."""

    left_out: list[str] = Field(default_factory=list)


class Differences(DiffAnswer):
    """What differs between two trees."""

    left_out: list[str] = Field(default_factory=list)


class Runs(History):
    """Runs, newest first. `more` is the value of `before` that asks for the next page."""

    left_out: list[str] = Field(default_factory=list)


class Inspected(Value):
    """The story of what a reference names."""

    story: Story
    left_out: list[str] = Field(default_factory=list)


class Compared(Comparison):
    """What differs, and what came of it."""

    left_out: list[str] = Field(default_factory=list)


class Traced(Lineage):
    """Where something came from, or what became of it."""

    left_out: list[str] = Field(default_factory=list)


class Logs(Value):
    """What stages printed."""

    logs: list[LogAnswer]
    left_out: list[str] = Field(default_factory=list)


class Events(Value):
    """Events of the ledger, oldest first. `as_of` is the position of the last one."""

    as_of: int
    events: list[EventAnswer]
    left_out: list[str] = Field(default_factory=list)


class Verified(VerifyAnswer):
    """What was checked, and every damage that was found."""

    left_out: list[str] = Field(default_factory=list)
