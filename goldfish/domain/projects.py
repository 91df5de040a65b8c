"""The project: a goal and a place where everything else happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import PROJECT, Stream
from goldfish.errors import ProjectExists


@dataclass(frozen=True, slots=True)
class Project:
    """One research project. It is founded once."""

    class Founded(Event):
        """Somebody founded the project here."""

        NAME: ClassVar[str] = "project.founded"
        name: str
        goal: str | None = None

    class GoalSet(Event):
        """The goal is from now on this."""

        NAME: ClassVar[str] = "project.goal-set"
        goal: str

    class ThoughtLogged(Event):
        """Somebody thought this, about the project or about what `about` names."""

        NAME: ClassVar[str] = "project.thought-logged"
        text: str
        about: str | None = None

    stream: Stream = PROJECT
    version: int = 0
    name: str | None = None
    goal: str | None = None

    def apply(self, event: Event) -> Project:
        """The project after this fact."""
        match event:
            case Project.Founded():
                return after(self, name=event.name, goal=event.goal)
            case Project.GoalSet():
                return after(self, goal=event.goal)
            case _:
                return after(self)

    def found(self, name: str, goal: str | None, path: str) -> list[Event]:
        """Found the project, once."""
        if self.version:
            raise ProjectExists(path=path)
        return [Project.Founded(name=name, goal=goal)]

    def set_goal(self, goal: str) -> list[Event]:
        """Change the goal; setting the same goal again changes nothing."""
        return [] if goal == self.goal else [Project.GoalSet(goal=goal)]

    def log_thought(self, text: str, about: str | None) -> list[Event]:
        """Keep a thought."""
        return [Project.ThoughtLogged(text=text, about=about)]
