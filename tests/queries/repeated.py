"""A project with seeds: runs of a few configurations, each under several seeds, judged by a spec."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from goldfish.domain.executions import Execution
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import Environment, InputPlan, MetricSummary, Outcome, Reason, ResolvedInput, StagePlan
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import RAW, created, tree

SPEC = ResultsSpec(metric="accuracy", direction="maximize", split="test")


class Story:
    """A log that runs are added to; numbers count up from run-1."""

    def __init__(self) -> None:
        self.log = InMemoryEventLog()
        self.log.append("project", Project.Founded(name="seeds", goal="be sure"))
        self.log.append("workspace:baseline", *created("baseline"))
        self.count = 0

    def seeds(self, group: str | None, values: Sequence[float | None], *, first: int = 1, **more: Any) -> list[str]:
        """Runs of one configuration under the seeds 1, 2, 3 …"""
        return [self.run(value, group=group, seed=seed, **more) for seed, value in enumerate(values, first)]

    def run(
        self,
        accuracy: float | None,
        *,
        group: str | None = None,
        seed: int | None = None,
        spec: ResultsSpec | None = SPEC,
        outcome: Outcome = "succeeded",
        digest: str = RAW,
        ref: str = "digits@r1",
        stage: str = "train",
        version: int = 1,
        reused: str | None = None,
        **config: JsonValue,
    ) -> str:
        """A run of one stage that logged an accuracy, or did not."""
        self.count += 1
        run = f"run-{self.count}"
        settings = {"lr": 0.1, **config} | ({"seed": seed} if seed is not None else {})
        plan = StagePlan(
            name=stage,
            module="modules/train.py",
            config=settings,
            inputs=[InputPlan(name="data", type="csv", digest=digest, ref=ref)],
            results=spec,
        )
        asked = Run.Requested(
            workspace="baseline",
            number=version,
            tree=tree(version),
            pipeline="main",
            stages=[plan],
            reason=Reason(description="to know more"),
            environment=Environment(python="3.11.9", platform="linux"),
            seed=seed,
            fingerprint=f"{run}",
            group=group,
        )
        self.log.append(run, asked)
        given = [ResolvedInput(name="data", type="csv", digest=digest, ref=ref)]
        begun = (
            Execution.Reused(execution=reused, fingerprint="f", inputs=given)
            if reused
            else Execution.LaunchIntended(attempt=1, backend="process", inputs=given)
        )
        self.log.append(f"{run}/{stage}", begun)
        name = spec.metric if spec is not None else "accuracy"
        if accuracy is not None:
            sealed = Execution.MetricsSealed(digest=f"sha256:{run}", points=3, summary={name: summary(accuracy)})
            self.log.append(f"{run}/{stage}", sealed)
        self.log.append(f"{run}/{stage}", Execution.Concluded(outcome=outcome, cause="it ended"))
        self.log.append(run, Run.Finished(outcome=outcome, cause="it ended", stages={stage: outcome}))
        return run

    def imported(self, **said: Any) -> str:
        """An experiment that was recorded elsewhere."""
        self.count += 1
        run = f"run-{self.count}"
        known = {"system": "mlflow", "id": f"x{self.count}", "happened": datetime(2026, 1, 1, tzinfo=UTC)}
        event = {**known, "reason": {"description": "tried there"}, "outcome": "succeeded", **said}
        metrics = {name: summary(value) for name, value in said.get("metrics", {}).items()}
        self.log.append(run, Run.Imported.model_validate({**event, "metrics": metrics}))
        return run


def summary(last: float) -> MetricSummary:
    """Three points, the second of which is the best one by 0.01."""
    return MetricSummary(
        count=3,
        non_finite=0,
        first=last - 0.1,
        last=last,
        last_is_finite=True,
        min=last - 0.1,
        max=last + 0.01,
        min_step=0,
        max_step=1,
        last_step=2,
    )
