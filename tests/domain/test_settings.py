"""Settings go to exactly one place, or are refused with the candidates."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.settings import Configured, Setting, apply_settings, parse_setting
from goldfish.errors import BadSetting

CONFIGS = {
    "prepare": {"seed": 0, "test_size": 0.2},
    "train": {"seed": 0, "lr": 0.1, "optimizer": {"name": "sgd", "momentum": 0.9}, "schedule": None},
}


def apply(*settings: str, **overrides: object) -> dict[str, Configured]:
    return apply_settings(CONFIGS, [parse_setting(s) for s in settings], overrides, stages=[*CONFIGS, "evaluate"])


def refusal(*settings: str, **overrides: object) -> BadSetting:
    before = deepcopy(CONFIGS)
    with pytest.raises(BadSetting) as caught:
        apply(*settings, **overrides)
    assert before == CONFIGS
    return caught.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lr=0.1", 0.1),
        ("lr=1e-3", 0.001),
        ("lr=3e-4", 0.0003),
        ("n=10", 10),
        ("n=-1", -1),
        ("x=true", True),
        ("x=yes", "yes"),
        ("x=null", None),
        ("x=a=b", "a=b"),
        ("x = hello world ", "hello world"),
        ('x="0.1"', "0.1"),
        ("x='it''s'", "it's"),
        ('x=""', ""),
        ("x=[1, 2.5, null]", [1, 2.5, None]),
        ('x={"a": {"b": 1}}', {"a": {"b": 1}}),
        ("x=/data/a.csv", "/data/a.csv"),
    ],
)
def test_a_setting_is_read_as_its_value_is_written(written: str, meant: object):
    value = parse_setting(written).value
    assert value == meant
    assert type(value) is type(meant)


@given(st.text("abc.", min_size=1).filter(lambda k: all(k.split("."))), st.integers(-(2**63), 2**64 - 1) | st.text())
def test_any_json_value_can_be_set(key: str, value: object):
    if isinstance(value, str) and "\0" in value:
        return
    assert parse_setting(f"{key}={json.dumps(value)}") == Setting(key, value)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("lr", "it has no ="),
        ("=1", "part of its key is empty"),
        ("a..b=1", "part of its key is empty"),
        ("a. b=1", "part of its key is empty"),
        ("lr=", "it has no value"),
        ("lr=.nan", "not a finite number"),
        ("lr=1e999", "not a finite number"),
        ("x=[NaN]", "finite"),
        ("x=[1e999]", "not a finite number"),
        ("n=99999999999999999999", "64 bits"),
        ("x=[99999999999999999999]", "64 bits"),
        ("x=[1, 2", "begins like a list in JSON"),
        ("x={a: 1}", "begins like a mapping in JSON"),
        ('x="a', "begins like text in JSON"),
        ('x={"a": 1, "a": 2}', "written twice"),
        ('x="\\u0000"', "not text"),
        ('x="\\ud800"', "not text"),
        ("x=" + "[" * 100 + "]" * 100, "32 levels"),
        ("x=" + "[" * 200_000, "recursion"),
        (".".join("a" * 33) + "=1", "more than 32 parts"),
    ],
)
def test_a_setting_that_says_nothing_clear_is_refused(written: str, why: str):
    with pytest.raises(BadSetting) as caught:
        parse_setting(written)
    assert why in caught.value.message


class TestWhereASettingGoes:
    def test_a_key_that_one_stage_has_goes_there(self):
        result = apply("lr=0.5")
        assert result["train"].config["lr"] == 0.5
        assert (result["train"].overridden, result["prepare"].overridden) == (["lr"], [])

    def test_a_key_led_by_a_stage_goes_there_and_may_be_new(self):
        result = apply("train.seed=3", "prepare.shuffle=true", "train.early.patience=5")
        assert result["train"].config["seed"] == 3
        assert result["train"].config["early"] == {"patience": 5}
        assert result["prepare"].config == {"seed": 0, "test_size": 0.2, "shuffle": True}
        assert result["train"].overridden == ["seed", "early.patience"]

    def test_a_nested_key_goes_into_its_mapping_and_leaves_the_rest(self):
        result = apply("optimizer.momentum=0.5")
        assert result["train"].config["optimizer"] == {"name": "sgd", "momentum": 0.5}
        assert result["train"].overridden == ["optimizer.momentum"]

    def test_a_mapping_is_merged_with_a_mapping(self):
        result = apply('optimizer={"momentum": 0.5, "nesterov": true}')
        assert result["train"].config["optimizer"] == {"name": "sgd", "momentum": 0.5, "nesterov": True}
        assert result["train"].overridden == ["optimizer.momentum", "optimizer.nesterov"]

    def test_below_null_a_mapping_may_begin(self):
        assert apply("train.schedule.warmup=10")["train"].config["schedule"] == {"warmup": 10}

    def test_of_two_settings_of_one_key_the_last_wins(self):
        result = apply("lr=0.5", "train.lr=0.6", train={"lr": 0.4})
        assert result["train"].config["lr"] == 0.6
        assert result["train"].overridden == ["lr"]

    def test_mappings_by_stage_say_the_same(self):
        result = apply(train={"optimizer": {"momentum": 0.5}, "new": [1]})
        assert result == apply("train.optimizer.momentum=0.5", "train.new=[1]")

    def test_the_configurations_given_stay_as_they_were(self):
        before = deepcopy(CONFIGS)
        apply("optimizer.momentum=0.5", "train.a.b=1", train={"optimizer": {"name": "adam"}})
        assert before == CONFIGS


class TestWhatIsRefused:
    def test_a_key_that_several_stages_have_is_refused_with_the_candidates(self):
        error = refusal("seed=1")
        assert error.near == ("prepare.seed", "train.seed")
        assert "2 stages have this key" in error.message

    def test_a_key_that_no_stage_has_is_refused_with_near_keys_and_the_way_to_add_it(self):
        error = refusal("optimizer.momentun=0.5")
        assert error.near == ("train.optimizer.momentum",)
        assert "train.optimizer.momentun=VALUE" in error.message

    def test_a_stage_that_is_not_selected_is_said_to_be_so(self):
        assert "'evaluate' is not part of this run" in refusal("evaluate.k=1").message
        assert "'evaluate' is not part of this run" in refusal(evaluate={"k": 1}).message
        error = refusal(trian={"k": 1})
        assert (error.near, "there is no stage 'trian'" in error.message) == (("train",), True)

    @pytest.mark.parametrize("value", ["5", "null", "[]", "text"])
    def test_a_mapping_is_never_replaced_by_a_single_value(self, value: str):
        assert "is a mapping; set one of its keys: name, momentum" in refusal(f"optimizer={value}").message

    def test_a_single_value_has_no_keys_below_it(self):
        assert "lr of stage train is 0.1, which has no keys below it" in refusal("train.lr.min=0").message

    @pytest.mark.parametrize("values", [5, None, ["lr"], {"lr": float("nan")}, {"lr": object()}, {1: 2}])
    def test_overrides_are_mappings_of_plain_json(self, values: object):
        assert refusal(train=values).facts["given"] == "train"


@given(st.dictionaries(st.sampled_from("abc"), st.integers() | st.dictionaries(st.sampled_from("abc"), st.integers())))
def test_a_setting_changes_its_key_and_nothing_else(config: dict[str, object]):
    result = apply_settings({"s": config}, [Setting("s.new", 1)])["s"]
    assert result == Configured({**config, "new": 1}, ["new"])


def test_a_new_key_that_looks_like_a_known_one_is_taken_for_a_slip():
    with pytest.raises(BadSetting) as refusal:
        apply_settings({"fit": {"epochs": 3}}, [parse_setting("fit.epcohs=4")])
    assert refusal.value.near == ("fit.epochs",)
    assert apply_settings({"fit": {"lr": 1}}, [parse_setting("fit.lr2=4")])["fit"].config == {"lr": 1, "lr2": 4}
