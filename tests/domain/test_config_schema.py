"""config_schema: rules by dotted key, and everything in a configuration that breaks them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.config_schema import TYPES, Rule, config_problems, read_config_schema
from goldfish.domain.problems import Problems


def schema(**rules: Any) -> dict[str, Rule]:
    problems = Problems()
    found = read_config_schema("config_schema", rules, problems)
    assert problems.found == []
    return found


def refused(rules: Any) -> list[str]:
    problems = Problems()
    read_config_schema("config_schema", rules, problems)
    return problems.found


class TestRules:
    def test_a_rule_is_a_type_or_a_mapping(self):
        found = schema(lr="float", depth={"type": "int", "required": True, "choices": [1, 2], "min": 1, "max": 2})
        assert found == {"lr": Rule("float"), "depth": Rule("int", True, (1, 2), 1, 2)}

    @pytest.mark.parametrize(
        ("rules", "why"),
        [
            ({"lr": "flaot"}, "'lr': the type is one of int, float, number, bool, str, list, dict, not 'flaot'"),
            ({"lr": {"min": 1}}, "the type is one of int, float, number, bool, str, list, dict, not None"),
            ({"lr": {"type": "float", "mni": 1}}, "did you mean 'min'?"),
            ({"lr": {"type": "float", "min": 2, "max": 1}}, "min 2 is above max 1"),
            ({"lr": {"type": "float", "min": "low"}}, "a bound is a number, not 'low'"),
            ({"lr": {"type": "float", "max": True}}, "a bound is a number, not True"),
            ({"lr": {"type": "str", "max": 3}}, "only a number has bounds, not str"),
            ({"lr": {"type": "int", "choices": [1, True]}}, "True is not a whole number (int)"),
            ({"lr": {"type": "int", "choices": []}}, "a list of at least one value"),
            ({"lr": {"type": "int", "required": "yes"}}, "this is true or false, not 'yes'"),
            ({"a..b": "int"}, "a part of the key is empty"),
            ({"a": "int", "a.b": "int"}, "'a.b' stands below 'a', which is int and has no keys"),
            ([], "a mapping of keys to values, not a list"),
        ],
    )
    def test_a_rule_that_makes_no_sense_is_refused(self, rules: Any, why: str):
        assert any(why in problem for problem in refused(rules))


class TestValues:
    @pytest.mark.parametrize(
        ("wanted", "fitting", "others"),
        [
            ("int", [0, -3], [1.0, True, "1", None]),
            ("float", [0, 0.5], [True, "0.5", None]),
            ("number", [0, 0.5], [False, "0.5"]),
            ("bool", [True, False], [0, "true", None]),
            ("str", ["", "a"], [1, None]),
            ("list", [[], [1]], ["a", {}]),
            ("dict", [{}, {"a": 1}], [[], None]),
        ],
    )
    def test_a_value_is_of_its_type_and_true_is_no_number(self, wanted: str, fitting: list[Any], others: list[Any]):
        assert [config_problems(schema(key=wanted), {"key": value}) for value in fitting] == [[]] * len(fitting)
        assert all(config_problems(schema(key=wanted), {"key": value}) for value in others)

    def test_everything_wrong_is_told_at_once_with_its_key(self):
        rules = schema(
            **{
                "lr": {"type": "float", "min": 0, "max": 1},
                "optimizer.name": {"type": "str", "choices": ["adam", "sgd"]},
                "optimizer.steps": {"type": "int", "required": True},
                "epochs": "int",
            }
        )
        assert config_problems(rules, {"lr": 3, "optimizer": {"name": "admw"}, "epochs": "ten"}) == [
            "lr: 3 is above 1",
            "optimizer.name: 'admw' is not one of 'adam', 'sgd'",
            "optimizer.steps is required: a whole number (int)",
            "epochs: 'ten' is not a whole number (int)",
        ]

    def test_a_key_that_looks_like_one_of_the_schema_is_taken_for_a_slip(self):
        rules = schema(**{"learning_rate": "float", "optimizer.momentum": "float", "free": "dict"})
        found = config_problems(rules, {"learning_rat": 1, "optimizer": {"momentm": 1}, "free": {"learning_rat": 1}})
        assert [problem.split(";")[0] for problem in found] == [
            "learning_rat is not in the schema",
            "optimizer.momentm is not in the schema",
        ]

    def test_other_keys_are_free(self):
        rules = schema(learning_rate="float", lr1="float")
        assert config_problems(rules, {"epochs": 3, "lr2": 0.1, "nested": {"deep": [1]}}) == []

    def test_one_is_no_choice_where_true_is(self):
        assert config_problems({"x": Rule("bool", choices=(True,))}, {"x": True}) == []
        assert config_problems({"x": Rule("number", choices=(1,))}, {"x": 1.0}) == []

    @given(
        st.dictionaries(st.sampled_from(["a", "a.b", "steps", "step"]), st.sampled_from(TYPES)),
        st.dictionaries(st.text(max_size=5) | st.sampled_from(["a", "b", "steps"]), st.none() | st.integers()),
    )
    def test_without_a_schema_everything_is_allowed_and_with_one_nothing_breaks(
        self, rules: dict[str, str], config: dict[str, Any]
    ):
        assert config_problems({}, config) == []
        assert all(
            isinstance(p, str) for p in config_problems({key: Rule(kind) for key, kind in rules.items()}, config)
        )
