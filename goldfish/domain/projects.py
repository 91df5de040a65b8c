"""The project: a goal and a place where everything else happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import PROJECT, Stream
from goldfish.domain.project_settings import ProjectSettings, changed
from goldfish.errors import ProjectExists, UnknownInvariant


@dataclass(frozen=True, slots=True)
class Project:
    """One research project. It is founded once."""

    class Founded(Event):
        """Somebody founded the project here."""

        NAME: ClassVar[str] = "project.founded"
        name: str
        goal: str | None = None

    class GoalSet(Event):
        """The goal is from now on this; empty: none."""

        NAME: ClassVar[str] = "project.goal-set"
        goal: str

    class Configured(Event):
        """Its settings are from now on these."""

        NAME: ClassVar[str] = "project.configured"
        settings: ProjectSettings

    class ThoughtLogged(Event):
        """Somebody thought this, about the project or about what `about` names. Since notes have ids: note.logged."""

        NAME: ClassVar[str] = "project.thought-logged"
        text: str
        about: str | None = None

    class InvariantAdded(Event):
        """From now on nobody is to change this. Its number is never given to another one."""

        NAME: ClassVar[str] = "project.invariant-added"
        number: int
        text: str

    class InvariantRetired(Event):
        """This may be changed from now on."""

        NAME: ClassVar[str] = "project.invariant-retired"
        number: int
        reason: str

    stream: Stream = PROJECT
    version: int = 0
    name: str | None = None
    goal: str | None = None
    invariants: dict[int, str] = field(default_factory=dict)  # number → text, those in force
    numbered: int = 0  # the highest number that an invariant ever had
    settings: ProjectSettings = field(default_factory=ProjectSettings)

    def apply(self, event: Event) -> Project:
        """The project after this fact."""
        match event:
            case Project.Founded():
                return after(self, name=event.name, goal=event.goal or None)
            case Project.GoalSet():
                return after(self, goal=event.goal or None)
            case Project.Configured():
                return after(self, settings=event.settings)
            case Project.InvariantAdded():
                told = {**self.invariants, event.number: event.text}
                return after(self, invariants=told, numbered=max(self.numbered, event.number))
            case Project.InvariantRetired():
                return after(self, invariants={n: text for n, text in self.invariants.items() if n != event.number})
            case _:
                return after(self)

    def found(self, name: str, goal: str | None, path: str) -> list[Event]:
        """Found the project, once."""
        if self.version:
            raise ProjectExists(path=path)
        return [Project.Founded(name=name, goal=goal)]

    def set_goal(self, goal: str) -> list[Event]:
        """Change the goal; setting the same goal again changes nothing."""
        return [] if goal == (self.goal or "") else [Project.GoalSet(goal=goal)]

    def configure(self, given: Mapping[str, JsonValue]) -> list[Event]:
        """Change some settings; what is so already changes nothing."""
        settings = changed(self.settings, given)
        return [] if settings == self.settings else [Project.Configured(settings=settings)]

    def add_invariant(self, text: str) -> list[Event]:
        """Say what nobody is to change; what is said already is not said twice."""
        return [] if text in self.invariants.values() else [Project.InvariantAdded(number=self.numbered + 1, text=text)]

    def retire_invariant(self, number: int, reason: str) -> list[Event]:
        """Let it be changed again."""
        if number not in self.invariants:
            raise UnknownInvariant(given=number)
        return [Project.InvariantRetired(number=number, reason=reason)]
