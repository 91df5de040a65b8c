"""Settings are read off a command line as their program would read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.arguments import settings_in
from goldfish.domain.json_values import json_problem


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("--lr 3e-4 --epochs=10", {"lr": 0.0003, "epochs": 10}),
        ("--batch-size 32", {"batch_size": 32}),
        ("--amp --seed 1 --quiet", {"amp": True, "seed": 1, "quiet": True}),
        ("optimizer.lr=0.1 +model=resnet", {"optimizer.lr": 0.1, "model": "resnet"}),
        ("-n 5 -x", {"n": 5, "x": True}),
        ("--shift -3 --scale -.5", {"shift": -3, "scale": -0.5}),
        ("--layers 64 64 10", {"layers": [64, 64, 10]}),
        ("--tag a --tag b", {"tag": ["a", "b"]}),
        ("data.csv out", {}),
        ("--name=", {"name": ""}),
        ("--note nan", {"note": "nan"}),
        ("--bad .nan", {"bad": ".nan"}),
    ],
)
def test_options_and_pairs_are_settings(line: str, settings: dict[str, JsonValue]) -> None:
    assert settings_in(line.split()) == settings


@given(st.lists(st.text(max_size=20), max_size=10))
def test_any_arguments_give_settings_that_can_be_recorded(arguments: list[str]) -> None:
    assert json_problem(settings_in(arguments)) is None
