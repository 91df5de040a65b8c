"""Use cases around runs: ask for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from pydantic import JsonValue

from goldfish import durable
from goldfish.api.answers import RunAnswer
from goldfish.api.code import Code
from goldfish.api.following import RunFollowing
from goldfish.api.gate import refuse_before_verdicts, settings_of
from goldfish.api.sources import SourceCommands
from goldfish.api.usable import record_change
from goldfish.domain.names import plain_text, safe_name, version_id
from goldfish.domain.planning import Upstream
from goldfish.domain.runs import Run
from goldfish.domain.values import Reason
from goldfish.errors import ReasonNeeded, SourceChanged

if TYPE_CHECKING:
    from pathlib import Path

    from goldfish.api.plans import PlanAnswer
    from goldfish.application import Session
    from goldfish.queries.nearby import NearRun


class RunCommands(RunFollowing, SourceCommands, Code):
    """What people and agents do with runs."""

    def run(
        self,
        workspace: str,
        stages: Sequence[str] = (),
        *,
        reason: str | Reason,
        settings: Sequence[str] = (),
        overrides: Mapping[str, dict[str, JsonValue]] | None = None,
        inputs: Mapping[str, str] | None = None,
        results: Mapping[str, JsonValue] | None = None,
        seed: int | None = None,
        group: str | None = None,
        rerun: str | None = None,
        fresh: bool = False,
        pipeline: str = "pipeline.yaml",
        expected: str | None = None,
        command_id: str | None = None,
    ) -> RunAnswer:
        """Ask for a run of a workspace as it is now, and return at once; `wait` follows it.

        The files are recorded as a version first. `settings` are "key=value" or "stage.key=value"; `overrides` are
        mappings by stage. `inputs` put bytes in the place of inputs: "input" or "stage.input" → a reference, or a path
        like ./file.csv, which becomes a source. When exactly this was tried before, nothing is started and the answer
        names the earlier run, unless `rerun` says why it should be repeated. Stages whose work an earlier execution
        did are taken over from it, unless `fresh`. Raises `Conflict` when the latest version is not `expected`.
        """
        from goldfish.api.asking import Asked
        from goldfish.api.requests import RunRequest
        from goldfish.api.resolving import Resolved

        asked = Asked(
            stages=tuple(stages),
            settings=tuple(settings),
            overrides=dict(overrides or {}),
            inputs=dict(inputs or {}),
            results=dict(results or {}),
            seed=seed,
            pipeline=pipeline,
            group=safe_name(group, "group") if group is not None else None,
            rerun=plain_text(rerun, "reason", 4000) if rerun is not None else None,
            fresh=fresh,
            expected=expected,
        )
        why = self._reason(reason)
        meaning = Resolved(self, self.look(workspace), asked, self.register_path)
        return self._request(RunRequest(self, meaning, asked, why), command_id, workspace, expected)

    def plan(
        self,
        workspace: str,
        stages: Sequence[str] = (),
        *,
        settings: Sequence[str] = (),
        overrides: Mapping[str, dict[str, JsonValue]] | None = None,
        inputs: Mapping[str, str] | None = None,
        results: Mapping[str, JsonValue] | None = None,
        seed: int | None = None,
        fresh: bool = False,
        pipeline: str = "pipeline.yaml",
    ) -> PlanAnswer:
        """What `run` would do with the same arguments, stage by stage. Nothing is recorded, nothing is started."""
        from goldfish.api.asking import Asked
        from goldfish.api.previews import preview
        from goldfish.api.resolving import Resolved
        from goldfish.api.trying import Tries

        asked = Asked(
            stages=tuple(stages),
            settings=tuple(settings),
            overrides=dict(overrides or {}),
            inputs=dict(inputs or {}),
            results=dict(results or {}),
            seed=seed,
            pipeline=pipeline,
            fresh=fresh,
        )
        meaning = Resolved(self, self.look(workspace), asked, self._looked_at)
        answer = preview(meaning, self.services.projector.at())
        tried = Tries(self, meaning).tried()
        return answer.model_copy(update={"tried": tried, "near": [] if tried is not None else meaning.near()})

    def _looked_at(self, path: Path) -> Upstream:
        """What a path would be as a source."""
        found = self.probe_source(path.absolute())
        return Upstream(found.digest, str(path), found.type)

    def retry(self, run: str, *, reason: str, command_id: str | None = None) -> RunAnswer:
        """Ask again for what a run did not bring to a good end: a new run of the same version and plan.

        Stages that succeeded are taken over; the environment is the one of now. Raises `NothingToRetry`.
        """
        from goldfish.api.retrying import Retry

        return self._request(Retry(self, run, self._reason(reason)), command_id)

    def _request(
        self, request: Request, command_id: str | None, workspace: str | None = None, expected: str | None = None
    ) -> RunAnswer:
        settings = settings_of(self.services)

        def decide(session: Session) -> None:
            if workspace is not None and expected is not None:
                self._expect(self.workspace(session, workspace), expected)
            request.decide(session)
            if settings.gate == "refuse":
                refuse_before_verdicts(self.services, session)

        # Without this lock every decision would still be right, but many who ask at once would wear out their tries.
        with durable.exclusive(self.layout.requests_lock):
            try:
                receipt = self.execute(decide, request.body(), command_id)
            except SourceChanged as refusal:
                record_change(self, refusal)
                raise
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
            near=request.near(run.stream),
        )

    def _reason(self, given: str | Reason) -> Reason:
        reason = Reason(description=given) if isinstance(given, str) else given
        texts = {name: plain_text(text, name, 4000) for name, text in reason.model_dump(exclude_none=True).items()}
        length, minimum = len(texts["description"].strip()), settings_of(self.services).minimum_reason
        if length < minimum:
            raise ReasonNeeded(minimum=minimum, length=length)
        return Reason(**texts)


class Request(Protocol):
    """Something that asks for a run."""

    def body(self) -> JsonValue: ...
    def decide(self, session: Session) -> None: ...
    def near(self, run: str) -> list[NearRun]: ...
    def answer_of_the_tried(self) -> RunAnswer: ...
