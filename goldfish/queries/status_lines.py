"""What an answer about where a project stands is made of."""

from __future__ import annotations

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.queries.avoiding import Avoid
from goldfish.queries.awaiting import Awaiting
from goldfish.queries.best import Best
from goldfish.queries.brief import NoteBrief, RunBrief, quiet
from goldfish.queries.lines import ActivityLine
from goldfish.queries.untested import Untested


class InvariantBrief(Value):
    """What nobody is to change."""

    number: int
    text: str


class Warned(Value):
    """Something that was found out to be bad. `goldfish show` tells what it spoils."""

    finding: str
    day: str
    reason: str


class Baseline(Value):
    """The run that others are compared with now, by the decision that says so."""

    run: str
    called: str | None = quiet(None)
    day: str  # since when
    note: str
    text: str
    warnings: list[str] = quiet([])


class WorkspaceLine(Value):
    """A workspace in one line. `dirty` means: its recorded files differ from its latest version.

    Where they do, `same_as` is the newest version that has them, as after a rollback; None for edits never saved.
    """

    workspace: str
    goal: str | None = quiet(None)
    slot: str | None = quiet(None)
    version: str
    dirty: bool = quiet(False)
    same_as: str | None = quiet(None)
    tags: list[str] = quiet([])  # of that version


class TagBrief(Value):
    """A name that somebody gave to a version or a run."""

    tag: str
    target: str


class SourceLine(Value):
    """The newest revision of a source."""

    ref: str
    type: str
    size: int
    changed: bool = quiet(False)  # it was found changed in place, and no run can use it


class Counts(Value):
    """How much there is. What there is none of is not written, but for runs and events."""

    events: int
    runs: int
    succeeded: int = quiet(0)
    failed: int = quiet(0)
    cancelled: int = quiet(0)
    lost: int = quiet(0)
    parked: int = quiet(0)
    under_way: int = quiet(0)
    imported: int = quiet(0)  # of the runs
    not_ended: int = quiet(0)  # of those: they had not ended, or never begun, where they were recorded
    workspaces: int = quiet(0)
    versions: int = quiet(0)
    sources: int = quiet(0)


class Status(Value):
    """Where the project stands, the most needed first. `left_out` names what found no room, and how to ask for it.

    Texts of others are cut: `show` has them whole. A run's `called` is its id where it was imported from.
    """

    as_of: int
    project: str
    goal: str | None
    counts: Counts
    since: int | None = quiet(None)
    changes: list[ActivityLine] = quiet([])  # after `since`, the newest first
    invariants: list[InvariantBrief] = Field(default_factory=list)
    findings: list[Warned] = Field(default_factory=list)
    next: list[str] = Field(default_factory=list)
    under_way: list[RunBrief] = Field(default_factory=list)
    baseline: list[Baseline] = Field(default_factory=list)
    best: list[Best] = Field(default_factory=list)
    awaiting: list[Awaiting] = Field(default_factory=list)
    untested: list[Untested] = Field(default_factory=list)
    results: list[RunBrief] = Field(default_factory=list)
    do_not_repeat: list[Avoid] = Field(default_factory=list)
    decisions: list[NoteBrief] = Field(default_factory=list)
    workspaces: list[WorkspaceLine] = Field(default_factory=list)
    thoughts: list[NoteBrief] = Field(default_factory=list)
    tags: list[TagBrief] = Field(default_factory=list)
    sources: list[SourceLine] = Field(default_factory=list)
    left_out: list[str] = Field(default_factory=list)
