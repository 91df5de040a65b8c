"""What commands answer. Queries answer with their own models, in `goldfish.queries`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.event import JsonObject, Value, later
from goldfish.domain.notes import NoteKind, NoteState
from goldfish.domain.results import Proposal
from goldfish.domain.specs import Judgement, StageValue
from goldfish.domain.values import Outcome, SignalType, Skipped
from goldfish.queries.nearby import NearRun


class WorkspaceAnswer(Value):
    """A workspace after a command."""

    workspace: str
    goal: str | None
    slot: str | None
    path: str | None  # where its files are edited
    latest: str  # "baseline@v3"
    is_dirty: bool
    restored: str | None = None  # the version that a rollback put back
    kept_as: str | None = None  # the version that keeps what was there before it
    base: str | None = None  # the version that a new workspace begins with
    saved: str | None = None  # the version of its parent that was saved for it
    deleted: str | None = None  # why it was deleted
    position: int | None


class SyncAnswer(Value):
    """What a sync recorded."""

    workspace: str
    tree: str
    files: int
    skipped: list[Skipped]
    changed: bool
    latest: str
    is_dirty: bool


class VersionAnswer(Value):
    """A version that was saved."""

    workspace: str
    version: str
    tree: str
    message: str
    skipped: list[Skipped]
    position: int


class FileDiff(Value):
    """One file that differs. `patch` is empty for binary and large files."""

    path: str
    change: Literal["added", "removed", "modified"]
    added: int
    removed: int
    patch: str


class DiffAnswer(Value):
    """What differs between two trees."""

    left: str
    right: str
    files: list[FileDiff]


class ThoughtAnswer(Value):
    """A thought, a hypothesis or a decision, as it stands in the ledger after a command."""

    note: str | None  # "decision-3"; None for a thought from before thoughts had ids
    kind: NoteKind
    state: NoteState
    text: str
    workspace: str | None
    about: list[str]
    because: list[str] = Field(default_factory=list)
    instead_of: list[str] = Field(default_factory=list)
    evidence: list[str] = Field(default_factory=list)
    superseded: list[str] = Field(default_factory=list)  # earlier decisions that this command ended
    position: int | None


class SourceAnswer(Value):
    """A source and its newest revision."""

    source: str  # "digits@r1"
    type: SignalType
    digest: str
    size: int
    is_new: bool = True  # whether this command made the revision
    came_from: str = ""
    origin: str | None = None  # the output or revision whose bytes these are
    location: str | None = None  # where the bytes are, when they were not copied
    text: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    retired: str | None = None
    described: dict[str, JsonValue] = Field(default_factory=dict)


class ProbeAnswer(Value):
    """What would be recorded of some data."""

    type: SignalType
    digest: str
    size: int
    came_from: str
    described: dict[str, JsonValue]


class SourceCheck(Value):
    """A revision beside its bytes. `files` says what is not as it was registered."""

    source: str
    location: str | None
    sound: bool
    files: list[str]


class TakenOut(Value):
    """A copy that was made, outside the project."""

    ref: str
    path: str
    type: SignalType
    digest: str
    size: int


class TriedMetric(Value):
    """What a metric of an earlier run came to."""

    stage: str
    metric: str
    last: float | None
    min: float | None
    max: float | None


class Tried(Value):
    """An earlier run of exactly this: same code, settings, inputs, environment and seed.

    Of its metrics those it is judged by come first, and at most twenty are told; `left_out` counts the others.
    """

    run: str
    outcome: Outcome | None  # None while it is under way
    cause: str | None
    verdict: Judgement | None = None
    metrics: list[TriedMetric] = Field(default_factory=list)
    left_out: int = 0
    requested_at: datetime | None = None
    actor: str | None = None
    reason: str | None = None
    stages: dict[str, str] = Field(default_factory=dict)  # stage → the execution that did its work, in several runs
    differs: list[str] = Field(default_factory=list)


class RunAnswer(Value):
    """A run that was requested, or the earlier one that makes it needless (`started` is False then)."""

    run: str
    started: bool
    version: str
    stages: list[str]
    fingerprint: str
    tried: Tried | None = None
    near: list[NearRun] = Field(default_factory=list)  # earlier runs that were nearly this, most alike first
    position: int | None = None


StageState = Literal["waiting", "launching", "running", "collecting", "ended", "never started"]


class StageProgress(Value):
    """Where one stage of a run is."""

    stage: str
    state: StageState
    outcome: Outcome | None
    cause: str | None
    seconds: float | None
    reused: str | None = None  # the earlier execution whose outputs it took over


class RunProgress(Value):
    """Where a run is."""

    run: str
    state: Literal["open", "finished", "parked"]
    outcome: Outcome | None
    cause: str | None
    stages: list[StageProgress]
    awaits_verdict: bool = later(False)  # it ended, has results to be judged by, and nobody has judged it


class VerdictAnswer(Value):
    """What was said of a run, and what speaks against it."""

    run: str
    outcome: Outcome  # how it ended as a program
    verdict: Judgement  # what it achieved
    number: int  # 1 for the first judgement, 2, 3 … for amendments
    values: list[StageValue]
    proposal: Proposal
    comment: str | None
    learned: str | None
    next_steps: list[str]
    reason: str | None
    contradictions: list[str]  # what the numbers, or its end, say against the verdict
    other_values: list[str]  # confirmed numbers that are not the ones that the specs pick
    position: int


class CancelAnswer(Value):
    """A run whose end was asked for."""

    run: str
    reason: str


class LogAnswer(Value):
    """What a stage printed: the last `lines`, and the bytes that were written in all."""

    execution: str
    text: str
    bytes: int
    truncated: bool


class LogPart(Value):
    """What a stage printed from a byte on. The next part begins at `next`; `ended`: nothing more will come."""

    execution: str
    text: str
    next: int
    ended: bool


class EventAnswer(Value):
    """One event of the log."""

    position: int
    stream: str
    version: int
    name: str
    at: str
    actor: str
    command_id: str | None
    because_of: int | None
    data: JsonObject


class DamageAnswer(Value):
    """Something that is not as it was recorded. Position 0 means the ledger as a whole."""

    position: int
    what: str
    why: str


class VerifyAnswer(Value):
    """What was checked, and every damage that was found."""

    sound: bool
    events: int
    head: str | None  # hash of the last event: keep it somewhere else to prove later that nothing was rewritten
    trees: int
    artifacts: int
    elsewhere: int = 0  # sources in place, whose bytes are not in the project: `goldfish source check`
    damages: list[DamageAnswer]


class ReadModelCheck(Value):
    """One table, compared with what the log alone gives."""

    name: str
    rows: int
    differences: int  # rows that only one of the two has
    first: str | None  # the stream of the first of them


class ReadModelsCheck(Value):
    """Whether every read model is what the log says. A base file that could not be read was thrown away."""

    as_of: int
    same: bool
    tables: list[ReadModelCheck]
    unreadable: str | None = None
