"""Asking again for what a run did not bring to a good end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.api.meaning import environment_of
from goldfish.domain.fingerprints import fingerprint
from goldfish.domain.names import is_run
from goldfish.errors import NothingToRetry

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.answers import RunAnswer
    from goldfish.api.core import Core
    from goldfish.application import Session
    from goldfish.domain.values import Reason
    from goldfish.queries.nearby import NearRun


class Retry:
    """A new run of the plan of an earlier one, on the environment of now."""

    def __init__(self, core: Core, run: str, reason: Reason) -> None:
        self._core = core
        self._run = run if is_run(run) else core.named_here(run)
        self._reason = reason

    def body(self) -> JsonValue:
        """The request as JSON."""
        return {"retry": self._run, "reason": self._reason.model_dump()}

    def decide(self, session: Session) -> None:
        """Record the request, if the earlier run has ended and not well."""
        earlier = session.run(self._run)
        asked = earlier.plan
        if earlier.is_open or (earlier.finished is not None and earlier.finished.outcome == "succeeded"):
            state = "has not ended yet" if earlier.is_open else "succeeded"
            raise NothingToRetry(run=self._run, state=state)
        session.workspace(asked.workspace).must_be_there()
        environment = environment_of(self._core)
        files = self._core.services.work.files(asked.tree)
        requested = asked.model_copy(
            update={
                "reason": self._reason,
                "environment": environment,
                "fingerprint": fingerprint(files, asked.stages, environment, asked.seed),
                "rerun_of": earlier.stream,
                "rerun_reason": self._reason.description,
                "fresh": False,
            }
        )
        run = session.new_run()
        session.record(run, run.request(requested))

    def near(self, run: str) -> list[NearRun]:  # noqa: ARG002  # the same for every request
        """The earlier run is named already."""
        return []

    def answer_of_the_tried(self) -> RunAnswer:
        """There is none: a retry always asks for a run."""
        raise NothingToRetry(run=self._run, state="has not ended yet")
