"""The settings of the project, and the gate: new runs wait until those before them were judged, where that is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.domain.project_settings import ProjectSettings
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.errors import GateClosed

if TYPE_CHECKING:
    from goldfish.application import Session
    from goldfish.bootstrap import Services


def settings_of(services: Services) -> ProjectSettings:
    """The settings as they are now: one look at an index, whatever else happened to the project."""
    newest = services.journal.newest(Project.Configured.NAME)
    found = newest.event if newest is not None else None
    return found.settings if isinstance(found, Project.Configured) else ProjectSettings()


def refuse_before_verdicts(services: Services, session: Session) -> None:
    """Raise `GateClosed` when the command asks for a run of a workspace in which others await a verdict."""
    asked = next((event for _, _, event in session.decided()[0] if isinstance(event, Run.Requested)), None)
    if asked is None:
        return
    from goldfish.queries.awaiting import awaiting

    for due in awaiting(services.projector.at(), asked.workspace):
        more = [f"and {due.count - len(due.runs)} more"] if due.count > len(due.runs) else []
        count = "1 run that awaits" if due.count == 1 else f"{due.count} runs that await"
        raise GateClosed(workspace=due.workspace, count=count, runs=", ".join([*due.runs, *more]))
