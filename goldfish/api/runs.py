"""Use cases around runs: ask for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from goldfish import durable
from goldfish.api.answers import RunAnswer
from goldfish.api.following import RunFollowing
from goldfish.domain.names import plain_text, version_id
from goldfish.domain.runs import Run
from goldfish.domain.values import Reason
from goldfish.errors import ReasonNeeded

MINIMUM_REASON = 15


class RunCommands(RunFollowing):
    """What people and agents do with runs."""

    def run(
        self,
        workspace: str,
        stages: Sequence[str] = (),
        *,
        reason: str | Reason,
        settings: Sequence[str] = (),
        overrides: Mapping[str, dict[str, JsonValue]] | None = None,
        seed: int | None = None,
        rerun: str | None = None,
        pipeline: str = "pipeline.yaml",
        command_id: str | None = None,
    ) -> RunAnswer:
        """Ask for a run of a workspace as it is now, and return at once; `wait` follows it.

        The files are recorded as a version first. `settings` are "key=value" or "stage.key=value"; `overrides` are
        mappings by stage. When exactly this was tried before, nothing is started and the answer names the earlier run,
        unless `rerun` says why it should be repeated.
        """
        from goldfish.api.requests import Asked, RunRequest

        why = _reason(reason)
        asked = Asked(tuple(stages), tuple(settings), dict(overrides or {}), seed, rerun, pipeline)
        request = RunRequest(self, workspace, asked, why)
        # Without this lock every decision would still be right, but many who ask at once would wear out their tries.
        with durable.exclusive(self.layout.requests_lock):
            receipt = self.execute(request.decide, request.body(), command_id)
        started = receipt.first(Run.Requested)
        if started is None:
            return request.answer_of_the_tried()
        run = next(e for e in receipt.events if e.event is started)
        self.pin(receipt)
        self.services.ensure_conductor()  # which also brings STATE.md up to date
        return RunAnswer(
            run=run.stream,
            started=True,
            version=version_id(started.workspace, started.number),
            stages=[stage.name for stage in started.stages],
            fingerprint=started.fingerprint,
            position=run.position,
        )


def _reason(given: str | Reason) -> Reason:
    reason = Reason(description=given) if isinstance(given, str) else given
    texts = {name: plain_text(text, name, 4000) for name, text in reason.model_dump(exclude_none=True).items()}
    length = len(texts["description"].strip())
    if length < MINIMUM_REASON:
        raise ReasonNeeded(minimum=MINIMUM_REASON, length=length)
    return Reason(**texts)
