"""What a pipeline leaves to the configuration gets its values when the run is planned."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from goldfish.domain.contracts import Contract
from goldfish.domain.pipelines import parse_pipeline
from goldfish.domain.planning import Plan, Upstream, plan_run
from goldfish.domain.settings import parse_setting
from goldfish.domain.settling import refuse_broken_input
from goldfish.domain.sources import Source
from goldfish.domain.values import InputPlan, Loader, OutputPlan
from goldfish.errors import BadConfig, BadPipeline, ContractBroken, GoldfishError, StageFileMissing

SOURCES = {"digits": Source.Registered(name="digits", revision=1, type="csv", digest="sha256:d", size=9, came_from="x")}
EARLIER = Upstream("sha256:f", "run-7/prepare.features", "npy")


def planned(
    *stages: dict[str, Any],
    only: tuple[str, ...] = (),
    configs: dict[str, Any] | None = None,
    missing: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
) -> Plan:
    return plan_run(
        parse_pipeline({"stages": list(stages)}),
        configs=configs or {},
        has_file=lambda path: path not in missing,
        sources=SOURCES,
        upstream=lambda _stage, _signal: EARLIER,
        stages=only,
        settings=[parse_setting(given) for given in settings],
    )


def refusal(error: type[GoldfishError], *stages: dict[str, Any], **request: Any) -> GoldfishError:
    with pytest.raises(error) as caught:
        planned(*stages, **request)
    return caught.value


def writes(**contract: Any) -> dict[str, Any]:
    return {"name": "prepare", "outputs": {"features": {"type": "npy", "contract": contract}}}


def reads(**contract: Any) -> dict[str, Any]:
    return {"name": "train", "inputs": {"features": {"from_stage": "prepare", "contract": contract}}}


class TestCommands:
    STAGE: ClassVar[dict[str, Any]] = {
        "name": "train",
        "command": ["python", "fit.py", "--lr={lr}", "{opt.name}"],
        "defaults": {"lr": 0.1},
    }

    def test_placeholders_take_the_values_that_the_stage_gets(self):
        [stage] = planned(self.STAGE, configs={"train": {"opt": {"name": "sgd"}}}, settings=("lr=1e-3",)).stages
        assert (stage.command, stage.module) == (["python", "fit.py", "--lr=0.001", "sgd"], "")

    def test_the_paths_of_inputs_and_outputs_have_placeholders(self):
        stage = {
            "name": "train",
            "command": ["{inputs.program}", "{inputs.digits}", "{outputs.model}"],
            "inputs": {"program": {"from_stage": "build", "signal": "program"}, "digits": "source:digits"},
            "outputs": {"model": "file"},
        }
        build = {"name": "build", "command": ["cc", "-o", "{outputs.program}"], "outputs": {"program": "file"}}
        made, run = planned(build, stage).stages
        assert made.command == ["cc", "-o", "../outputs/program"]
        assert run.command == ["../inputs/program", "../inputs/digits.csv", "../outputs/model"]

    def test_a_configuration_with_such_a_key_comes_first(self):
        stage = {"name": "train", "command": ["fit", "{inputs.x}"], "defaults": {"inputs": {"x": "own"}}}
        assert planned(stage).stages[0].command == ["fit", "own"]

    def test_an_input_that_is_not_there_has_no_path(self):
        found = refusal(BadPipeline, {"name": "train", "command": ["fit", "{inputs.x}"]})
        assert "no key 'inputs.x'" in found.facts["why"][0]

    def test_every_placeholder_without_a_value_is_named(self):
        found = refusal(BadPipeline, {"name": "train", "command": ["fit", "{a}", "{b.c}"]})
        assert found.facts["why"] == [
            "stage 'train', command, item 2: the configuration has no key 'a'",
            "stage 'train', command, item 3: the configuration has no key 'b.c'",
        ]

    def test_a_program_of_the_workspace_has_to_be_there(self):
        stage = {"name": "train", "command": ["./bin/fit"]}
        assert planned(stage).stages[0].command == ["./bin/fit"]
        found = refusal(StageFileMissing, stage, missing=("bin/fit",))
        assert found.message == "The program of stage 'train' is bin/fit, which is not in the workspace."

    def test_a_program_of_the_machine_is_not_looked_for(self):
        assert planned({"name": "train", "command": ["/usr/bin/env"]}, missing=("/usr/bin/env", "usr/bin/env"))

    def test_a_module_is_not_needed(self):
        assert planned({"name": "train", "command": ["fit"]}, missing=("modules/train.py",))


class TestLoaders:
    STAGE: ClassVar[dict[str, Any]] = {
        "name": "train",
        "inputs": {"x": {"source": "digits", "loader": "loaders/t.py:read"}},
    }

    def test_a_loader_goes_with_its_input(self):
        assert planned(self.STAGE).stages[0].inputs[0].loader == Loader(script="loaders/t.py", function="read")

    def test_its_file_has_to_be_there(self):
        found = refusal(StageFileMissing, self.STAGE, missing=("loaders/t.py",))
        assert found.message == "The loader of 'x' of stage 'train' is loaders/t.py, which is not in the workspace."


class TestConfigurations:
    def test_what_only_the_defaults_gave_is_known(self):
        stage = {"name": "train", "defaults": {"a": 1, "b": {"c": 2, "d": 3, "e": {}}, "f": 4, "g": {"h": 5}}}
        [found] = planned(stage, configs={"train": {"b": {"d": 30}, "x": 1}}, settings=("f=40",)).stages
        assert found.defaulted == ["a", "b.c", "b.e", "g.h"]

    def test_the_schema_is_held_against_what_the_stage_really_gets(self):
        stage = {"name": "train", "defaults": {"lr": 0.1}, "config_schema": {"lr": {"type": "float", "max": 1}}}
        assert planned(stage).stages[0].config == {"lr": 0.1}
        found = refusal(BadConfig, stage, settings=("lr=3",))
        assert found.message == "configs/train.yaml: lr: 3 is above 1."

    def test_all_stages_are_judged_at_once(self):
        stages = [{"name": name, "config_schema": {"n": {"type": "int", "required": True}}} for name in ("a", "b")]
        found = refusal(BadConfig, *stages, configs={"b": {"n": "x"}})
        assert found.facts["file"] == "configs/a.yaml, configs/b.yaml"
        assert found.facts["why"] == [
            "a: n is required: a whole number (int)",
            "b: n: 'x' is not a whole number (int)",
        ]


class TestContracts:
    def test_they_take_their_values_from_the_stage_that_has_them(self):
        prepare, train = planned(
            {**writes(shape=[None, "{width}"]), "defaults": {"width": 3}},
            {**reads(shape=[None, "{size}"]), "defaults": {"size": 3}},
        ).stages
        assert prepare.outputs == [OutputPlan(name="features", type="npy", contract=Contract(shape=[None, 3]))]
        assert train.inputs[0].contract == Contract(shape=[None, 3])

    def test_a_placeholder_without_a_value_is_refused(self):
        [why] = refusal(BadPipeline, writes(shape=["{width}"])).facts["why"]
        assert why.startswith("stage 'prepare', output 'features', contract, shape: ")
        assert why.endswith("the configuration has no key 'width', which {width} stands for")

    def test_an_output_that_its_reader_cannot_take_is_refused_before_anything_runs(self):
        found = refusal(ContractBroken, writes(dtype="float64"), reads(dtype="float32"))
        assert found.message == (
            "The input 'features' of stage 'train' cannot be prepare.features: "
            "the dtype float64 is promised, float32 wanted."
        )

    def test_it_is_only_recorded_where_the_contract_says_so(self):
        assert planned(writes(dtype="float64"), reads(dtype="float32", enforcement="warn"))

    def test_a_stage_that_is_not_part_of_the_run_promises_nothing(self):
        assert planned(writes(dtype="float64"), reads(dtype="float32"), only=("train",))

    def test_the_contract_of_a_source_fits_its_type(self):
        stage = {"name": "train", "inputs": {"x": {"source": "digits", "contract": {"columns": ["a"], "shape": [1]}}}}
        assert refusal(BadPipeline, stage).facts["why"] == [
            "stage 'train', input 'x', contract: unknown key 'shape': it belongs to npy, not csv"
        ]

    def test_bytes_that_exist_are_held_against_the_contract_of_their_input(self):
        given = InputPlan(name="x", type="npy", digest="sha256:f", ref="run-7/a.x", contract=Contract(rank=2))
        refuse_broken_input("train", given, {"shape": [3, 3]})
        with pytest.raises(ContractBroken, match=r"cannot be run-7/a.x: it has 1 axes, not 2"):
            refuse_broken_input("train", given, {"shape": [3]})


def test_what_a_stage_says_of_results_and_metrics_goes_into_the_plan():
    spec = {"metric": "loss", "direction": "minimize"}
    [stage] = planned({"name": "train", "results": spec, "printed": True, "reuse": False}).stages
    assert stage.results is not None
    assert (stage.results.metric, stage.printed, stage.reuse) == ("loss", True, False)
