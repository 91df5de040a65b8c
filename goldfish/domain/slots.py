"""Slots: directories that hold at most one workspace at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import Stream
from goldfish.errors import SlotTaken


@dataclass(frozen=True, slots=True)
class Slot:
    """A directory that holds at most one workspace at a time."""

    class Taken(Event):
        """A workspace moved in."""

        NAME: ClassVar[str] = "slot.taken"
        workspace: str

    class Freed(Event):
        """The workspace moved out."""

        NAME: ClassVar[str] = "slot.freed"
        workspace: str

    stream: Stream
    version: int = 0
    holder: str | None = None

    def apply(self, event: Event) -> Slot:
        """The slot after this fact."""
        match event:
            case Slot.Taken():
                return after(self, holder=event.workspace)
            case Slot.Freed():
                return after(self, holder=None)
            case _:
                return after(self)

    def take(self, slot: str, workspace: str) -> list[Event]:
        """Let a workspace in, if the slot is free."""
        if self.holder is not None:
            raise SlotTaken(slot=slot, holder=self.holder)
        return [Slot.Taken(workspace=workspace)]

    def free(self) -> list[Event]:
        """Let the workspace out."""
        return [Slot.Freed(workspace=self.holder)] if self.holder is not None else []
