"""Who calls, and which project answers: one opened project for each client that talks to this server."""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, TypeAlias

from mcp.server.mcpserver import Context

from goldfish.api import Actor, Goldfish
from goldfish.errors import NoProject, ProjectExists

Call: TypeAlias = Context[Any, Any]

_CLIENTS = 8  # clients whose projects are kept open; a ninth takes the place of the one that was silent longest
_UNKNOWN = "mcp-client"
_REVIVAL_SECONDS = 5.0


class Desk:
    """Opens the project when it is first needed. May be used by many threads."""

    def __init__(self, start: Path) -> None:
        self.start = start.absolute()
        self.session = secrets.token_hex(4)  # of this server process; a later one has another
        self._lock = threading.Lock()
        self._look_again = 0.0
        self._open: OrderedDict[Actor, Goldfish] = OrderedDict()

    def reading(self, call: Call) -> Goldfish:
        """The project, for a question. Raises `NoProject`."""
        actor = self.actor(call)
        with self._lock:
            if actor not in self._open:
                self._open[actor] = Goldfish.open(self.start, actor)
                if len(self._open) > _CLIENTS:
                    self._open.popitem(last=False)
            self._open.move_to_end(actor)
            return self._open[actor]

    def working(self, call: Call) -> Goldfish:
        """The project, and somebody who carries out its open runs. Raises `NoProject`."""
        found = self.reading(call)
        self.revive(found)
        return found

    def revive(self, goldfish: Goldfish) -> None:
        """Bring somebody who carries out open runs, when nobody does.

        Asked often, it looks seldom: a program takes a while to start, and must not be started again meanwhile.
        """
        with self._lock:
            now = time.monotonic()
            if now < self._look_again:
                return
            self._look_again = now + _REVIVAL_SECONDS
        with contextlib.suppress(OSError):  # a project that cannot be written to can still be asked
            goldfish.recover()

    def create(self, call: Call, name: str, goal: str) -> bool:
        """Found a project in the directory of this server; False when it is there by this name and goal already.

        Raises `ProjectExists` for another one, there or above it.
        """
        with self._lock:
            try:
                known = Goldfish.open(self.start, self.actor(call))
            except NoProject:
                Goldfish.found(self.start, self.actor(call), name=name, goal=goal)
                return True
            status = known.status()
            if (known.layout.root, status.project, status.goal) != (self.start, name, goal):
                raise ProjectExists(path=known.layout.root)
            return False

    def actor(self, call: Call) -> Actor:
        """The agent that calls, by the name that its client gives itself."""
        params = call.request_context.session.client_params
        given = params.client_info.name if params is not None else ""
        name = re.sub(r"[^A-Za-z0-9._/ -]+", "-", given).strip(" -")[:60]
        return Actor(kind="agent", name=name or _UNKNOWN, session=self.session)
