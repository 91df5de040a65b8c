"""Load → decide → append. The append is the only commit; a command id takes effect once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol, Self, TypeVar

from goldfish.domain.canonical import digest_of
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.findings import Finding
from goldfish.domain.names import CommandId, Stream, execution_id, slot_stream, source_stream, workspace_stream
from goldfish.domain.notes import Note, NoteKind
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.slots import Slot
from goldfish.domain.sources import Source
from goldfish.domain.tags import Tags
from goldfish.domain.workspaces import Workspace
from goldfish.errors import Busy, CommandIdReused, Refusal
from goldfish.ledger.envelope import Actor, Envelope
from goldfish.ledger.journal import CommandKnown, Journal, StreamMoved
from goldfish.ports import Clock

TRIES = 5


class Aggregate(Protocol):
    """State folded from the events of one stream."""

    @property
    def stream(self) -> Stream: ...
    @property
    def version(self) -> int: ...
    def apply(self, event: Event) -> Self: ...


A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did: its events with their positions. `repeated`: the command had taken effect before."""

    events: list[Envelope]
    repeated: bool = False

    def first(self, kind: type[E]) -> E | None:
        """The first event of a kind."""
        return next((e.event for e in self.events if isinstance(e.event, kind)), None)


E = TypeVar("E", bound=Event)


