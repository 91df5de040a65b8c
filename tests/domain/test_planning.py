"""A request becomes stages with nothing left to decide, or a refusal that says what to do."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from goldfish.domain.pipelines import parse_pipeline
from goldfish.domain.planning import Plan, Upstream, plan_run
from goldfish.domain.settings import parse_setting
from goldfish.domain.sources import Source
from goldfish.domain.values import InputPlan, Limits
from goldfish.errors import (
    BadConfig,
    BadSetting,
    GoldfishError,
    StageCodeMissing,
    UnknownSource,
    UnknownStage,
    UnresolvedInput,
)

PIPELINE = parse_pipeline(
    {
        "stages": [
            {
                "name": "train",
                "inputs": {"x": "prepare.features", "words": {"source": "words", "type": "csv"}},
                "outputs": {"model": "file"},
                "defaults": {"lr": 0.1, "optimizer": {"name": "sgd", "momentum": 0.9}},
                "environment": {"OMP_NUM_THREADS": "1"},
                "limits": {"time": "5m"},
            },
            {"name": "prepare", "inputs": {"raw": "source:digits"}, "outputs": {"features": "npy"}},
        ]
    }
)
SOURCES = {
    "digits": Source.Registered(name="digits", revision=2, type="parquet", digest="sha256:d2", size=9, came_from="x"),
    "words": Source.Registered(name="words", revision=1, type="csv", digest="sha256:w1", size=9, came_from="y"),
}
EARLIER = {("prepare", "features"): Upstream("sha256:f7", "run-7/prepare.features", "npy")}


def plan(*stages: str, pipeline: Any = PIPELINE, missing: str = "", upstream: Any = EARLIER, **request: Any) -> Plan:
    request.setdefault("configs", {"train": {"epochs": 3, "seed": 5}})
    request.setdefault("sources", SOURCES)
    return plan_run(
        pipeline,
        stages=stages,
        has_file=lambda path: path != missing,
        upstream=lambda stage, signal: upstream.get((stage, signal)),
        **request,
    )


def refusal(error: type[GoldfishError], *stages: str, **request: Any) -> Any:
    with pytest.raises(error) as caught:
        plan(*stages, **request)
    return caught.value


def configs(result: Plan) -> dict[str, Any]:
    return {stage.name: stage.config for stage in result.stages}


class TestThePlan:
    def test_the_whole_pipeline_is_planned_in_the_order_of_its_data(self):
        prepare, train = plan().stages
        assert (prepare.name, prepare.module) == ("prepare", "modules/prepare.py")
        assert prepare.inputs == [InputPlan(name="raw", type="parquet", digest="sha256:d2", ref="digits@r2")]
        assert train.inputs == [
            InputPlan(name="x", type="npy", stage="prepare", signal="features"),
            InputPlan(name="words", type="csv", digest="sha256:w1", ref="words@r1"),
        ]
        assert (train.environment, train.limits) == ({"OMP_NUM_THREADS": "1"}, Limits(seconds=300))

    def test_the_configuration_lies_over_the_defaults_and_below_the_settings(self):
        result = plan(
            configs={"train": {"optimizer": {"momentum": 0.5}, "epochs": 3}},
            settings=[parse_setting("epochs=9")],
            overrides={"train": {"optimizer": {"name": "adam"}}},
        )
        assert configs(result)["train"] == {
            "lr": 0.1,
            "optimizer": {"name": "adam", "momentum": 0.5},
            "epochs": 9,
        }
        assert result.stages[1].overridden == ["optimizer.name", "epochs"]

    def test_an_input_of_a_stage_that_is_not_selected_is_what_an_earlier_run_wrote(self):
        (train,) = plan("train").stages
        assert train.inputs[0] == InputPlan(name="x", type="npy", digest="sha256:f7", ref="run-7/prepare.features")

    def test_the_stages_asked_for_are_planned_once_and_in_order(self):
        assert [stage.name for stage in plan("train", "prepare", "train").stages] == ["prepare", "train"]

    def test_planning_changes_none_of_what_it_is_given(self):
        given = {"train": {"optimizer": {"momentum": 0.5}}}
        before = deepcopy((given, PIPELINE))
        plan(configs=given, seed=3, overrides={"train": {"optimizer": {"name": "adam"}}})
        assert (given, PIPELINE) == before


class TestSeeds:
    def test_the_seed_of_the_request_also_replaces_the_one_in_a_configuration(self):
        result = plan(seed=7)
        assert (result.seed, configs(result)["train"]["seed"]) == (7, 7)
        assert "seed" not in configs(result)["prepare"]
        assert result.stages[1].overridden == ["seed"]

    def test_a_seed_set_for_one_stage_stays_beside_the_seed_of_the_request(self):
        assert configs(plan(seed=7, settings=[parse_setting("train.seed=1")]))["train"]["seed"] == 1
        assert configs(plan(seed=7, overrides={"train": {"seed": 1}}))["train"]["seed"] == 1

    def test_without_one_it_is_the_seed_that_the_configurations_agree_on(self):
        assert plan().seed == 5
        assert plan(configs={"train": {"seed": 5}, "prepare": {"seed": 5}}).seed == 5
        assert plan(configs={"train": {"seed": 5}, "prepare": {"seed": 6}}).seed is None
        assert plan(configs={"train": {"seed": "five"}}).seed is None
        assert plan(configs={"train": {"seed": True}}).seed is None

    def test_a_part_of_a_pipeline_has_the_seed_of_the_whole(self):
        given = {"prepare": {"seed": 5}, "train": {}}
        assert plan("train", configs=given).seed == plan(configs=given).seed == 5
        assert plan("train", configs={**given, "train": {"seed": 6}}).seed is None
        assert plan("train", configs=given, seed=7).seed == 7

    @pytest.mark.parametrize("seed", [-1, 2**32, True])
    def test_a_seed_is_what_every_generator_takes(self, seed: int):
        assert "whole number from 0 to 4294967295" in refusal(BadSetting, seed=seed).message


class TestWhatIsRefused:
    def test_an_unknown_stage(self):
        error = refusal(UnknownStage, "trian")
        assert (error.near, "train, prepare" in error.next_step) == (("train",), True)

    def test_a_stage_without_code(self):
        assert refusal(StageCodeMissing, missing="modules/train.py").facts["path"] == "modules/train.py"
        assert plan("prepare", missing="modules/train.py").stages

    def test_an_unknown_source(self):
        assert refusal(UnknownSource, sources={"digit": SOURCES["digits"]}).near == ("digit",)

    def test_a_source_of_another_type(self):
        sources = {**SOURCES, "words": SOURCES["digits"].model_copy(update={"name": "words"})}
        assert "the source words is parquet, not csv" in refusal(UnresolvedInput, sources=sources).message

    def test_an_input_that_nobody_has_written_yet(self):
        error = refusal(UnresolvedInput, "train", upstream={})
        assert "no run of this workspace has written prepare.features" in error.message
        assert error.next_step == "Select the stage prepare too, or run it first."

    def test_an_earlier_output_of_another_type(self):
        earlier = {("prepare", "features"): Upstream("sha256:f7", "run-7/prepare.features", "csv")}
        error = refusal(UnresolvedInput, "train", upstream=earlier)
        assert "run-7/prepare.features is csv, not npy" in error.message

    @pytest.mark.parametrize(
        ("config", "why"),
        [
            ({"a": {"b": float("nan")}}, "a.b: nan is not a finite number"),
            ({"a": [1, object()]}, "a[1]: object is no JSON value"),
            ({1: "x"}, "not text"),
            ({0: "x"}, "not text"),
            ({"a": "\0"}, "not text"),
            ([1], "not a mapping"),
            ({"compute": {"profile": "gpu"}}, "'compute' cannot be used"),
            ({"environment": {"A": "1"}}, "stand under the stage in pipeline.yaml"),
        ],
    )
    def test_a_configuration_that_cannot_be_recorded(self, config: Any, why: str):
        error = refusal(BadConfig, configs={"train": config})
        assert (error.facts["file"], why in error.message) == ("configs/train.yaml", True), error.message

    def test_a_reserved_key_by_a_setting(self):
        assert "'compute'" in refusal(BadConfig, settings=[parse_setting("train.compute=gpu")]).message

    def test_a_setting_for_a_stage_that_is_not_selected(self):
        error = refusal(BadSetting, "train", settings=[parse_setting("prepare.k=1")])
        assert "'prepare' is not part of this run" in error.message
