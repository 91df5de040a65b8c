"""One event of every class, with every field filled. Their bytes are frozen in events.tsv."""

from __future__ import annotations

from datetime import UTC, datetime

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.findings import Finding
from goldfish.domain.imported import Change, ForeignCode, ForeignInput, ForeignVerdict
from goldfish.domain.notes import Note
from goldfish.domain.project_settings import ProjectSettings
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.slots import Slot
from goldfish.domain.sources import Source
from goldfish.domain.specs import StageValue
from goldfish.domain.suspicion import CodeIs, InputIs, LabelIs, ScoreIs, SettingIs, Suspicion
from goldfish.domain.tags import Tag
from goldfish.domain.values import (
    Environment,
    Failure,
    InputPlan,
    Limits,
    LogFile,
    MetricSummary,
    OutputPlan,
    Reason,
    ResolvedInput,
    Skipped,
    StagePlan,
)
from goldfish.domain.workspaces import Workspace

TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

SUMMARY = MetricSummary(
    count=100,
    non_finite=1,
    first=2.3,
    last=None,
    last_is_finite=False,
    min=0.0625,
    max=2.3,
    min_step=98,
    max_step=0,
    last_step=99,
)
STAGE = StagePlan(
    name="train",
    module="modules/train.py",
    inputs=[
        InputPlan(name="features", type="npy", stage="prepare", signal="features"),
        InputPlan(name="digits", type="csv", digest=DIGEST, ref="digits@r1"),
    ],
    outputs=[OutputPlan(name="model", type="directory")],
    config={"lr": 3e-4, "layers": [64, 32], "augment": False, "note": None},
    overridden=["lr"],
    environment={"OMP_NUM_THREADS": "2"},
    limits=Limits(seconds=60.5, memory=1 << 30, log=1 << 20, outputs=1 << 33),
)

JUDGED = StageValue(stage="train", metric="accuracy", split="val", direction="maximize", value=0.9731, step=99)

