"""A process that makes read models, and is killed at a step of its own choice.

    python -m tests.faults.rebuilding CACHE EVENTS STEP

It says "done" when it came to the end before that step.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from goldfish.domain.projects import Project
from goldfish.projections import _base, _duck
from goldfish.projections.projector import Projector
from tests.fakes.event_log import InMemoryEventLog


def thoughts(number: int) -> InMemoryEventLog:
    """A log of so many thoughts."""
    log = InMemoryEventLog()
    log.append("project", *[Project.ThoughtLogged(text=f"thought {n}") for n in range(number)])
    return log


class Counting:
    """A connection that kills its process before the statement with a number."""

    def __init__(self, connection: Any, step: int) -> None:
        self._connection = connection
        self._left = step

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self._connection, name)


def main(cache: Path, events: int, step: int) -> None:
    """Rebuild, or go on from a base of fewer events, with every statement of the builder counted."""
    connect = _duck.connect
    vars(_base)["connect"] = lambda *given: Counting(connect(*given), step)
    projector = Projector(thoughts(events), cache, publish_after=20)
    (base,) = cache.glob("base-*") if any(cache.glob("base-*")) else (None,)
    if base is not None and not base.stem.endswith(f"-{events}"):
        projector.at()
    else:
        projector.rebuild()
    print("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
