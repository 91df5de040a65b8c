"""What a name, a number or a text may be: each rule is at least as strict as those of the tool before this one."""

from __future__ import annotations

import json

import pytest

from goldfish.errors import BadDocument, BadPipeline, GoldfishError, UnsafeName
from goldfish.stage.metric_log import NAME
from tests.scenarios.conftest import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One for all: nothing here is ever accepted."""
    return Lab(tmp_path_factory.mktemp("strict") / "lab")


BAD = [
    "", "a\n", "a/b", "../a", "a b", "-a", "a;b", "a|b", "a$b", "a`b", "a'b", 'a"b', "a\\b",
    "a<b", "a*b", "a?b", "a[b", "a{b", "~a", "a!b", "a\tb", "a" * 65,
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_no_name_holds_what_a_shell_or_a_path_would_take_for_something_else(lab: Lab, name: str) -> None:
    data = lab.root / "data.csv"
    data.write_text("a\n1\n")
    goldfish = lab.goldfish
    for ask in (
        lambda: goldfish.create_workspace(name),
        lambda: goldfish.add_source(name, data),
        lambda: goldfish.tag(name, "w@v1"),
        lambda: goldfish.run("w", reason="to see what it makes of it", group=name),
    ):
        with pytest.raises(UnsafeName):
            ask()
    for written in (
        {"stages": [{"name": name}]},
        {"stages": [{"name": "s", "outputs": {name: "json"}}]},
        {"stages": [{"name": "s", "inputs": {name: {"source": "x"}}}]},
    ):
        lab.write(pipeline=json.dumps(written))
        with pytest.raises((BadPipeline, BadDocument)):
            goldfish.plan("w")


@pytest.mark.parametrize(
    "given",
    [
        "v", "v-1", "v1\n", "v٣", "V1", "v1.0", "snap-1", "job-00000000",
        "stage-0", "prun-0", "build-00000000", "run-0", "run-1\n", "run-٣",
    ],
)  # fmt: skip
def test_ids_are_those_that_goldfish_gave(lab: Lab, given: str) -> None:
    for ask in (
        lambda: lab.goldfish.rollback("w", given),
        lambda: lab.goldfish.show(given),
        lambda: lab.goldfish.progress(given),
    ):
        with pytest.raises(GoldfishError):
            ask()


@pytest.mark.parametrize("name", ["", "1a", "_a", "a b", "a\n", "é", "a;b", "a" * 257, "a%2e"])
def test_a_metric_has_a_name_of_letters_digits_and_few_signs(name: str) -> None:
    assert not NAME.fullmatch(name)


@pytest.mark.parametrize(
    "stage",
    [
        'module: "../a.py"', 'module: "/a.py"', 'module: "a//b.py"', 'module: "a.py\\n"', 'module: "a b.py"',
        'module: "a.exe"', 'module: "a;b.py"',
        'environment: {"1A": x}', 'environment: {"A-B": x}', 'environment: {A: "b\\nc"}', 'environment: {A: "b\\rc"}',
        'environment: {A: "b\\tc"}',
        'environment: {A: "b\\0c"}', 'environment: {GOLDFISH_SEED: "1"}', "environment: {A: 1}",
        f"environment: {{A: {'b' * 32_769}}}",
        'config: {"": 1}', 'limits: {time: "1 fortnight"}', "limits: {time: -1}", "limits: {memory: no}",
    ],
)  # fmt: skip
def test_a_stage_says_only_what_can_be_meant(lab: Lab, stage: str) -> None:
    lab.write(pipeline=f"stages: [{{name: train, {stage}}}]\n", train="pass\n")
    with pytest.raises((BadPipeline, BadDocument)):
        lab.goldfish.plan("w")
