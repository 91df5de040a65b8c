"""Which earlier runs were nearly this, and what differs?"""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from goldfish.domain.canonical import canonical
from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, InputPlan, Outcome, Reason, StagePlan
from goldfish.ledger.envelope import Envelope
from goldfish.ports import FileChange
from goldfish.projections.projector import Projector, View
from goldfish.queries.differing import Experiment, differences, flat
from goldfish.queries.likeness import Rarity
from goldfish.queries.near import near_runs
from goldfish.queries.nearby import Departure, NearRun
from goldfish.queries.picking import count
from tests.contracts.journal import ME, NOW
from tests.fakes.journal import InMemoryJournal

USUAL: dict[str, JsonValue] = {"lr": 0.1, "layers": 4, "optimizer": {"name": "adam", "betas": [0.9, 0.99]}}


def stage(name: str = "train", *, data: str = "digits@r1", **config: JsonValue) -> StagePlan:
    """A stage with the usual settings but for some."""
    given = InputPlan(name="data", type="npy", digest=f"sha256:{data}", ref=data)
    return StagePlan(name=name, module=f"modules/{name}.py", inputs=[given], config={**USUAL, **config})


def experiment(
    text: str, *stages: StagePlan, tree: str = "t1", seed: int | None = 1, packages: str = "p1"
) -> Experiment:
    """What is asked for."""
    environment = Environment(python="3.11", platform="linux", packages=packages)
    return Experiment(stages or [stage()], tree, seed, environment, Reason(description=text))


class Lab:
    """A ledger of runs."""

    def __init__(self) -> None:
        self.journal = InMemoryJournal()
        self.runs = 0
        for number in range(12):
            self.ran(experiment(f"baseline number {number}", tree=f"old{number}"))

    def tell(self, stream: str, *events: Event) -> None:
        known = len(self.journal.load(Stream(stream)))
        new = [Envelope(Stream(stream), known + n, event, NOW, ME) for n, event in enumerate(events, 1)]
        self.journal.append(new, {})

    def ran(self, asked: Experiment, outcome: Outcome | None = "succeeded", *evidence: Event) -> str:
        self.runs += 1
        name = f"run-{self.runs}"
        requested = Run.Requested(
            workspace="baseline", number=self.runs, tree=asked.tree, pipeline="p", stages=list(asked.stages),
            reason=asked.reason, environment=asked.environment, seed=asked.seed, fingerprint=name,
        )  # fmt: skip
        self.tell(name, requested)
        if evidence:
            self.tell(f"{name}/train", *evidence)
        if outcome is not None:
            self.tell(name, Run.Finished(outcome=outcome, cause=f"it {outcome}", stages={"train": outcome}))
        return name

    def view(self) -> View:
        return Projector(self.journal).at()

    def near(self, asked: Experiment) -> list[NearRun]:
        return near_runs(self.view(), self.journal, asked)


@pytest.fixture
def lab() -> Lab:
    """Twelve usual runs."""
    return Lab()


def test_the_same_setting_turned_is_near_and_what_differs_is_told_as_values(lab: Lab) -> None:
    earlier = lab.ran(experiment("a larger step", stage(lr=0.3)), "failed")
    found = lab.near(experiment("the step can be larger", stage(lr=3e-1 + 0.1)))
    assert found[0].run == earlier
    assert found[0].differs == [Departure(aspect="setting", stage="train", name="lr", before=0.3, after=0.4)]
    assert (found[0].version, found[0].outcome, found[0].cause) == ("baseline@v13", "failed", "it failed")
    assert (found[0].state, found[0].description, found[0].actor) == ("finished", "a larger step", "human:me")


def test_the_same_idea_in_a_file_of_code_is_found_by_its_words(lab: Lab) -> None:
    earlier = lab.ran(experiment("Mixup between digits of one class", tree="t7"))
    found = lab.near(experiment("mixup of digits within one class", tree="t8"))
    assert [one.run for one in found][:1] == [earlier]
    assert found[0].differs == [Departure(aspect="code", name="tree", before="t7", after="t8")]


def test_another_seed_of_the_same_work_is_as_near_as_can_be(lab: Lab) -> None:
    lab.ran(experiment("what a baseline does", tree="t9"))
    found = lab.near(experiment("how much is noise", tree="t9", seed=2))
    assert (found[0].run, found[0].likeness) == ("run-13", 1)
    assert found[0].differs == [Departure(aspect="seed", name="seed", before=1, after=2)]


def test_a_new_idea_is_near_to_nothing(lab: Lab) -> None:
    lab.ran(experiment("a larger step", stage(lr=0.3)))
    assert lab.near(experiment("attention in place of convolutions", stage(attention=True), tree="t8")) == []


def test_in_an_empty_ledger_nothing_is_near() -> None:
    journal = InMemoryJournal()
    assert near_runs(Projector(journal).at(), journal, experiment("first")) == []


def test_at_most_five_are_told(lab: Lab) -> None:
    for n in range(9):
        lab.ran(experiment("a larger step", stage(lr=0.3 + n / 100)))
    assert len(lab.near(experiment("a larger step", stage(lr=0.35)))) == 5


