"""Notes: what people and agents think, suppose and decide, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from goldfish.domain.event import Event, Value, later
from goldfish.domain.folding import after
from goldfish.domain.imported import System
from goldfish.domain.names import Stream
from goldfish.errors import NoteExists, UnknownNote, WrongKindOfNote

NoteKind = Literal["thought", "hypothesis", "decision", "claim"]
Resolution = Literal["supported", "refuted", "abandoned"]
NoteState = Literal["kept", "open", "supported", "refuted", "abandoned", "standing", "superseded", "withdrawn"]

BEGINS: dict[NoteKind, NoteState] = {
    "thought": "kept",
    "hypothesis": "open",
    "decision": "standing",
    "claim": "standing",
}


class Measured(Value):
    """What a claim compares: a metric, and the number it is held against where that is no run of ours."""

    metric: str | None = None
    value: float | None = None  # the mean of what it is held against …
    deviation: float | None = None  # … its standard deviation over seeds …
    among: int | None = None  # … and how many seeds that were


class ForeignNote(Value):
    """A claim or a decision as it was recorded elsewhere; its references are ids there."""

    system: System
    id: str
    kind: NoteKind
    text: str
    happened: AwareDatetime
    about: list[str] = Field(default_factory=list)
    because: list[str] = Field(default_factory=list)
    instead_of: list[str] = Field(default_factory=list)
    measured: Measured | None = None
    chosen_as: Literal["baseline"] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A thought, a hypothesis, a claim or a decision, under an id that can be said: thought-7, claim-2, decision-3."""

    class Logged(Event):
        """Somebody wrote this down."""

        NAME: ClassVar[str] = "note.logged"
        kind: NoteKind
        text: str
        workspace: str | None = None
        about: list[str] = Field(default_factory=list)
        because: list[str] = Field(default_factory=list)  # what a decision rests on, the runs that a claim is about …
        instead_of: list[str] = Field(default_factory=list)  # … what was not chosen, the runs it compares them with
        measured: Measured | None = later(None)  # what a claim compares
        system: System | None = later(None)  # where it was recorded first, …
        called: str | None = later(None)  # … its id there, …
        happened: AwareDatetime | None = later(None)  # … and when that was
        chosen_as: Literal["baseline"] | None = later(None)  # what a decision makes of the run that it is about

    class Amended(Event):
        """Its words are from now on these; the earlier ones stay in the log."""

        NAME: ClassVar[str] = "note.amended"
        text: str
        about: list[str] | None = None  # None: as before

    class Resolved(Event):
        """The hypothesis was found to be right or wrong, or nobody pursues it any more."""

        NAME: ClassVar[str] = "note.resolved"
        resolution: Resolution
        text: str | None
        evidence: list[str]

    class Superseded(Event):
        """A later decision stands in its place."""

        NAME: ClassVar[str] = "note.superseded"
        by: str
        happened: AwareDatetime | None = later(None)  # when, where that was elsewhere

    class Withdrawn(Event):
        """It holds no more."""

        NAME: ClassVar[str] = "note.withdrawn"
        reason: str

    stream: Stream
    version: int = 0
    logged: Note.Logged | None = None
    text: str = ""
    about: tuple[str, ...] = ()
    state: NoteState = "kept"
    resolved: Note.Resolved | None = None

    def apply(self, event: Event) -> Note:
        """The note after this fact."""
        match event:
            case Note.Logged():
                about = tuple(event.about)
                return after(self, logged=event, text=event.text, about=about, state=BEGINS[event.kind])
            case Note.Amended():
                about = self.about if event.about is None else tuple(event.about)
                return after(self, text=event.text, about=about)
            case Note.Resolved():
                return after(self, state=event.resolution, resolved=event)
            case Note.Superseded():
                return after(self, state="superseded")
            case Note.Withdrawn():
                return after(self, state="withdrawn")
            case _:
                return after(self)

    @property
    def first(self) -> Note.Logged:
        """What was written down first, or the refusal when nothing was."""
        if self.logged is None:
            raise UnknownNote(given=self.stream)
        return self.logged

    def log(self, logged: Note.Logged) -> list[Event]:
        """Write it down. An id that is taken is taken for ever."""
        if self.version:
            raise NoteExists(note=self.stream)
        return [logged]

    def amend(self, text: str, about: list[str] | None) -> list[Event]:
        """Say it in other words, or about something else; nothing when that is what it says."""
        if self.logged is None:
            raise UnknownNote(given=self.stream)
        same = text == self.text and (about is None or tuple(about) == self.about)
        return [] if same else [Note.Amended(text=text, about=about)]

    def resolve(self, resolution: Resolution, text: str | None, evidence: list[str]) -> list[Event]:
        """Say what became of a hypothesis. Later evidence may change it; the same again is no fact."""
        if self.first.kind != "hypothesis":
            raise WrongKindOfNote(note=self.stream, kind=self.first.kind, needed="a hypothesis")
        resolved = Note.Resolved(resolution=resolution, text=text, evidence=evidence)
        return [] if resolved == self.resolved else [resolved]

    def supersede(self, by: str, happened: datetime | None = None) -> list[Event]:
        """Let a later decision stand in the place of this one, if it still stands."""
        rests = self.first.kind in ("decision", "claim")
        return [Note.Superseded(by=by, happened=happened)] if rests and self.state == "standing" else []

    def withdraw(self, reason: str) -> list[Event]:
        """Take back a thought or a decision; a hypothesis is resolved. Taking it back twice changes nothing."""
        if self.first.kind == "hypothesis":
            raise WrongKindOfNote(note=self.stream, kind="hypothesis", needed="a thought or a decision")
        return [] if self.state == "withdrawn" else [Note.Withdrawn(reason=reason)]
