"""Two requests have one fingerprint exactly when nothing differs that decides what they do."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.contracts import Contract
from goldfish.domain.fingerprints import Files, fingerprint, stage_fingerprint
from goldfish.domain.specs import ResultsSpec
from goldfish.domain.values import Environment, InputPlan, Limits, Loader, OutputPlan, ResolvedInput, StagePlan


@dataclass(frozen=True)
class File:
    path: str
    mode: int = 0o100644
    content: str = "aa"


ENVIRONMENT = Environment(python="3.11.7", platform="linux-x86_64", packages="sha256:aa")
CODE = [File("modules/train.py"), File("modules/prepare.py"), File("lib/models.py"), File("run.sh", 0o100755)]
PREPARE = StagePlan(
    name="prepare",
    module="modules/prepare.py",
    inputs=[InputPlan(name="raw", type="csv", digest="sha256:11", ref="digits@r1")],
    outputs=[OutputPlan(name="features", type="npy"), OutputPlan(name="labels", type="npy")],
    config={"seed": 0, "split": {"test": 0.2, "by": "user"}},
)
TRAIN = StagePlan(
    name="train",
    module="modules/train.py",
    inputs=[InputPlan(name="features", type="npy", stage="prepare", signal="features")],
    outputs=[OutputPlan(name="model", type="file")],
    config={"lr": 0.0003, "layers": [1, 2]},
    environment={"OMP_NUM_THREADS": "1", "A": "b"},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


def of(code: Any = CODE, stages: Any = (PREPARE, TRAIN), environment: Environment = ENVIRONMENT, seed: Any = 0) -> str:
    return fingerprint(Files(code), stages, environment, seed)


def changed(**values: object) -> str:
    return of(stages=[PREPARE, TRAIN.model_copy(update=values)])


def test_it_is_the_same_text_in_every_process_and_on_every_machine():
    assert of() == FROZEN


@given(st.randoms(use_true_random=False))
def test_the_order_of_files_stages_and_keys_is_irrelevant(random: Random):
    def shuffled(values: Any) -> Any:
        values = list(values)
        random.shuffle(values)
        return values

    def stage(plan: StagePlan) -> StagePlan:
        return plan.model_copy(
            update={
                "inputs": shuffled(plan.inputs),
                "outputs": shuffled(plan.outputs),
                "config": dict(shuffled(plan.config.items())),
                "environment": dict(shuffled(plan.environment.items())),
            }
        )

    assert of(shuffled(CODE), shuffled([stage(PREPARE), stage(TRAIN)])) == of()


@given(JSON, JSON)
def test_configurations_have_one_fingerprint_exactly_when_their_values_are_the_same(left: object, right: object):
    same = repr(_sorted(left)) == repr(_sorted(right))
    assert (changed(config={"x": left}) == changed(config={"x": right})) == same


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def test_a_number_is_the_same_however_it_is_written_and_another_type_is_another_value():
    assert changed(config={"lr": 3e-4}) == changed(config={"lr": 0.0003}) == changed(config={"lr": float("0.3e-3")})
    assert len({changed(config={"x": value}) for value in (1, 1.0, "1", True)}) == 4


@pytest.mark.parametrize(
    "values",
    [
        {"module": "modules/other.py"},
        {"environment": {"A": "b"}},
        {"environment": {"OMP_NUM_THREADS": "2", "A": "b"}},
        {"outputs": []},
        {"outputs": [OutputPlan(name="model", type="json")]},
        {"inputs": []},
        {"inputs": [InputPlan(name="features", type="npy", stage="prepare", signal="labels")]},
        {"inputs": [InputPlan(name="features", type="npy", digest="sha256:22", ref="run-1/prepare.features")]},
        {"inputs": [InputPlan(name="features", type="file", stage="prepare", signal="features")]},
        {"config": {}},
        {"module": "", "command": ["cargo", "run"]},
        {"gather": True},
        {"printed": True},
        {"outputs": [OutputPlan(name="model", type="file", optional=True)]},
        {"inputs": [TRAIN.inputs[0].model_copy(update={"loader": Loader(script="loaders/features.py")})]},
        {"code": ["modules/train.py"]},
    ],
)
def test_anything_that_changes_what_a_stage_does_changes_it(values: dict[str, object]):
    assert changed(**values) != of()


@pytest.mark.parametrize(
    "values",
    [
        {"limits": Limits(seconds=1)},
        {"overridden": ["lr"]},
        {"defaulted": ["lr"]},
        {"results": ResultsSpec(metric="loss", direction="minimize")},
        {"outputs": [OutputPlan(name="model", type="file", contract=Contract(description="Weights."))]},
        {"inputs": [TRAIN.inputs[0].model_copy(update={"overridden": True, "contract": Contract(rank=2)})]},
    ],
)
def test_limits_judgements_and_where_a_value_was_written_do_not_change_it(values: dict[str, object]):
    assert changed(**values) == of()


def test_the_name_of_an_input_is_irrelevant_when_its_bytes_are_the_same():
    def reading(digest: str, ref: str) -> str:
        return changed(inputs=[InputPlan(name="features", type="npy", digest=digest, ref=ref)])

    assert reading("sha256:33", "digits@r1") == reading("sha256:33", "run-7/prepare.features")
    assert reading("sha256:33", "digits@r1") != reading("sha256:44", "digits@r1")


@pytest.mark.parametrize(
    "code",
    [
        CODE[1:],
        [*CODE, File("lib/new.py")],
        [*CODE[:3], File("run.sh", 0o100644)],
        [File("modules/train.py", content="bb"), *CODE[1:]],
        [File("modules/trains.py"), *CODE[1:]],
        [*CODE, File("prompts/system.md")],
        [*CODE, File("configs/words/stop.txt")],
        [*CODE, File("configs/words/train.yaml")],
        [*CODE, File("lib/pipeline.yaml")],
    ],
)
def test_any_change_of_the_code_changes_it(code: list[File]):
    assert of(code) != of()


@pytest.mark.parametrize(
    "path",
    [
        "pipeline.yaml",
        "pipelines/big.yaml",
        "configs/train.yaml",
        "README.md",
        "lib/README.md",
        "lib/.goldfishignore",
    ],
)
def test_what_the_plan_holds_already_and_what_people_read_do_not_change_it(path: str):
    assert of([*CODE, File(path)]) == of()


@pytest.mark.parametrize("field", ["python", "platform", "packages"])
def test_another_environment_or_seed_changes_it(field: str):
    assert of(environment=ENVIRONMENT.model_copy(update={field: "other"})) != of()
    assert len({of(seed=seed) for seed in (None, 0, 1)}) == 3


# ── by what a stage can reach ─────────────────────────────────────────────────────────────────────────────────────────

PATHS = ["modules/train.py", "modules/other.py", "lib/models.py", "lib/__init__.py", "data.txt", "README.md"]
GIVEN = [ResolvedInput(name="features", type="npy", digest="sha256:77", ref="run-1/prepare.features")]


def stage_of(stage: StagePlan = TRAIN, code: Any = CODE, inputs: Any = GIVEN, seed: int | None = 0) -> str:
    return stage_fingerprint(stage, Files(code), inputs, ENVIRONMENT, seed)


@given(reached=st.none() | st.sets(st.sampled_from(PATHS)), edited=st.sampled_from(PATHS))
def test_an_edit_changes_it_exactly_when_the_stage_can_reach_the_file_or_it_is_data(
    reached: set[str] | None, edited: str
):
    stage = TRAIN.model_copy(update={"code": None if reached is None else sorted(reached)})
    before = [File(path) for path in PATHS]
    after = [File(path, content="bb") if path == edited else File(path) for path in PATHS]
    counts = edited == "data.txt" or (edited != "README.md" if reached is None else edited in reached)
    assert (stage_of(stage, before) != stage_of(stage, after)) == counts
    run = [PREPARE.model_copy(update={"code": []}), stage]
    assert (of(before, run) != of(after, run)) == counts


def test_a_new_file_that_nobody_reaches_changes_nothing():
    stages = [PREPARE.model_copy(update={"code": []}), TRAIN.model_copy(update={"code": ["modules/train.py"]})]
    assert of([*CODE, File("modules/evaluate.py")], stages) == of(CODE, stages)
    assert of([*CODE, File("data.csv")], stages) != of(CODE, stages)


def test_one_stage_that_reaches_an_edited_file_makes_the_run_another_one():
    stages = [PREPARE.model_copy(update={"code": []}), TRAIN.model_copy(update={"code": ["modules/train.py"]})]
    assert of([File("modules/train.py", content="bb"), *CODE[1:]], stages) != of(CODE, stages)


def test_the_configuration_of_another_pipeline_counts_only_when_it_is_reached():
    known = TRAIN.model_copy(update={"code": ["modules/train.py"]})
    reading = TRAIN.model_copy(update={"code": ["configs/big/train.yaml", "modules/train.py"]})
    more = [*CODE, File("configs/big/train.yaml")]
    assert stage_of(known, more) == stage_of(known)
    assert stage_of(reading, more) != stage_of(reading)


def test_a_configuration_that_a_command_names_counts_for_it():
    command = TRAIN.model_copy(update={"module": "", "command": ["./fit", "--config=configs/train.yaml"]})
    assert stage_of(command, [*CODE, File("configs/train.yaml")]) != stage_of(command)
    assert stage_of(command, [*CODE, File("configs/other.yaml")]) == stage_of(command)


def test_stages_with_other_names_do_the_same_work():
    assert stage_of(TRAIN.model_copy(update={"name": "again"})) == stage_of()


def test_a_stage_is_the_same_work_on_the_same_bytes_wherever_these_came_from():
    other = [GIVEN[0].model_copy(update={"ref": "digits@r1"})]
    planned = TRAIN.model_copy(update={"inputs": [InputPlan(name="features", type="npy", digest="sha256:77", ref="x")]})
    assert stage_of(inputs=other) == stage_of(planned) == stage_of()
    assert stage_of(inputs=[GIVEN[0].model_copy(update={"digest": "sha256:88"})]) != stage_of()
    assert stage_of(inputs=[GIVEN[0].model_copy(update={"name": "labels"})]) != stage_of()
    assert stage_of(seed=None) != stage_of(seed=0)


FROZEN = "sha256:b14fc4de84856594fc716629dfcb56924c3ecae6c133d18a5ab4d53b8c25643f"
