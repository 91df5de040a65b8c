"""The answers of the tools, where they differ from those of the api: each can say what it left out."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from goldfish.api.answers import (
    DiffAnswer,
    EventAnswer,
    LogAnswer,
    ProbeAnswer,
    SourceAnswer,
    SourceCheck,
    TakenOut,
    ThoughtAnswer,
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
from goldfish.queries.affected import AffectedLine
from goldfish.queries.claims import ClaimStanding
from goldfish.queries.compare import Comparison
from goldfish.queries.findings import FindingLine
from goldfish.queries.groups import GroupLine
from goldfish.queries.invariants import InvariantLine
from goldfish.queries.lineage import Direction, Edge, Node, TreeLine
from goldfish.queries.lines import RunLine
from goldfish.queries.nearby import NearRun
from goldfish.queries.results import Results
from goldfish.queries.show import Story
from goldfish.queries.similarity.answer import Candidate
from goldfish.queries.sources import Sources
from goldfish.queries.tags import TagLine
from goldfish.queries.warnings import Caution


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


class Runs(Value):
    """Runs, or groups of runs, newest first. `more` is the value of `before` that asks for the next page."""

    as_of: int
    runs: list[RunLine] | None = None
    groups: list[GroupLine] | None = None
    matching: int
    more: int | None
    left_out: list[str] = Field(default_factory=list)


class Inspected(Value):
    """The story of what a reference names."""

    story: Story
    left_out: list[str] = Field(default_factory=list)


class Hit(Value):
    """Something that was found. `field` says what the text of the `snippet` is: reason, hypothesis, error, verdict …"""

    id: str | None
    kind: str
    title: str
    called: str | None
    when: datetime
    actor: str | None
    state: str | None
    verdict: str | None
    value: float | None
    field: str | None
    snippet: str | None
    position: int
    warnings: list[Caution]


class Near(Value):
    """The earlier experiments most like an idea. `flagged`: it was probably tried; the first reaches `threshold`."""

    flagged: bool
    threshold: float
    candidates: list[Candidate]
    compared: int


class Sought(Value):
    """What was found, and what is near to the idea. `more` is the value of `before` that asks for the next page."""

    as_of: int
    near: Near | None = None
    asked: str | None = None
    results: list[Hit] | None = None
    matching: int | None = None
    at_least: bool | None = None
    more: int | None = None
    hints: list[str] = Field(default_factory=list)
    left_out: list[str] = Field(default_factory=list)


class SpoiltLine(AffectedLine):
    """One thing that is affected; `position` is its place in the whole list."""

    position: int


class Spoilt(Value):
    """What depends on something bad, or the findings. `more` is the value of `after` that asks for the next page."""

    as_of: int
    finding: str | None = None
    reason: str | None = None
    understood: list[str] = Field(default_factory=list)
    not_understood: list[str] = Field(default_factory=list)
    counts: dict[str, int] = Field(default_factory=dict)
    lines: list[SpoiltLine] | None = None
    unsure: list[str] = Field(default_factory=list)
    withdrawn: FindingLine | None = None
    findings: list[FindingLine] | None = None
    matching: int | None = None
    more: int | None = None
    left_out: list[str] = Field(default_factory=list)


class Kept(ThoughtAnswer):
    """A note as it stands in the ledger; of a claim, whether its numbers show more than noise."""

    standing: ClaimStanding | None = None
    left_out: list[str] = Field(default_factory=list)


class Rows(Value):
    """The answer to a query. `more`: there are more rows than the limit."""

    as_of: int
    columns: list[str]
    rows: list[dict[str, JsonValue]]
    more: bool
    missing: list[str]
    left_out: list[str] = Field(default_factory=list)


class Achieved(Results):
    """What runs achieved, newest run first. `more` is the value of `before` that asks for the next page."""

    left_out: list[str] = Field(default_factory=list)


class Compared(Comparison):
    """What differs, and what came of it."""

    left_out: list[str] = Field(default_factory=list)


class Traced(Value):
    """Where something came from, or what became of it; a `graph` has everything in one text."""

    as_of: int
    ref: str
    direction: Direction
    nodes: list[Node] | None = None
    edges: list[Edge] | None = None
    tree: list[TreeLine] | None = None
    graph: str | None = None
    cut: bool
    limit: str | None
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
    """Events of the ledger, oldest first: `as_of` is the position of the last one. Or what was checked, and found."""

    as_of: int | None = None
    events: list[EventAnswer] | None = None
    verified: VerifyAnswer | None = None
    left_out: list[str] = Field(default_factory=list)
