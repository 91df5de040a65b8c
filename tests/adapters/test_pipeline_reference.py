"""docs/reference/pipeline.md says what the parser does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from goldfish.adapters.yaml_documents import read_yaml
from goldfish.domain.config_schema import RULE_KEYS
from goldfish.domain.contract_grammar import ALL_KEYS as CONTRACT_KEYS
from goldfish.domain.pipelines import ROOT_KEYS, parse_pipeline
from goldfish.domain.planning import RESERVED
from goldfish.domain.settings import parse_setting
from goldfish.domain.signal_grammar import INPUT_KEYS, LOADER_KEYS, OUTPUT_KEYS
from goldfish.domain.stage_grammar import LIMIT_KEYS, STAGE_KEYS
from goldfish.domain.units import seconds, size
from goldfish.domain.values import Limits, SignalType

PAGE = (Path(__file__).parents[2] / "docs/reference/pipeline.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TABLES = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_pipeline(example: str):
    assert parse_pipeline(read_yaml(example.encode(), "example.yaml")).stages


@pytest.mark.parametrize(
    "key",
    sorted({*ROOT_KEYS, *STAGE_KEYS, *INPUT_KEYS, *OUTPUT_KEYS, *LIMIT_KEYS, *LOADER_KEYS, *RULE_KEYS, *CONTRACT_KEYS}),
)
def test_every_key_is_described_and_shown_in_an_example(key: str):
    assert re.search(rf"`{key}`", PAGE)
    assert any(re.search(rf"\b{key}: ", example) or f"{key}:\n" in example for example in EXAMPLES)


@pytest.mark.parametrize("name", [*get_args(SignalType), *RESERVED])
def test_every_type_and_reserved_key_is_named(name: str):
    assert f"`{name}`" in PAGE


def test_the_limits_that_it_names_are_the_ones_that_hold():
    named = {key: re.findall(r"`([^`]+)`", TABLES[key])[-1] for key in ("time", "memory", "log")}
    assert Limits() == Limits(
        seconds=seconds(named["time"]), memory=size(named["memory"]), log=size(named["log"]), outputs=size("64GiB")
    )


def test_every_setting_that_it_shows_can_be_read():
    shown = re.findall(r"^\| `([^`]+=[^`]+)` \|", PAGE, re.MULTILINE)
    assert [parse_setting(text).key.split(".")[0] for text in shown] == ["train", "lr", *["train"] * 4]
