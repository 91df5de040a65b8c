"""Findings: what was found out to be bad. What is affected is asked of the ledger, again and again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, JsonValue

from goldfish.domain.event import Event
from goldfish.domain.folding import after
from goldfish.domain.names import Stream
from goldfish.domain.suspicion import Suspicion
from goldfish.errors import FindingExists, UnknownFinding

_FINDING = re.compile(r"finding-[1-9][0-9]{0,11}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is known to be bad, under an id that can be said: finding-2."""

    class Recorded(Event):
        """Somebody found out that this is bad, and why."""

        NAME: ClassVar[str] = "finding.recorded"
        reason: str
        suspicion: Suspicion
        given: dict[str, JsonValue] = Field(default_factory=dict)  # what was told, where it was told as JSON

    class Withdrawn(Event):
        """It was not so, or it does no harm any more."""

        NAME: ClassVar[str] = "finding.withdrawn"
        reason: str

    stream: Stream
    version: int = 0
    recorded: Finding.Recorded | None = None
    withdrawn: Finding.Withdrawn | None = None

    def apply(self, event: Event) -> Finding:
        """The finding after this fact."""
        match event:
            case Finding.Recorded():
                return after(self, recorded=event)
            case Finding.Withdrawn():
                return after(self, withdrawn=event)
            case _:
                return after(self)

    def record(self, recorded: Finding.Recorded) -> list[Event]:
        """Record it. A number that is taken is taken for ever."""
        if self.version:
            raise FindingExists(finding=self.stream)
        return [recorded]

    def withdraw(self, reason: str) -> list[Event]:
        """Take it back: nothing carries its warning any more. Taking it back twice changes nothing."""
        if self.recorded is None:
            raise UnknownFinding(given=self.stream)
        return [] if self.withdrawn is not None else [Finding.Withdrawn(reason=reason)]


def is_finding(given: str) -> bool:
    """Whether this looks like `finding-2`."""
    return _FINDING.fullmatch(given) is not None
