"""Random legal histories: every event in them was decided by an aggregate, so nothing illegal can be among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.finalizing import Logged, Said, amend, finalize, must_be_over, specs_of
from goldfish.domain.imported import Change, ForeignInput, ForeignVerdict
from goldfish.domain.names import Stream, execution_id, slot_stream, source_stream, version_id, workspace_stream
from goldfish.domain.notes import Measured, Note, NoteKind, Resolution
from goldfish.domain.projects import Project
from goldfish.domain.pruning import delete, prune_many, restore_versions, undelete
from goldfish.domain.results import proposal, stage_result
from goldfish.domain.runs import Run
from goldfish.domain.slots import Slot
from goldfish.domain.sources import Source
from goldfish.domain.specs import Judgement, ResultsSpec
from goldfish.domain.tags import Tags
from goldfish.domain.values import (
    Environment,
    InputPlan,
    MetricSummary,
    OutputPlan,
    Reason,
    ResolvedInput,
    StagePlan,
)
from goldfish.domain.workspaces import Workspace
from goldfish.errors import Refusal
from tests.fakes.event_log import EPOCH, InMemoryEventLog

Append = Callable[[str, list[Event]], None]

NAMES = ("baseline", "wide", "deep.er")
SLOTS = ("w1", "w2")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
LEAVES: st.SearchStrategy[JsonValue] = (
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS | st.lists(st.integers(0, 9), max_size=2)
)
SPECS = st.builds(
    ResultsSpec,
    metric=st.sampled_from(["accuracy", "other"]),
    direction=st.sampled_from(["maximize", "minimize"]),
    pick=st.sampled_from(["last", "best"]),
    goal=st.none() | NUMBERS,
    tolerance=st.just(0.0) | st.floats(0, 10),
    secondary=st.lists(st.sampled_from(["f1", "loss"]), max_size=2, unique=True),
    baseline=st.none() | st.sampled_from(["run-1", "@best"]),
)
CONFIGS: st.SearchStrategy[dict[str, JsonValue]] = st.dictionaries(
    TEXTS, LEAVES | st.dictionaries(TEXTS, LEAVES, max_size=2), max_size=3
)


@dataclass
class History:
    """A project under way: aggregates as they are, and the log that made them so."""

    log: InMemoryEventLog = field(default_factory=InMemoryEventLog)
    project: Project = field(default_factory=Project)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    tags: Tags = field(default_factory=Tags)
    notes: dict[str, Note] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    executions: dict[str, dict[str, Execution]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.to_project(self.project.found("digits", "beat the baseline", "/"))
        self.workspaces = {name: Workspace(workspace_stream(name)) for name in NAMES}
        self.slots = {name: Slot(slot_stream(name)) for name in SLOTS}
        self.sources = {"digits": Source(source_stream("digits"))}

    def to_project(self, events: list[Event]) -> None:
        for event in events:
            self.project = self.project.apply(event)
        self.log.append("project", *events)

    def to_workspace(self, name: str, events: list[Event]) -> None:
        for event in events:
            self.workspaces[name] = self.workspaces[name].apply(event)
        self.log.append(workspace_stream(name), *events)

    def to_slot(self, name: str, events: list[Event]) -> None:
        for event in events:
            self.slots[name] = self.slots[name].apply(event)
        self.log.append(slot_stream(name), *events)

    def to_tags(self, events: list[Event]) -> None:
        for event in events:
            self.tags = self.tags.apply(event)
        self.log.append("tags", *events)

    def to_source(self, name: str, events: list[Event]) -> None:
        for event in events:
            self.sources[name] = self.sources[name].apply(event)
        self.log.append(source_stream(name), *events)

    def to_note(self, note: str, events: list[Event]) -> None:
        for event in events:
            self.notes[note] = self.notes[note].apply(event)
        self.log.append(note, *events, actor="coder", kind="agent")

    def to_run(self, run: str, events: list[Event]) -> None:
        for event in events:
            self.runs[run] = self.runs[run].apply(event)
        self.log.append(run, *events, actor="coder", kind="agent")

    def to_execution(self, run: str, stage: str, events: list[Event]) -> None:
        for event in events:
            self.executions[run][stage] = self.executions[run][stage].apply(event)
        self.log.append(execution_id(run, stage), *events, actor="conductor", kind="policy")

    def request(self, run: str, requested: Run.Requested) -> None:
        """Begin a run; its stages have not begun."""
        self.runs[run] = Run(Stream(run))
        self.executions[run] = {s.name: Execution(Stream(execution_id(run, s.name))) for s in requested.stages}
        self.to_run(run, [requested])


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> History:
    """A legal history of up to `most` steps. A step that the rules refuse is no step."""
    history = History()
    for _ in range(draw(st.integers(0, most))):
        step = draw(st.sampled_from(_STEPS))
        try:
            step(draw, history)
        except Refusal:
            continue
    return history


@st.composite
def judged_histories(draw: st.DrawFn) -> History:
    """A legal history of runs that have ended or go on, some of which were judged, and judged again."""
    history = History()
    _create(draw, history)
    for _ in range(draw(st.integers(1, 3))):
        _request(draw, history)
        for step in draw(st.lists(st.sampled_from([_progress, _cancel, _finish, _finish, _judge, _judge]), max_size=5)):
            try:
                step(draw, history)
            except Refusal:
                continue
    return history


def _think(draw: st.DrawFn, history: History) -> None:
    about = draw(st.none() | st.sampled_from(sorted(history.runs) or ["baseline"]))
    history.to_project([Project.ThoughtLogged(text=draw(TEXTS), about=about)])  # as it was before notes had ids


def _note(draw: st.DrawFn, history: History) -> None:
    kind: NoteKind = draw(st.sampled_from(["thought", "hypothesis", "decision"]))
    refs = st.lists(st.sampled_from([*sorted(history.runs), *history.notes, "baseline@v1"]), max_size=2)
    because = draw(refs) if kind == "decision" else []
    number = 1 + sum(note.startswith(kind) for note in history.notes)
    history.notes[f"{kind}-{number}"] = Note(Stream(f"{kind}-{number}"))
    logged = Note.Logged(kind=kind, text=draw(TEXTS), about=draw(refs), because=because)
    history.to_note(f"{kind}-{number}", history.notes[f"{kind}-{number}"].log(logged))


def _change_note(draw: st.DrawFn, history: History) -> None:
    if not history.notes:
        raise Refusal
    name = draw(st.sampled_from(sorted(history.notes)))
    note = history.notes[name]
    resolution: Resolution = draw(st.sampled_from(["supported", "refuted", "abandoned"]))
    match draw(st.sampled_from(["amend", "resolve", "supersede", "withdraw"])):
        case "amend":
            history.to_note(name, note.amend(draw(TEXTS), draw(st.none() | st.just(["baseline"]))))
        case "resolve":
            history.to_note(name, note.resolve(resolution, draw(st.none() | TEXTS), sorted(history.runs)[:1]))
        case "supersede":
            history.to_note(name, note.supersede("decision-1"))
        case _:
            history.to_note(name, note.withdraw(draw(TEXTS)))


def _set_goal(draw: st.DrawFn, history: History) -> None:
    history.to_project(history.project.set_goal(draw(TEXTS)))


def _invariant(draw: st.DrawFn, history: History) -> None:
    known = sorted(history.project.invariants)
    if draw(st.booleans()) and known:
        history.to_project(history.project.retire_invariant(draw(st.sampled_from(known)), draw(TEXTS)))
    else:
        history.to_project(history.project.add_invariant(draw(TEXTS)))


def _tag(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(["good", "best"]))
    if draw(st.integers(0, 3)) == 0:
        history.to_tags(history.tags.remove(name))
        return
    versions = [version_id(n, v) for n, w in history.workspaces.items() for v in w.kept]
    target = draw(st.sampled_from([*versions, *sorted(history.runs), "w@v1"]))
    history.to_tags(history.tags.set(name, target, move=draw(st.booleans())))


def _prune(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    numbers = draw(st.lists(st.integers(1, 4), max_size=2))
    workspace = history.workspaces[name]
    if draw(st.booleans()):
        history.to_workspace(name, prune_many(workspace, numbers, history.tags, draw(TEXTS)).events)
    else:
        history.to_workspace(name, restore_versions(workspace, numbers))


def _delete(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    workspace = history.workspaces[name]
    gone = undelete(workspace) if workspace.deleted is not None else delete(workspace, None, draw(TEXTS))
    history.to_workspace(name, gone)


def _aim(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    history.to_workspace(name, history.workspaces[name].set_goal(draw(TEXTS)))


def _create(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(NAMES))
    bases = [version_id(n, v) for n, w in history.workspaces.items() for v in w.versions]
    base = draw(st.none() | st.sampled_from(bases)) if bases else None
    history.to_workspace(name, history.workspaces[name].create(name, draw(st.none() | TEXTS), _tree(draw), base))


def _mount(draw: st.DrawFn, history: History) -> None:
    name, slot = draw(st.sampled_from(_existing(history))), draw(st.sampled_from(SLOTS))
    mounted, taken = history.workspaces[name].mount(slot), history.slots[slot].take(slot, name)
    history.to_workspace(name, mounted)
    history.to_slot(slot, taken)


def _edit(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    history.to_workspace(name, history.workspaces[name].sync(_tree(draw), 3, []))


def _save(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    history.to_workspace(name, history.workspaces[name].save(draw(TEXTS), "save"))


def _roll_back(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    history.to_workspace(name, history.workspaces[name].roll_back(draw(st.integers(1, 3))))


def _unmount(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    slot = history.workspaces[name].in_slot()
    history.to_workspace(name, history.workspaces[name].unmount(_tree(draw)))
    history.to_slot(slot, history.slots[slot].free())


def _register(draw: st.DrawFn, history: History) -> None:
    source = history.sources["digits"]
    if source.retired is None:
        location, text = draw(st.sampled_from([None, "/data/d"])), draw(st.none() | TEXTS)
        events = source.register("digits", "npy", _digest(draw), 10, draw(TEXTS), location=location, text=text)
        history.to_source("digits", events)


def _change_source(draw: st.DrawFn, history: History) -> None:
    source = history.sources["digits"]
    if source.latest is None:
        raise Refusal
    revision = draw(st.sampled_from(sorted(source.revisions)))
    chosen = draw(st.sampled_from(("describe", "retire", "restore", "change", "mend")))
    match chosen:
        case "describe":
            history.to_source("digits", source.describe(draw(TEXTS), {"a": draw(TEXTS)}))
        case "retire":
            history.to_source("digits", source.retire(draw(TEXTS) + "!"))
        case "restore":
            history.to_source("digits", source.restore())
        case "change":
            history.to_source("digits", source.found(revision, [draw(TEXTS)]))
        case _:
            history.to_source("digits", source.found(revision, []))


def _request(draw: st.DrawFn, history: History) -> None:
    name = draw(st.sampled_from(_existing(history)))
    workspace = history.workspaces[name]
    run = f"run-{len(history.runs) + 1}"
    config = draw(CONFIGS)
    prepare = StagePlan(
        name="prepare",
        module="modules/prepare.py",
        inputs=[InputPlan(name="raw", type="npy", digest="sha256:" + "0" * 64, ref="digits@r1")],
        outputs=[OutputPlan(name="features", type="npy")],
        config=config,
        overridden=draw(st.lists(st.sampled_from(sorted(config)), max_size=1)) if config else [],
    )
    train = StagePlan(
        name="train",
        module="modules/train.py",
        inputs=[InputPlan(name="features", type="npy", stage="prepare", signal="features")],
        outputs=[OutputPlan(name="model", type="file")],
        config=draw(CONFIGS),
        results=draw(st.none() | SPECS),
    )
    requested = Run.Requested(
        workspace=name,
        number=workspace.latest,
        tree=workspace.versions[workspace.latest],
        pipeline="main",
        stages=[prepare, train],
        reason=Reason(description=draw(TEXTS), hypothesis=draw(st.none() | TEXTS)),
        environment=Environment(python="3.11.9", platform="linux"),
        seed=draw(st.none() | st.integers(0, 2**31)),
        fingerprint=f"sha256:{draw(st.integers(0, 2)):064d}",
        rerun_of=draw(st.none() | st.sampled_from(sorted(history.runs))) if history.runs else None,
    )
    history.request(run, requested)


def _import(draw: st.DrawFn, history: History) -> None:
    """Import a run, or what was said later on of one: what came first elsewhere need not come first here."""
    happened = EPOCH + timedelta(minutes=draw(st.integers(-30, 60)))
    word = draw(st.sampled_from(["win", "noise", "crash"]))
    verdict: Judgement = {"win": "success", "noise": "miss"}.get(word, "unknown")  # type: ignore[assignment]
    imported = sorted(name for name, run in history.runs.items() if run.imported is not None)
    if imported and draw(st.booleans()):
        name = draw(st.sampled_from(imported))
        said = Run.VerdictImported(verdict=verdict, said=word, happened=happened, by=None, note=draw(TEXTS))
        history.to_run(name, history.runs[name].judged_elsewhere(said))
        return
    name = f"run-{len(history.runs) + 1}"
    summary = MetricSummary(
        count=1, non_finite=0, first=0.5, last=0.5, last_is_finite=True, min=0.5, max=0.5, min_step=0, max_step=0,
        last_step=0,
    )  # fmt: skip
    history.runs[name], history.executions[name] = Run(Stream(name)), {}
    taken = Run.Imported(
        system="experiments",
        id=f"E{len(history.runs)}",
        item=draw(st.none() | st.just("7")),
        happened=happened,
        reason=Reason(description=draw(TEXTS), hypothesis=draw(st.none() | TEXTS)),
        changed=[Change(name=draw(TEXTS), before=draw(st.none() | TEXTS), after=draw(TEXTS))],
        config=draw(CONFIGS),
        inputs=[ForeignInput(name="digits", digest=_digest(draw))],
        parents=[draw(st.sampled_from(imported))] if imported else [],
        metrics={"loss": summary},
        metric="loss",
        direction="minimize",
        against=draw(st.sampled_from([None, "E1"])),
        against_metrics={"loss": draw(NUMBERS)},
        outcome=draw(st.sampled_from([None, "succeeded", "failed"])),
        cause=draw(st.none() | TEXTS),
        verdict=draw(st.none() | st.just(ForeignVerdict(verdict=verdict, said=word))),
        note=draw(st.none() | TEXTS),
        labels={"area": draw(TEXTS)},
    )
    history.to_run(name, history.runs[name].take_over(taken))


def _claim(draw: st.DrawFn, history: History) -> None:
    number = 1 + sum(note.startswith("claim") for note in history.notes)
    refs = st.lists(st.sampled_from([*sorted(history.runs), "baseline@v1"]), max_size=2)
    note = history.notes[f"claim-{number}"] = Note(Stream(f"claim-{number}"))
    logged = Note.Logged(
        kind="claim",
        text=draw(TEXTS),
        because=draw(refs),
        instead_of=draw(refs),
        measured=draw(st.none() | st.just(Measured(metric="loss", value=0.4, deviation=0.1, among=3))),
        system="incident",
        called=f"claim of {number}",
        happened=draw(st.none() | st.just(EPOCH - timedelta(days=1))),
    )
    history.to_note(f"claim-{number}", note.log(logged))


def _progress(draw: st.DrawFn, history: History) -> None:
    run = draw(st.sampled_from(_open(history)))
    executions = history.executions[run]
    under_way = [name for name, e in executions.items() if e.version and e.outcome is None]
    if under_way:
        _go_on(draw, history, run, under_way[0])
        return
    ready = history.runs[run].ready(executions)
    if ready:
        given = [
            ResolvedInput(name=i.name, type=i.type, digest=_digest(draw), ref=i.ref or f"{run}/{i.stage}.{i.signal}")
            for i in ready[0].inputs
        ]
        history.to_execution(run, ready[0].name, executions[ready[0].name].intend("process", given))
    else:
        history.to_run(run, history.runs[run].finish(executions))


def _finish(draw: st.DrawFn, history: History) -> None:
    """Bring every open run to its end."""
    for _ in range(40):
        if not any(run.is_open for run in history.runs.values()):
            return
        _progress(draw, history)


def _go_on(draw: st.DrawFn, history: History, run: str, stage: str) -> None:
    execution = history.executions[run][stage]
    if execution.launched is None:
        history.to_execution(run, stage, execution.record_launch(f"pid {draw(st.integers(1, 99))}"))
    elif execution.exited is None and execution.lost is None:
        if draw(st.integers(0, 9)) == 0:
            history.to_execution(run, stage, execution.record_loss("the machine went away"))
            return
        code = draw(st.sampled_from([0, 0, 0, 1]))
        exited = Execution.Exited(
            ended_by="exited", exit_code=code, signal=None, seconds=1.5, peak_memory=1 << 20, failure=None
        )
        history.to_execution(run, stage, execution.record_exit(exited))
    else:
        history.to_execution(run, stage, execution.conclude(_evidence(draw, stage)))


def _evidence(draw: st.DrawFn, stage: str) -> list[Event]:
    value = draw(st.none() | NUMBERS)
    last = MetricSummary(
        count=2,
        non_finite=int(value is None),
        first=value,
        last=value,
        last_is_finite=value is not None,
        min=value,
        max=value,
        min_step=0,
        max_step=0,
        last_step=1,
    )
    name = {"prepare": "features", "train": "model"}[stage]
    return [
        Execution.OutputCaptured(name=name, type="npy", digest=_digest(draw), size=8, described={"shape": [2, 2]}),
        Execution.MetricsSealed(digest=_digest(draw), points=2, summary={draw(TEXTS): last, "accuracy": last}),
        Execution.CheckEvaluated(
            check="finite-metrics",
            subject="loss",
            verdict="failed" if value is None else "passed",
            severity="block",
            sentence="the loss is not finite" if value is None else "all is finite",
            evidence={"points": 2},
        ),
    ]


def _cancel(draw: st.DrawFn, history: History) -> None:
    run = draw(st.sampled_from(_open(history)))
    history.to_run(run, history.runs[run].cancel(draw(TEXTS)))


def _park(draw: st.DrawFn, history: History) -> None:
    run = draw(st.sampled_from(_open(history)))
    history.to_run(run, history.runs[run].park("launch", draw(TEXTS), 5))


def _judge(draw: st.DrawFn, history: History) -> None:
    """Judge a run that has ended, or judge it anew."""
    ended = [name for name, run in history.runs.items() if run.finished is not None]
    if not ended:
        raise Refusal
    name = draw(st.sampled_from(ended))
    run, sealed = history.runs[name], history.executions[name]["train"].sealed
    summaries = {stage: sealed.summary if sealed else {} for stage in specs_of(run)}
    logged = Logged(summaries, lambda _: [])
    said = Said(
        verdict=draw(st.sampled_from([None, "success", "miss", "unknown"])), comment=draw(TEXTS) + "!", reason="because"
    )
    if run.judgements:
        history.to_run(name, amend(run, draw(TEXTS), said, logged))
        return
    results = [
        stage_result(stage, spec, summaries[stage], outcome=history.executions[name][stage].outcome)
        for stage, spec in specs_of(run).items()
    ]
    proposed = proposal(name, must_be_over(run), "for a reason", results)
    history.to_run(name, finalize(run, proposed, said, logged))


def _configure(draw: st.DrawFn, history: History) -> None:
    history.to_project(history.project.configure({"minimum_reason": draw(st.integers(1, 99))}))


def _existing(history: History) -> list[str]:
    found = [name for name, workspace in history.workspaces.items() if workspace.exists]
    if not found:
        raise Refusal
    return found


def _open(history: History) -> list[str]:
    found = [name for name, run in history.runs.items() if run.is_open]
    if not found:
        raise Refusal
    return found


def _tree(draw: st.DrawFn) -> str:
    return f"{draw(st.integers(0, 4)):040x}"


def _digest(draw: st.DrawFn) -> str:
    return f"sha256:{draw(st.integers(0, 9)):064x}"


_STEPS = [
    *[
        _create,
        _mount,
        _edit,
        _save,
        _roll_back,
        _unmount,
        _register,
        _change_source,
        _request,
        _request,
        _cancel,
        _think,
    ],
    *[_import, _import, _claim],
    *[_invariant, _tag, _tag, _prune, _prune, _delete, _aim],
    *[_note, _change_note, _finish, _judge, _judge, _configure],
    *[_set_goal, _park, *[_progress] * 12],
]
