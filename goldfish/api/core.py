"""What every group of use cases stands on."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from goldfish.api.accepting import checked
from goldfish.bootstrap import Services, find_project
from goldfish.domain.names import OWN_COMMANDS, CommandId, nearest, plain_text, safe_name
from goldfish.errors import MomentAhead, MomentTooEarly, ProjectUnwritable, UnknownWorkspace, UnsafeName, UnusableText

if TYPE_CHECKING:
    from goldfish.application import Aggregate, Application, Receipt, Session
    from goldfish.domain.event import Event
    from goldfish.domain.moments import When
    from goldfish.domain.workspaces import Workspace
    from goldfish.ledger.envelope import Actor
    from goldfish.policies.slots import Slots
    from goldfish.projections.projector import View

A = TypeVar("A", bound="Aggregate")


class Core:
    """The services of a project, and the few things all use cases do alike."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.layout = services.layout

    def __init_subclass__(cls) -> None:
        """Every use case looks at what it is given before it does anything."""
        for name, member in list(vars(cls).items()):
            if name.startswith("_"):
                continue
            if inspect.isfunction(member):
                setattr(cls, name, checked(member))
            elif isinstance(member, classmethod):
                setattr(cls, name, classmethod(checked(member.__func__)))

    @classmethod
    @checked
    def open(cls, start: Path, actor: Actor) -> Self:
        """The project that holds the directory `start`. Raises `NoProject`."""
        return cls(Services(find_project(start), actor))

    @property
    def application(self) -> Application:
        """Commands."""
        return self.services.application

    @cached_property
    def slots(self) -> Slots:
        """The directories in which workspaces are edited."""
        from goldfish.policies.slots import Slots

        return Slots(self.services.tools)

    def execute(
        self,
        decide: Callable[[Session], object],
        request: object,
        command_id: str | None,
        *,
        because_of: int | None = None,
    ) -> Receipt:
        """Carry out a command under the caller's id, if it gave one."""
        identity = CommandId(plain_text(command_id, "command id", 200)) if command_id is not None else None
        if identity is not None and (identity.startswith(OWN_COMMANDS) or self.services.redactor.finds(identity)):
            raise UnusableText(what="command id", why=f"it begins with {OWN_COMMANDS!r} or looks like a secret")
        return self.application.execute(decide, request=request, command_id=identity, because_of=because_of)

    @checked
    def known_reference(self, ref: str) -> None:
        """Raise the refusal with near names when a reference names nothing in this project."""
        from goldfish.queries.references import resolve

        resolve(self.services.projector.at(), ref)

    def view(self, as_of: When | None = None) -> View:
        """The read models now, or as they were at a moment. Raises `NotAMoment`, `MomentAhead`, `MomentTooEarly`."""
        projector = self.services.projector
        if as_of is None:
            return projector.at()
        from goldfish.domain.moments import read_moment

        moment = read_moment(as_of, self.services.clock.now())
        if isinstance(moment, int) and moment > (head := self.services.journal.head()):
            raise MomentAhead(given=f"the position {moment}", newest=f"the newest event is {head}")
        view = projector.at(moment)
        if not view.position:
            asked = "SELECT min(coalesce(happened_at, recorded_at)) AS first FROM events"
            first = projector.at().rows(asked)[0]["first"]
            raise MomentTooEarly(given=str(as_of), first=f"{first:%Y-%m-%d %H:%M:%S}")
        return view

    def pin(self, receipt: Receipt) -> None:
        """Give the trees of saved versions names that git's own tools understand: refs/goldfish/baseline/v3."""
        from goldfish.domain.names import TreeId
        from goldfish.domain.workspaces import Workspace

        for envelope in receipt.events:
            saved = envelope.event
            if isinstance(saved, Workspace.VersionSaved):
                name = f"{envelope.stream.removeprefix('workspace:')}/v{saved.number}"
                self.services.snapshots.pin(name, TreeId(saved.tree))

    def recover(self) -> None:
        """Start a conductor when runs are open and nobody carries them out."""
        if self.services.journal.open_runs():
            self.services.ensure_conductor()

    def write_state(self) -> None:
        """Bring STATE.md and the ledger's file up to date. The command has happened also where that is not possible."""
        with contextlib.suppress(ProjectUnwritable):
            self.services.write_state()
        self.services.journal.settle()

    def named_here(self, given: str) -> str:
        """Our name of what was imported and has this id elsewhere; anything else as it is."""
        from goldfish.queries.foreign import by_foreign_id

        return by_foreign_id(self.services.projector.at(), given) or given

    @staticmethod
    def put(session: Session, state: A, decide: Callable[[A], list[Event]]) -> A:
        """Let an aggregate decide, and record what it decided."""
        return session.record(state, decide(state))

    def workspace(self, session: Session, given: str, *, deleted_too: bool = False) -> Workspace:
        """A workspace by its name or by the slot that holds it.

        Raises `UnknownWorkspace` with near names, and `WorkspaceDeleted` unless deleted ones are welcome.
        """
        try:
            name = safe_name(given, "workspace")
        except UnsafeName as refusal:
            raise UnknownWorkspace(given=given[:80]) from refusal
        found = session.workspace(name)
        if not found.exists or found.deleted is not None:
            holder = session.slot(name).holder
            if holder is not None:
                found = session.workspace(holder)
        if not found.exists:
            raise UnknownWorkspace(given=name, near=nearest(name, self._workspace_names()))
        if not deleted_too:
            found.must_be_there()
        return found

    @checked
    def look(self, given: str, *, deleted_too: bool = False) -> Workspace:
        """A workspace as it is now, for reading."""
        from goldfish.application import Session

        return self.workspace(Session(self.services.journal), given, deleted_too=deleted_too)

    def _workspace_names(self) -> list[str]:
        asked = "SELECT workspace FROM workspaces WHERE deleted IS NULL ORDER BY workspace"
        rows = self.services.projector.at().rows(asked)
        return [str(row["workspace"]) for row in rows]