class Session:
    """One attempt to decide a command: what it loads is guarded, what it records is appended together."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loaded: dict[Stream, int] = {}
        self._states: dict[Stream, Aggregate] = {}
        self._recorded: list[tuple[Stream, int, Event]] = []
        self.newest = 0  # the position of the newest fact that was looked at

    def load(self, empty: A) -> A:
        """An aggregate as it is now, with what this command has recorded on it.

        If it has moved by the time of the append, the command is decided again.
        """
        known = self._states.get(empty.stream)
        if isinstance(known, type(empty)):
            return known
        state = empty
        for envelope in self._journal.load(empty.stream):
            state = state.apply(envelope.event)
            self.newest = max(self.newest, envelope.position)
        self._loaded[empty.stream] = state.version
        self._states[empty.stream] = state
        return state

    def record(self, state: A, events: Sequence[Event]) -> A:
        """Add decided facts to the command, and return the aggregate after them."""
        for event in events:
            self._recorded.append((state.stream, state.version + 1, event))
            state = state.apply(event)
        self._states[state.stream] = state
        return state

    def project(self) -> Project:
        """The project."""
        return self.load(Project())

    def workspace(self, name: str) -> Workspace:
        """A workspace, existing or not."""
        return self.load(Workspace(workspace_stream(name)))

    def slot(self, name: str) -> Slot:
        """A slot, used before or not."""
        return self.load(Slot(slot_stream(name)))

    def tags(self) -> Tags:
        """All tags."""
        return self.load(Tags())

    def source(self, name: str) -> Source:
        """A source, registered or not."""
        return self.load(Source(source_stream(name)))

    def run(self, run: str) -> Run:
        """A run, requested or not."""
        return self.load(Run(Stream(run)))

    def note(self, note: str) -> Note:
        """A thought, a hypothesis or a decision, logged or not."""
        return self.load(Note(Stream(note)))

    def new_note(self, kind: NoteKind, known: int) -> Note:
        """The note of a kind with the next number after a known one: others may be taking numbers meanwhile."""
        for number in count(known + 1):
            name = f"{kind}-{number}"
            if not self._journal.load(Stream(name)) and not (note := self.note(name)).version:
                return note
        raise AssertionError("there is always a next number")

    def finding(self, finding: str) -> Finding:
        """A finding, recorded or not."""
        return self.load(Finding(Stream(finding)))

    def new_finding(self, known: int) -> Finding:
        """The finding with the next number after a known one: others may be taking numbers meanwhile."""
        for number in count(known + 1):
            name = f"finding-{number}"
            if not self._journal.load(Stream(name)) and not (finding := self.finding(name)).version:
                return finding
        raise AssertionError("there is always a next number")

    def execution(self, execution: str) -> Execution:
        """A stage execution, begun or not."""
        return self.load(Execution(Stream(execution)))

    def executions_of(self, run: Run) -> dict[str, Execution]:
        """The executions of a run in plan order, begun or not."""
        return {stage.name: self.execution(execution_id(run.stream, stage.name)) for stage in run.plan.stages}

    def new_run(self) -> Run:
        """The run with the next number. Others may be taking numbers: the newest known one is only where to begin."""
        for number in count(self._journal.newest_run() + 1):
            name = f"run-{number}"
            if not self._journal.load(Stream(name)) and not (run := self.run(name)).version:
                return run
        raise AssertionError("there is always a next number")

    def decided(self) -> tuple[list[tuple[Stream, int, Event]], dict[Stream, int]]:
        """The facts to append, and the streams that were only looked at."""
        touched = {stream for stream, _, _ in self._recorded}
        return self._recorded, {s: v for s, v in self._loaded.items() if s not in touched}


class Application:
    """Carries out commands against a journal."""

    def __init__(self, journal: Journal, clock: Clock, actor: Actor) -> None:
        self.journal = journal
        self.clock = clock
        self.actor = actor

    def execute(
        self,
        decide: Callable[[Session], object],
        *,
        request: object,
        command_id: CommandId | None = None,
        because_of: int | None = None,
        actor: Actor | None = None,
    ) -> Receipt:
        """Decide and append, at most `TRIES` times when others are faster.

        `request` is the JSON value of what was asked: the same id with another request is refused. What a policy
        decides happens `because_of` the newest fact it looked at, unless it names another. Raises whatever
        `decide` refuses, `CommandIdReused`, `Busy`, and the ledger's errors.
        """
        body = digest_of(request)
        if command_id is not None and (known := self.journal.command(command_id)):
            return self._again(command_id, body, known)
        try:
            receipt = self._decide_and_append(decide, command_id, body, because_of, actor or self.actor)
        except (Refusal, Busy):  # perhaps the same command, sent twice at once, was faster and is the reason
            if command_id is None or not (known := self.journal.command(command_id)):
                raise
            return self._again(command_id, body, known)
        if not receipt.events and command_id is not None:
            return self._again(command_id, body, self.journal.command(command_id))
        return receipt

    def _decide_and_append(
        self,
        decide: Callable[[Session], object],
        command_id: CommandId | None,
        body: str,
        because_of: int | None,
        actor: Actor,
    ) -> Receipt:
        moved = ""
        for _ in range(TRIES):
            session = Session(self.journal)
            decide(session)
            facts, unchanged = session.decided()
            if not facts:
                return Receipt([])
            cause = session.newest if because_of is None and actor.kind == "policy" else because_of
            try:
                return self._append(facts, unchanged, command_id, body, cause, actor)
            except StreamMoved as moving:
                moved = moving.stream
        raise Busy(stream=moved, tries=TRIES)

    def _append(
        self,
        facts: list[tuple[Stream, int, Event]],
        unchanged: dict[Stream, int],
        command_id: CommandId | None,
        body: str,
        because_of: int | None,
        actor: Actor,
    ) -> Receipt:
        identity = command_id or CommandId(self.clock.new_id())
        at = self.clock.now()
        events = [
            Envelope(stream, version, event, at, actor, identity, body, because_of) for stream, version, event in facts
        ]
        try:
            positions = self.journal.append(events, unchanged)
        except CommandKnown:
            return self._again(identity, body, self.journal.command(identity))
        return Receipt([_placed(e, p) for e, p in zip(events, positions, strict=True)])

    def _again(self, command_id: CommandId, body: str, known: list[Envelope]) -> Receipt:
        if any(event.body != body for event in known):
            raise CommandIdReused(command_id=command_id)
        return Receipt(known, repeated=bool(known))


def _placed(e: Envelope, position: int) -> Envelope:
    return Envelope(e.stream, e.version, e.event, e.at, e.actor, e.command_id, e.body, e.because_of, position)
