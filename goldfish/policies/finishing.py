"""When nothing of a run is under way or can start, state its end; when a policy keeps failing, park the run."""

from __future__ import annotations

from goldfish.application import Session
from goldfish.policies.tools import Tools


def finish_the_run(tools: Tools, run: str) -> None:
    """State the end of a run."""

    def finish(session: Session) -> None:
        request = session.run(run)
        session.record(request, request.finish(session.executions_of(request)))

    tools.record("finish", run, finish)


def park_the_run(tools: Tools, run: str, policy: str, error: str, tries: int) -> None:
    """Set a run aside, with the reason, so that the others go on."""

    def park(session: Session) -> None:
        request = session.run(run)
        session.record(request, request.park(policy, error, tries))

    tools.record("park", run, park)