SAMPLES: tuple[Event, ...] = (
    Project.Founded(name="digits", goal="read digits – all of them"),
    Project.GoalSet(goal="read letters too"),
    Project.Configured(settings=ProjectSettings(gate="refuse", minimum_reason=20, trend_runs=5)),
    Project.ThoughtLogged(text="smaller steps\nmight help", about="run-3"),
    Project.InvariantAdded(number=2, text="the test set is never trained on"),
    Project.InvariantRetired(number=2, reason="there is a new test set"),
    Slot.Taken(workspace="baseline"),
    Slot.Freed(workspace="baseline"),
    Workspace.Created(name="baseline", goal="start here", tree=TREE, base="other@v4"),
    Workspace.Mounted(slot="w1", tree=TREE),
    Workspace.EditsSynced(slot="w1", tree=TREE, files=3, skipped=[Skipped(path="a/pipe", why="it is a pipe")]),
    Workspace.VersionSaved(number=2, tree=TREE, message="smaller steps", by="save"),
    Workspace.FilesImported(
        came_from="/home/ana/nets",
        tree=TREE,
        files=2,
        skipped=[Skipped(path=".venv", why="a virtual environment")],
    ),
    Workspace.RolledBack(slot="w1", to=1, tree=TREE, safety=TREE),
    Workspace.EditsRescued(slot="w1", tree=TREE),
    Workspace.Unmounted(slot="w1", tree=TREE),
    Workspace.ThoughtLogged(text="the scheduler is off by one", about=None),
    Workspace.GoalSet(goal="fewer parameters"),
    Workspace.VersionPruned(number=2, reason="a dead end"),
    Workspace.VersionRestored(number=2),
    Workspace.Deleted(reason="the idea did not hold"),
    Workspace.Restored(),
    Tag.Set(name="good", target="baseline@v2"),
    Tag.Moved(name="good", target="run-3", was="baseline@v2"),
    Tag.Removed(name="good", was="run-3"),
    Note.Logged(
        kind="decision",
        text="go on with warm-up",
        workspace="baseline",
        about=["baseline@v2"],
        because=["run-3", "run-3/train"],
        instead_of=["decision-1"],
    ),
    Note.Amended(text="go on with warm-up, 500 steps", about=["baseline@v2", "digits@r1"]),
    Note.Resolved(resolution="refuted", text="it diverged all the same", evidence=["run-3"]),
    Note.Superseded(by="decision-2"),
    Note.Withdrawn(reason="the data was wrong"),
    Finding.Recorded(
        reason="the labels are shifted by one",
        suspicion=Suspicion(
            things=["digits@r1"],
            runs=["run-3"],
            groups=["sweep"],
            settings=[[SettingIs(name="augment"), SettingIs(name="lr", test="equals", value=0.1)]],
            sound_settings=[[SettingIs(name="mended", test="present")]],
            code=[CodeIs(version="baseline@v2"), CodeIs(hash="25edc0e"), CodeIs(label="main before the mend")],
            sound_code=[CodeIs(version="baseline@v3")],
            committed=False,
            inputs=[InputIs(name="digits", digest=DIGEST)],
            sound_inputs=[InputIs(name="letters")],
            scores=[ScoreIs(value=0.1, tolerance=0.005, metric="accuracy"), ScoreIs(value=0.9, test="above")],
            metrics=["accuracy"],
            seeds=[7],
            actors=["ana"],
            outcomes=["failed"],
            labels=[LabelIs(name="host", value="gpu-3")],
            twins=True,
            since=datetime(2026, 1, 2, tzinfo=UTC),
            until=datetime(2026, 1, 3, tzinfo=UTC),
            sound_runs=["run-9"],
            noise="gain",
            compared_with=["run-1"],
            builds_on=True,
            inherited=True,
        ),
        given={"bad_data": "digits@r1"},
    ),
    Finding.Withdrawn(reason="the labels were right after all"),
    Source.Registered(name="digits", revision=1, type="csv", digest=DIGEST, size=1797, came_from="/data/digits.csv"),
    Source.Described(revision=1, text="eight by eight pixels", columns={"p0": "the first pixel, 0 to 16"}),
    Source.FoundChanged(revision=1, files=["train/a.csv: other bytes"], more=2),
    Source.FoundUnchanged(revision=1),
    Source.Retired(reason="its labels were shifted by one"),
    Source.Restored(),
    Run.Requested(
        workspace="baseline",
        number=2,
        tree=TREE,
        pipeline="pipeline.yaml",
        stages=[STAGE],
        reason=Reason(description="a smaller rate", hypothesis="it diverged", approach="lr / 10", expected="> 0.95"),
        environment=Environment(python="3.11.7", platform="linux-x86_64", packages=DIGEST),
        seed=7,
        fingerprint=DIGEST,
        rerun_of="run-1",
        rerun_reason="the data changed",
    ),
    Run.CancelRequested(reason="changed my mind"),
    Run.StageCancelRequested(stage="train", reason="evaluate alone is enough"),
    Run.Parked(policy="launching", error="RunnerUnavailable", tries=5),
    Run.Finished(
        outcome="failed", cause="train: it exited with code 3", stages={"prepare": "succeeded", "train": "failed"}
    ),
    Run.Finalized(
        verdict="success",
        values=[JUDGED],
        comment="the best until now",
        learned="a smaller rate is enough",
        next_steps=["a longer run"],
        reason="two points above the goal after all",
    ),
    Run.Amended(
        verdict="partial",
        values=[JUDGED],
        comment="one fold only",
        learned="it depends on the seed",
        next_steps=["other seeds"],
        reason="the split had leaked",
    ),
    Run.Imported(
        system="mlflow",
        id="b1946ac92492d2347c6235b4d2611184",
        item="pull-17",
        group="sweep-2",
        happened=datetime(2026, 3, 27, 5, 16, 19, tzinfo=UTC),
        began=datetime(2026, 3, 27, 4, 0, tzinfo=UTC),
        by="ada",
        reason=Reason(description="less weight decay", hypothesis="it regularises too much"),
        changed=[Change(name="weight_decay", before="1e-4", after="5e-5")],
        config={"weight_decay": 5e-5, "layers": [64, 32]},
        inputs=[ForeignInput(name="digits", digest=DIGEST)],
        code=ForeignCode(hash="dc16e00", label="main@17", committed=True),
        seed=7,
        parents=["d3486ae9136e7856bc42212385ea7970"],
        metrics={"loss": SUMMARY},
        points=DIGEST,
        metric="loss",
        direction="minimize",
        against="d3486ae9136e7856bc42212385ea7970",
        against_metrics={"loss": 0.75},
        outcome="succeeded",
        seconds=3600.0,
        verdict=ForeignVerdict(verdict="success", said="win"),
        note="four seeds",
        labels={"area": "optimiser", "flags": ["rerun"]},
    ),
    Run.VerdictImported(
        verdict="unknown",
        said="noise",
        happened=datetime(2026, 3, 28, tzinfo=UTC),
        by="a36",
        note="a lucky seed",
    ),
    Execution.LaunchIntended(
        attempt=1,
        backend="process",
        inputs=[ResolvedInput(name="features", type="npy", digest=DIGEST, ref="run-3/prepare.features")],
    ),
    Execution.Reused(
        execution="run-3/prepare",
        fingerprint=DIGEST,
        inputs=[ResolvedInput(name="raw", type="csv", digest=DIGEST, ref="digits@r1")],
    ),
    Execution.Launched(handle="pid:4711"),
    Execution.LaunchRefused(why="there is no interpreter"),
    Execution.StopRequested(reason="too slow"),
    Execution.Exited(
        ended_by="signalled",
        exit_code=None,
        signal=9,
        seconds=12.5,
        peak_memory=1 << 28,
        failure=Failure(type="ValueError", message="bad shape", where="modules/train.py:41"),
    ),
    Execution.Lost(why="the machine was restarted"),
    Execution.OutputCaptured(
        name="features", type="npy", digest=DIGEST, size=4096, described={"shape": [64, 8], "dtype": "<f8"}
    ),
    Execution.OutputRefused(name="model", type="directory", why="it is missing"),
    Execution.MetricsSealed(digest=DIGEST, points=100, summary={"loss": SUMMARY}, more=2),
    Execution.LogKept(log=LogFile(digest=DIGEST, kept=1024, written=4096)),
    Execution.ArtifactLogged(name="confusion.png", digest=DIGEST, size=2048),
    Execution.CheckEvaluated(
        check="finite",
        subject="loss",
        verdict="failed",
        severity="block",
        sentence="loss is not a number from step 99 on",
        evidence={"step": 99, "value": "nan"},
    ),
    Execution.Concluded(outcome="failed", cause="the check finite failed: loss is not a number from step 99 on"),
)
