"""Use cases around what runs achieved: see what the numbers say, judge, and judge again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish.api.answers import VerdictAnswer
from goldfish.api.following import RunFollowing
from goldfish.api.gate import settings_of
from goldfish.application import Receipt, Session
from goldfish.domain.finalizing import (
    Logged,
    Said,
    amend,
    contradicted,
    finalize,
    must_be_over,
    picked_otherwise,
    read_claims,
    specs_of,
)
from goldfish.domain.names import Digest, execution_id, plain_text
from goldfish.domain.results import Proposal, proposal, stage_result, summarized
from goldfish.domain.runs import Run
from goldfish.domain.specs import Judgement
from goldfish.errors import ReasonTooShort, UnusableText

if TYPE_CHECKING:
    from goldfish.domain.executions import Execution
    from goldfish.domain.results import Point
    from goldfish.domain.values import MetricSummary

LONGEST = 4_000  # characters of a comment
STEPS = 20  # next steps


class ResultCommands(RunFollowing):
    """What people and agents say of runs that have ended."""

    def proposal(self, run: str) -> Proposal:
        """What would be said of a run, from its results spec and from what it logged. Raises `RunStillOpen`."""
        session = Session(self.application.journal)
        return self._proposal(session, self._run(session, run))

    def finalize(
        self,
        run: str,
        *,
        verdict: Judgement | None = None,
        values: Mapping[str, JsonValue] | None = None,
        comment: str | None = None,
        learned: str | None = None,
        next_steps: Sequence[str] | None = None,
        reason: str | None = None,
        command_id: str | None = None,
    ) -> VerdictAnswer:
        """Judge a run that has ended, once. What is not given is taken from the proposal.

        `values` are numbers by stage, or mappings with `value` and what is said besides (metric, direction, split,
        goal), which must be what the spec says; each must have been logged. A verdict that contradicts the numbers
        needs a `reason`. Raises `RunStillOpen`, `AlreadyFinalized`, `ResultNotLogged`, `ResultContradictsSpec`,
        `NoResultsSpec`, `VerdictNeedsReason` and `NoteNeeded`.
        """
        said = self._said(verdict, values, comment, learned, next_steps, reason)
        stream = self._run(Session(self.application.journal), run).stream

        def judge(session: Session) -> None:
            state = session.run(stream)
            proposed = self._proposal(session, state)
            session.record(state, finalize(state, proposed, said, self._logged(session, state)))

        return self._judged(self.execute(judge, {"finalize": stream, **_body(said)}, command_id))

    def amend(
        self,
        run: str,
        *,
        reason: str,
        verdict: Judgement | None = None,
        values: Mapping[str, JsonValue] | None = None,
        comment: str | None = None,
        learned: str | None = None,
        next_steps: Sequence[str] | None = None,
        command_id: str | None = None,
    ) -> VerdictAnswer:
        """Judge a run anew, and say why. What is not given stays; the earlier judgements stay in its history."""
        said = self._said(verdict, values, comment, learned, next_steps, reason)
        stream = self._run(Session(self.application.journal), run).stream

        def judge(session: Session) -> None:
            state = session.run(stream)
            session.record(state, amend(state, reason, said, self._logged(session, state)))

        return self._judged(self.execute(judge, {"amend": stream, **_body(said)}, command_id))

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _said(
        self,
        verdict: Judgement | None,
        values: Mapping[str, JsonValue] | None,
        comment: str | None,
        learned: str | None,
        next_steps: Sequence[str] | None,
        reason: str | None,
    ) -> Said:
        texts = {"comment": comment, "learned": learned, "reason": reason}
        clean = {what: plain_text(text, what, LONGEST) for what, text in texts.items() if text and text.strip()}
        if reason is not None:
            minimum, length = settings_of(self.services).minimum_reason, len(reason.strip())
            if length < minimum:
                raise ReasonTooShort(minimum=minimum, length=length)
        if next_steps is not None and len(next_steps) > STEPS:
            raise UnusableText(what="list of next steps", why=f"it has {len(next_steps)}, more than {STEPS}")
        steps = [plain_text(step, "next step", LONGEST) for step in next_steps] if next_steps is not None else None
        return Said(verdict=verdict, claims=read_claims(values or {}), next_steps=steps, **clean)

    def _proposal(self, session: Session, run: Run) -> Proposal:
        from goldfish.queries.baselines import Baselines

        must_be_over(run)
        specs = specs_of(run)
        summaries = self._logged(session, run).summaries
        baselines = Baselines(self.services.projector.at()) if any(s.baseline for s in specs.values()) else None
        results = [
            stage_result(
                stage,
                spec,
                summaries[stage],
                outcome=session.execution(execution_id(run.stream, stage)).outcome,
                baseline=baselines.of(run.stream, stage, spec) if baselines is not None else None,
            )
            for stage, spec in specs.items()
        ]
        ended = run.finished
        return proposal(run.stream, must_be_over(run), ended.cause if ended else "", results)

    def _logged(self, session: Session, run: Run) -> Logged:
        specs = specs_of(run)
        executions = {stage: session.execution(execution_id(run.stream, stage)) for stage in specs}

        def series(stage: str) -> Sequence[Point]:
            return self._series(executions[stage], specs[stage].metric)

        def summary(stage: str) -> dict[str, MetricSummary]:
            sealed = executions[stage].sealed
            known = dict(sealed.summary) if sealed is not None else {}
            metric = specs[stage].metric
            if sealed is not None and sealed.more and metric not in known and (points := series(stage)):
                known[metric] = summarized(points)
            return known

        return Logged({stage: summary(stage) for stage in specs}, series)

    def _series(self, execution: Execution, metric: str) -> Sequence[Point]:
        sealed = execution.sealed
        if sealed is None or sealed.digest is None:
            return []
        return self.services.metrics.series(Digest(sealed.digest), metric).get(metric, [])

    def _judged(self, receipt: Receipt) -> VerdictAnswer:
        self.write_state()
        recorded = next(e for e in receipt.events if isinstance(e.event, Run.Finalized | Run.Amended))
        session = Session(self.application.journal)
        run = session.run(recorded.stream)
        proposed = self._proposal(session, run)
        said = recorded.event
        if not isinstance(said, Run.Finalized | Run.Amended):
            raise TypeError(said)
        values = {value.stage: value for value in said.values}
        others = [picked_otherwise(result, values[result.stage]) for result in proposed.results]
        return VerdictAnswer(
            run=run.stream,
            outcome=proposed.outcome,
            verdict=said.verdict,
            number=sum(
                isinstance(earlier.event, Run.Finalized | Run.Amended) and earlier.version <= recorded.version
                for earlier in self._events(recorded.stream)
            ),
            values=said.values,
            proposal=proposed,
            comment=said.comment,
            learned=said.learned,
            next_steps=said.next_steps,
            reason=said.reason,
            contradictions=contradicted(run, said.values, said.verdict),
            other_values=[sentence for sentence in others if sentence is not None],
            position=recorded.position,
        )


def _body(said: Said) -> dict[str, JsonValue]:
    return {
        "verdict": said.verdict,
        "values": {stage: claim.model_dump(mode="json") for stage, claim in (said.claims or {}).items()},
        "comment": said.comment,
        "learned": said.learned,
        "next_steps": list(said.next_steps) if said.next_steps is not None else None,
        "reason": said.reason,
    }
