"""A request for a run, decided: it is recorded, or the run that did it before is the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.api.answers import RunAnswer
from goldfish.api.trying import Tries
from goldfish.domain.runs import Run
from goldfish.errors import Busy

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.asking import Asked
    from goldfish.api.core import Core
    from goldfish.api.meaning import Meaning
    from goldfish.application import Session
    from goldfish.domain.event import JsonObject
    from goldfish.domain.values import Reason
    from goldfish.queries.nearby import NearRun


class RunRequest:
    """One request. `decide` may be called again when others were faster; the files are taken once."""

    def __init__(
        self, core: Core, meaning: Meaning, asked: Asked, reason: Reason, *, besides: JsonObject | None = None
    ) -> None:
        """`besides` is what was asked for and is not in `asked`, as JSON."""
        self._core = core
        self._besides = besides or {}
        self._asked = asked
        self._reason = reason
        self._meaning = meaning
        self._tried: RunAnswer | None = None
        self._repeats: str | None = None

    def body(self) -> JsonValue:
        """The request as JSON."""
        workspace = self._meaning.workspace.name
        return {"run": workspace, **self._asked.body(), "reason": self._reason.model_dump(), **self._besides}

    def decide(self, session: Session) -> None:
        """Record the files, the version and the request in one step; or nothing, when it was tried before."""
        meaning, asked = self._meaning, self._asked
        plan, mark = meaning.plan, meaning.fingerprint
        # The number comes before the look at history: whoever asks for the same meanwhile takes this very number, so
        # that one of the two decides again and finds the other.
        run = session.new_run()
        tries = Tries(self._core, meaning)
        self._tried = None if asked.rerun else tries.answer()
        if self._tried is not None:
            return
        workspace = meaning.record_files(session)
        workspace = session.record(workspace, workspace.ensure_saved(self._reason.description[:200], "run"))
        earlier = tries.same if asked.rerun else None
        self._repeats = earlier.name if earlier else None
        requested = Run.Requested(
            workspace=workspace.name,
            number=workspace.latest,
            tree=meaning.tree,
            pipeline=meaning.pipeline_name,
            stages=plan.stages,
            reason=self._reason,
            environment=meaning.environment,
            seed=plan.seed,
            fingerprint=mark,
            rerun_of=earlier.name if earlier else None,
            rerun_reason=asked.rerun if earlier else None,
            group=asked.group,
            fresh=asked.fresh or earlier is not None,
        )
        session.record(run, run.request(requested))

    def near(self, run: str) -> list[NearRun]:
        """The earlier runs that were nearly this one. A repetition is told of none that were exactly this."""
        found = [each for each in self._meaning.near(self._reason) if each.run != run]
        return [each for each in found if each.differs] if self._asked.rerun else found

    def answer_of_the_tried(self) -> RunAnswer:
        """The answer when nothing was started."""
        found = self._tried or Tries(self._core, self._meaning).answer()
        if found is None:
            raise Busy(stream=self._meaning.workspace.name, tries=1)
        return found
