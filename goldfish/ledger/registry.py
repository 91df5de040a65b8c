"""The closed registry: the only names that a ledger may hold. Nothing is ever imported by name."""

from __future__ import annotations

from typing import Final

from goldfish.domain.event import Event, JsonObject
from goldfish.domain.executions import Execution
from goldfish.domain.findings import Finding
from goldfish.domain.notes import Note
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.slots import Slot
from goldfish.domain.sources import Source
from goldfish.domain.tags import Tag
from goldfish.domain.workspaces import Workspace
from goldfish.errors import LedgerCorrupt, UnknownEvent

EVENTS: Final[tuple[type[Event], ...]] = (
    Project.Founded,
    Project.GoalSet,
    Project.Configured,
    Project.ThoughtLogged,
    Project.InvariantAdded,
    Project.InvariantRetired,
    Slot.Taken,
    Slot.Freed,
    Workspace.Created,
    Workspace.Mounted,
    Workspace.EditsSynced,
    Workspace.VersionSaved,
    Workspace.FilesImported,
    Workspace.RolledBack,
    Workspace.EditsRescued,
    Workspace.Unmounted,
    Workspace.ThoughtLogged,
    Workspace.GoalSet,
    Workspace.VersionPruned,
    Workspace.VersionRestored,
    Workspace.Deleted,
    Workspace.Restored,
    Tag.Set,
    Tag.Moved,
    Tag.Removed,
    Note.Logged,
    Note.Amended,
    Note.Resolved,
    Note.Superseded,
    Note.Withdrawn,
    Finding.Recorded,
    Finding.Withdrawn,
    Source.Registered,
    Source.Described,
    Source.FoundChanged,
    Source.FoundUnchanged,
    Source.Retired,
    Source.Restored,
    Run.Requested,
    Run.CancelRequested,
    Run.StageCancelRequested,
    Run.Parked,
    Run.Finished,
    Run.Finalized,
    Run.Amended,
    Run.Imported,
    Run.VerdictImported,
    Execution.LaunchIntended,
    Execution.Reused,
    Execution.Launched,
    Execution.LaunchRefused,
    Execution.StopRequested,
    Execution.Exited,
    Execution.Lost,
    Execution.OutputCaptured,
    Execution.OutputRefused,
    Execution.MetricsSealed,
    Execution.LogKept,
    Execution.ArtifactLogged,
    Execution.CheckEvaluated,
    Execution.Concluded,
)

_BY_NAME: Final[dict[str, type[Event]]] = {cls.NAME: cls for cls in EVENTS}


def class_of(name: str, version: int, position: int) -> type[Event]:
    """The class of a stored event. Raises `UnknownEvent` for a name or a version that this goldfish does not know."""
    cls = _BY_NAME.get(name)
    if cls is None or version > cls.VERSION:
        raise UnknownEvent(event=name, version=version, position=position, why="it is unknown here")
    return cls


def upcast(cls: type[Event], version: int, data: JsonObject, position: int) -> JsonObject:
    """The fields of an old event in today's schema, one step at a time. Raises `LedgerCorrupt` without a way."""
    while version < cls.VERSION:
        step = getattr(cls, f"upcast_v{version}_v{version + 1}", None)
        if step is None:
            raise LedgerCorrupt(position=position, why=f"{cls.NAME} version {version} cannot be read any more")
        data = step(data)
        version += 1
    return data
