"""Tags: names that people and agents give to versions and runs. One space of names for both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import Stream, nearest, safe_name
from goldfish.errors import TagExists, UnknownTag, UnsafeName

TAGS = Stream("tags")

_NUMBER = re.compile(r"v?[0-9]+")


class Tag:
    """A name that points to one version or one run."""

    class Set(Event):
        """This name points to this version or run from now on."""

        NAME: ClassVar[str] = "tag.set"
        name: str
        target: str  # "baseline@v3" or "run-12"

    class Moved(Event):
        """This name points elsewhere from now on."""

        NAME: ClassVar[str] = "tag.moved"
        name: str
        target: str
        was: str

    class Removed(Event):
        """This name points to nothing any more."""

        NAME: ClassVar[str] = "tag.removed"
        name: str
        was: str


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags of the project."""

    stream: Stream = TAGS
    version: int = 0
    targets: dict[str, str] = field(default_factory=dict)  # name → "baseline@v3" or "run-12"

    def apply(self, event: Event) -> Tags:
        """The tags after this fact."""
        match event:
            case Tag.Set() | Tag.Moved():
                return after(self, targets={**self.targets, event.name: event.target})
            case Tag.Removed():
                return after(self, targets={name: to for name, to in self.targets.items() if name != event.name})
            case _:
                return after(self)

    def of(self, target: str) -> list[str]:
        """The names that point to a version or run, sorted."""
        return sorted(name for name, to in self.targets.items() if to == target)

    def target(self, name: str) -> str:
        """What a name points to, or the refusal with near ones."""
        if name not in self.targets:
            raise UnknownTag(given=name, near=nearest(name, self.targets))
        return self.targets[name]

    def set(self, name: str, target: str, *, move: bool) -> list[Event]:
        """Point a name to a version or run. One that points elsewhere is moved only on request."""
        was = self.targets.get(name)
        if was == target:
            return []
        if was is None:
            return [Tag.Set(name=name, target=target)]
        if not move:
            raise TagExists(tag=name, target=was)
        return [Tag.Moved(name=name, target=target, was=was)]

    def remove(self, name: str) -> list[Event]:
        """Take a name away."""
        return [Tag.Removed(name=name, was=self.target(name))]


def tag_name(given: str) -> str:
    """A name for a tag: as every name, and not to be taken for a version's number. Raises `UnsafeName`."""
    name = safe_name(given.removeprefix("@") if isinstance(given, str) else given, "tag")
    if _NUMBER.fullmatch(name):
        raise UnsafeName(what="tag", given=name, why="it looks like the number of a version")
    return name