BAD_LOSS = Execution.CheckEvaluated(
    check="finite-metrics", subject="loss", verdict="failed", severity="block", sentence="it is NaN", evidence={}
)


@pytest.mark.parametrize(
    ("outcome", "evidence", "tested"),
    [
        ("succeeded", [], True),
        ("failed", [], False),
        ("failed", [BAD_LOSS], True),
        ("cancelled", [BAD_LOSS], False),
        ("lost", [], False),
        (None, [], False),
    ],
)
def test_what_crashed_or_was_stopped_has_tested_nothing(
    lab: Lab, outcome: Outcome | None, evidence: list[Event], tested: bool
) -> None:
    lab.ran(experiment("a larger step", stage(lr=0.3)), outcome, *evidence)
    assert lab.near(experiment("a larger step", stage(lr=0.4)))[0].tested is tested


def test_a_parked_run_says_why(lab: Lab) -> None:
    name = lab.ran(experiment("a larger step", stage(lr=0.3)), None)
    lab.tell(name, Run.Parked(policy="launching", error="no room", tries=5))
    found = lab.near(experiment("a larger step", stage(lr=0.4)))[0]
    assert (found.state, found.cause, found.tested) == ("parked", "no room", False)


def test_sql_counts_what_counting_all_would_count(lab: Lab) -> None:
    odd: dict[str, JsonValue] = {
        "a": 1e-05,
        "b": 3e-4,
        "c": 'quote " and ä',
        "d": [1, 2.0, {"k": None}],
        "e": {},
        "f": -0.0,
    }
    runs = [
        experiment(f"odd values {n}", StagePlan(name="train", config={**odd, "big": 2**63, "n": n})) for n in range(3)
    ]
    everything = [experiment(f"baseline number {n}").sketch for n in range(12)] + [one.sketch for one in runs]
    for one in runs:
        lab.ran(one)
    expected, found = Rarity.among(everything), count(lab.view(), [one.sketch for one in runs]).rarity
    assert found.runs == expected.runs
    for name, value in runs[0].sketch.settings.items():
        assert (found.values[name, canonical(value)], name) == (expected.values[name, canonical(value)], name)
        assert (found.usual[name], name) == (expected.usual[name], name)
    assert {word: found.words[word] for word in runs[0].sketch.words} == {
        word: expected.words[word] for word in runs[0].sketch.words
    }


# ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stages_that_only_one_has_are_named_once() -> None:
    one, other = experiment("x", stage("prepare"), stage("train")), experiment("x", stage("train"), stage("evaluate"))
    assert [(d.aspect, d.name, d.only) for d in differences(one, other)] == [
        ("stage", "prepare", "before"),
        ("stage", "evaluate", "after"),
    ]


def test_settings_are_compared_by_dotted_name_and_as_values() -> None:
    one = experiment("x", stage(lr=3e-4, gone=None, optimizer={"name": "adam", "momentum": 1}))
    other = experiment("x", stage(lr=0.0003, new=None, optimizer={"name": "lion", "momentum": True}))
    assert [(d.name, d.before, d.after, d.only) for d in differences(one, other)] == [
        ("optimizer.name", "adam", "lion", None),
        ("optimizer.momentum", 1, True, None),
        ("gone", None, None, "before"),
        ("new", None, None, "after"),
    ]


def test_inputs_are_compared_by_their_bytes() -> None:
    renamed = stage().model_copy(
        update={"inputs": [InputPlan(name="data", type="npy", digest="sha256:digits@r1", ref="x@r9")]}
    )
    assert differences(experiment("x"), experiment("x", renamed)) == []
    [found] = differences(experiment("x"), experiment("x", stage(data="digits@r2")))
    assert (found.aspect, found.stage, found.name) == ("input", "train", "data")
    assert found.before == {"ref": "digits@r1", "digest": "sha256:digits@r1"}
    assert found.after == {"ref": "digits@r2", "digest": "sha256:digits@r2"}


def test_paths_and_packages_are_told_when_they_can_be_looked_up() -> None:
    def diff(left: str, right: str) -> list[FileChange]:
        return [
            FileChange(path=f"{left}{right}{n:02}.py", change="modified", patch="", added=1, removed=1)
            for n in range(12)
        ]

    packages = {"p1": {"numpy": "1.26", "torch": "2.1"}, "p2": {"numpy": "2.0", "torch": "2.1"}}
    found = differences(experiment("x"), experiment("x", tree="t2", packages="p2"), diff, packages.__getitem__)
    code, numpy = found
    assert (code.paths[0], len(code.paths), code.more) == ("t1t200.py", 10, 2)
    assert (numpy.aspect, numpy.name, numpy.before, numpy.after) == ("environment", "package numpy", "1.26", "2.0")


def test_nothing_differs_from_itself() -> None:
    assert differences(experiment("x"), experiment("y")) == []


def test_lists_and_empty_mappings_are_values() -> None:
    assert flat({"a": {"b": 1, "c": {}}, "d": [1]}) == {"a.b": 1, "a.c": {}, "d": [1]}
