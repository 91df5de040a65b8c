"""The answers of the tools, where they differ from those of the api: each can say what it left out."""

from __future__ import annotations

from pydantic import Field

from goldfish.api.answers import (
    DiffAnswer,
    EventAnswer,
    LogAnswer,
    ProbeAnswer,
    SourceAnswer,
    SourceCheck,
    TakenOut,
    Tried,
    VerdictAnswer,
    VerifyAnswer,
    VersionAnswer,
    WorkspaceAnswer,
)
from goldfish.api.code_answers import (
    GoalAnswer,
    InvariantAnswer,
    PruneAnswer,
    RestoreAnswer,
    TagAnswer,
    UndoAnswer,
    UndoLine,
)
from goldfish.api.contract_answers import AdoptedAnswer, CheckAnswer, ContractsAnswer, PipelineAnswer
from goldfish.api.plans import PlanAnswer
from goldfish.domain.event import Value
from goldfish.domain.project_settings import ProjectSettings
from goldfish.domain.results import Proposal
from goldfish.queries.compare import Comparison
from goldfish.queries.history import History
from goldfish.queries.invariants import InvariantLine
from goldfish.queries.lineage import Lineage
from goldfish.queries.nearby import NearRun
from goldfish.queries.results import Results
from goldfish.queries.show import Story
from goldfish.queries.sources import Sources
from goldfish.queries.tags import TagLine
from goldfish.queries.thoughts import Thoughts


class Created(Value):
    """A project. `created` is False when it was there already."""

    project: str
    goal: str | None
    path: str
    created: bool


class ProjectAnswer(Value):
    """The part that belongs to the action."""

    created: Created | None = None
    goal: GoalAnswer | None = None
    invariant: InvariantAnswer | None = None
    settings: ProjectSettings | None = None
    invariants: list[InvariantLine] | None = None
    left_out: list[str] = Field(default_factory=list)


class VersionsAnswer(Value):
    """The part that belongs to the action."""

    workspace: WorkspaceAnswer | None = None
    tag: TagAnswer | None = None
    pruned: PruneAnswer | None = None
    restored: RestoreAnswer | None = None
    undone: UndoAnswer | None = None
    undoable: list[UndoLine] | None = None
    tags: list[TagLine] | None = None
    left_out: list[str] = Field(default_factory=list)


class SourcesAnswer(Value):
    """The part that belongs to the action."""

    source: SourceAnswer | None = None
    sources: Sources | None = None
    found: ProbeAnswer | None = None
    checks: list[SourceCheck] | None = None
    copied: TakenOut | None = None
    left_out: list[str] = Field(default_factory=list)


class Pipelines(Value):
    """The part that belongs to the action."""

    checked: CheckAnswer | None = None
    pipeline: PipelineAnswer | None = None
    contracts: ContractsAnswer | None = None
    adopted: AdoptedAnswer | None = None
    left_out: list[str] = Field(default_factory=list)


class Requested(Value):
    """A run that was requested, or the earlier one that makes it needless (`started` is False then), or a `plan`."""

    run: str | None
    started: bool
    version: str
    stages: list[str]
    fingerprint: str
    tried: Tried | None = None
    near: list[NearRun] = Field(default_factory=list)
    position: int | None = None
    plan: PlanAnswer | None = None
    left_out: list[str] = Field(default_factory=list)


class Finalized(Value):
    """What would be said of a run, or what was said."""

    proposal: Proposal | None = None
    judgement: VerdictAnswer | None = None
    left_out: list[str] = Field(default_factory=list)


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


class Noted(Thoughts):
    """Thoughts, hypotheses and decisions. `more` is the value of `before` that asks for the next page."""

    left_out: list[str] = Field(default_factory=list)


class Achieved(Results):
    """What runs achieved, newest run first. `more` is the value of `before` that asks for the next page."""

    left_out: list[str] = Field(default_factory=list)


class Compared(Comparison):
    """What differs, and what came of it."""

    left_out: list[str] = Field(default_factory=list)


class Traced(Lineage):
    """Where something came from, or what became of it."""

    left_out: list[str] = Field(default_factory=list)


class PartOfLog(Value):
    """What a stage printed from byte `since` on. `next` is the `since` that asks for what follows."""

    execution: str
    text: str
    next: int
    ended: bool


class Logs(Value):
    """What stages printed: the last lines, or a part."""

    logs: list[LogAnswer] | None = None
    part: PartOfLog | None = None
    left_out: list[str] = Field(default_factory=list)


class Events(Value):
    """Events of the ledger, oldest first. `as_of` is the position of the last one."""

    as_of: int
    events: list[EventAnswer]
    left_out: list[str] = Field(default_factory=list)


class Verified(VerifyAnswer):
    """What was checked, and every damage that was found."""

    left_out: list[str] = Field(default_factory=list)
