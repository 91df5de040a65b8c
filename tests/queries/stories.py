"""A small project that the examples ask about: a baseline, a better run, one that failed, one that goes on."""

from __future__ import annotations

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.sources import Source
from goldfish.domain.values import (
    Environment,
    InputPlan,
    MetricSummary,
    Outcome,
    OutputPlan,
    Reason,
    ResolvedInput,
    StagePlan,
)
from goldfish.domain.workspaces import Workspace
from goldfish.projections.projector import Projector, View
from tests.fakes.event_log import InMemoryEventLog

RAW = "sha256:" + "0" * 64
FEATURES = "sha256:" + "1" * 64


def digits() -> InMemoryEventLog:
    """run-1 succeeds at 0.91, run-2 at 0.97, run-3 fails on NaN, run-4 is under way."""
    log = InMemoryEventLog()
    log.append("project", Project.Founded(name="digits", goal="Beat 0.95 | on digits"))
    log.append("source:digits", source("digits", 1))
    log.append("workspace:baseline", *created("baseline"), Workspace.Mounted(slot="w1", tree=tree(1)))
    whole_run(log, 1, lr=0.02, accuracy=0.91)
    log.append("workspace:baseline", Workspace.EditsSynced(slot="w1", tree=tree(2), files=3, skipped=[]))
    log.append("workspace:baseline", Workspace.VersionSaved(number=2, tree=tree(2), message="wider", by="run"))
    whole_run(log, 2, lr=0.3, accuracy=0.97, number=2)
    whole_run(log, 3, lr=10.0, accuracy=None, number=2)
    log.append("workspace:baseline", Workspace.ThoughtLogged(text="run-2 is the one to beat", about="run-2"))
    log.append("run-4", requested(4, lr=0.1, number=2))
    log.append("run-4/prepare", intended("digits@r1", RAW), Execution.Launched(handle="pid 7"))
    log.append("workspace:baseline", Workspace.EditsSynced(slot="w1", tree=tree(3), files=3, skipped=[]))
    return log


def now(log: InMemoryEventLog) -> View:
    """The read models of a log."""
    return Projector(log).at()


def tree(number: int) -> str:
    """A tree id."""
    return f"{number:040x}"


def source(name: str, revision: int) -> Source.Registered:
    """A revision of a source."""
    return Source.Registered(
        name=name, revision=revision, type="csv", digest=RAW, size=100, came_from="data/digits.csv"
    )


def created(name: str, base: str | None = None) -> list[Event]:
    """A workspace and its first version."""
    return [
        Workspace.Created(name=name, goal="the simplest thing", tree=tree(1), base=base),
        Workspace.VersionSaved(number=1, tree=tree(1), message="created", by="creation"),
    ]


def requested(run: int, *, lr: float, number: int = 1, description: str | None = None) -> Run.Requested:
    """A request for prepare → train."""
    prepare = StagePlan(
        name="prepare",
        module="modules/prepare.py",
        inputs=[InputPlan(name="raw", type="csv", digest=RAW, ref="digits@r1")],
        outputs=[OutputPlan(name="features", type="npy")],
        config={"split": {"train": 0.8, "seed": 1}},
    )
    train = StagePlan(
        name="train",
        module="modules/train.py",
        inputs=[InputPlan(name="features", type="npy", stage="prepare", signal="features")],
        outputs=[OutputPlan(name="model", type="file")],
        config={"lr": lr, "epochs": 5},
        overridden=["lr"],
    )
    return Run.Requested(
        workspace="baseline",
        number=number,
        tree=tree(number),
        pipeline="main",
        stages=[prepare, train],
        reason=Reason(description=description or f"try a learning rate of {lr}", hypothesis="faster"),
        environment=Environment(python="3.11.9", platform="linux", packages="sha256:" + "9" * 64),
        seed=1,
        fingerprint=f"lr {lr}",
    )


def intended(ref: str, digest: str) -> Execution.LaunchIntended:
    """A launch with one input."""
    given = ResolvedInput(name=ref.rpartition(".")[2], type="npy", digest=digest, ref=ref)
    return Execution.LaunchIntended(attempt=1, backend="process", inputs=[given])


def exited(seconds: float = 2.0) -> Execution.Exited:
    """A process that ended by itself, after two seconds unless told otherwise."""
    return Execution.Exited(
        ended_by="exited", exit_code=0, signal=None, seconds=seconds, peak_memory=1 << 20, failure=None
    )


def summary(last: float | None) -> MetricSummary:
    """Two points, the last of which is this; or not finite."""
    return MetricSummary(
        count=2,
        non_finite=int(last is None),
        first=0.5,
        last=0.5 if last is None else last,
        last_is_finite=last is not None,
        min=0.5,
        max=last or 0.5,
        min_step=0,
        max_step=1,
        last_step=1,
    )


def whole_run(log: InMemoryEventLog, run: int, *, lr: float, accuracy: float | None, number: int = 1) -> None:
    """A run from request to end; without an accuracy its loss became NaN and it failed."""
    log.append(f"run-{run}", requested(run, lr=lr, number=number), actor="coder", kind="agent")
    kept = Execution.OutputCaptured(name="features", type="npy", digest=FEATURES, size=8, described={"shape": [2, 2]})
    done = Execution.Concluded(outcome="succeeded", cause="it ended by itself")
    log.append(f"run-{run}/prepare", intended("digits@r1", RAW), Execution.Launched(handle="1"), exited(), kept, done)
    good = accuracy is not None
    outcome: Outcome = "succeeded" if good else "failed"
    cause = "it ended by itself" if good else "the check finite-metrics failed: the loss is NaN"
    log.append(
        f"run-{run}/train",
        intended(f"run-{run}/prepare.features", FEATURES),
        Execution.Launched(handle="2"),
        exited(),
        Execution.OutputCaptured(name="model", type="file", digest=f"sha256:{run:064d}", size=9, described={}),
        Execution.MetricsSealed(
            digest="sha256:" + "3" * 64,
            points=4,
            summary={"accuracy": summary(accuracy or 0.1), "loss": summary(1 - accuracy if accuracy else None)},
        ),
        Execution.CheckEvaluated(
            check="finite-metrics",
            subject="loss",
            verdict="passed" if good else "failed",
            severity="block",
            sentence="every value is finite" if good else "the loss is NaN",
            evidence={"points": 4},
        ),
        Execution.Concluded(outcome=outcome, cause=cause),
    )
    stages: dict[str, Outcome] = {"prepare": "succeeded", "train": outcome}
    log.append(f"run-{run}", Run.Finished(outcome=outcome, cause=f"train: {cause}", stages=stages))
