"""Before anything is spent: was exactly this, or nearly this, tried before?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.api.answers import RunAnswer, Tried
from goldfish.domain.names import version_id
from goldfish.policies.earlier import EarlierRun, earlier_run

if TYPE_CHECKING:
    from goldfish.api.core import Core
    from goldfish.api.resolving import Resolved


class Tries:
    """What history says about one request."""

    def __init__(self, core: Core, meaning: Resolved) -> None:
        self._core = core
        self._meaning = meaning

    @cached_property
    def same(self) -> EarlierRun | None:
        """The run that says most about exactly this request, in whatever state it is."""
        return earlier_run(self._core.application.journal, self._meaning.fingerprint)

    def tried(self) -> Tried | None:
        """The run that makes this one needless: it did all of it, or is doing it."""
        if self.same is not None and self.same.tells:
            return Tried(run=self.same.name, outcome=self.same.outcome, cause=self.same.cause)
        return self._stage_by_stage()

    def _stage_by_stage(self) -> Tried | None:
        """Every stage was done before, each in some run: then nothing would be carried out."""
        earlier = {name: found.earlier for name, found in self._meaning.foreseen.items()}
        names = {name: found.name for name, found in earlier.items() if found is not None}
        if not names or len(names) < len(earlier):
            return None
        last = list(names.values())[-1]
        return Tried(run=last.partition("/")[0], outcome="succeeded", cause=None, stages=dict(names))

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
