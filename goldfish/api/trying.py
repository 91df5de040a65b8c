"""Before anything is spent: was exactly this, or nearly this, tried before?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.api.answers import RunAnswer, Tried
from goldfish.api.tried import tried
from goldfish.domain.names import version_id
from goldfish.policies.contracts import same_contracts
from goldfish.policies.earlier import EarlierRun, earlier_run

if TYPE_CHECKING:
    from goldfish.api.core import Core
    from goldfish.api.meaning import Meaning


class Tries:
    """What history says about one request."""

    def __init__(self, core: Core, meaning: Meaning) -> None:
        self._core = core
        self._meaning = meaning

    @cached_property
    def same(self) -> EarlierRun | None:
        """The run that says most about exactly this request, in whatever state it is."""
        return earlier_run(self._core.application.journal, self._meaning.fingerprint)

    def tried(self) -> Tried | None:
        """The run that makes this one needless: it did all of it, or is doing it."""
        same = self.same
        if any(not stage.reuse for stage in self._meaning.plan.stages) and not (same is not None and same.is_open):
            return None  # a stage that is carried out every time may do something else this time
        if same is not None and same.tells and same_contracts(same.run.plan.stages, self._meaning.plan.stages):
            return tried(self._core.application.journal, same)
        return self._stage_by_stage()

    def _stage_by_stage(self) -> Tried | None:
        """Each stage was done before in some run, or follows one that failed: then nothing new would be learned."""
        foreseen = self._meaning.foreseen
        known = {name: found.earlier or found.failed for name, found in foreseen.items() if found.fingerprint}
        names = {name: str(found.name) for name, found in known.items() if found is not None}
        failed = next((found.failed for found in foreseen.values() if found.failed is not None), None)
        if not names or len(names) < len(known) or (failed is None and len(known) < len(foreseen)):
            return None
        if failed is not None:
            return Tried(run=_run_of(failed.name), outcome="failed", cause=failed.execution.cause, stages=names)
        return Tried(run=_run_of(list(names.values())[-1]), outcome="succeeded", cause=None, stages=names)

    def answer(self) -> RunAnswer | None:
        """The answer that starts nothing, if there is one."""
        tried = self.tried()
        if tried is None:
            return None
        workspace = self._meaning.workspace
        same = self.same if self.same is not None and self.same.name == tried.run else None
        return RunAnswer(
            run=tried.run,
            started=False,
            version=same.version if same else version_id(workspace.name, workspace.latest),
            stages=[stage.name for stage in self._meaning.plan.stages],
            fingerprint=self._meaning.fingerprint,
            tried=tried,
        )


def _run_of(execution: str) -> str:
    return execution.partition("/")[0]
