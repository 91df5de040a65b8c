"""Contracts are written into a pipeline, and nothing else of the file differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.adapters.yaml_documents import add_contracts, read_yaml
from goldfish.domain.contract_grammar import read_contract
from goldfish.domain.contract_matching import observed
from goldfish.domain.contract_writing import as_written, contracts_yaml, wrapped, yaml_line
from goldfish.domain.problems import Problems
from tests.domain.test_contracts import described

RANK: dict[str, JsonValue] = {"rank": 1}
FORMS = """\
# how it is done
name: "digits"   # quoted

stages:
  - name: one
    outputs:
      plain: npy   # one row per image
      'quoted': "npy"
      flow: {type: npy, optional: true}
      flow_on_lines: {
        type: npy,  # a note
        optional: true,
      }
      block:
        optional: false
        type: npy     # the type

        # a comment of its own
      untouched:   csv
  - {name: two, outputs: {inline: npy, other: {type: npy}}}
  - name: three
    outputs: [short.npy, {name: long, type: npy}]
  - outputs:
    - item.npy
    - name: mapped
      type: npy
    name: four
"""
NAMES = (
    {("one", name): RANK for name in ("plain", "quoted", "flow", "flow_on_lines", "block")}
    | {("two", "inline"): RANK, ("two", "other"): RANK, ("three", "short"): RANK, ("three", "long"): RANK}
    | {("four", "item"): RANK, ("four", "mapped"): RANK}
)


def contracts_in(text: bytes) -> dict[tuple[str, str], JsonValue]:
    """The contracts of a document, by stage and output."""
    document: Any = read_yaml(text, "pipeline.yaml")
    found: dict[tuple[str, str], JsonValue] = {}
    for stage in document["stages"]:
        outputs = stage["outputs"]
        pairs = outputs.items() if isinstance(outputs, dict) else [(o["name"], o) for o in outputs if "name" in o]
        found |= {(stage["name"], name): o["contract"] for name, o in pairs if "contract" in o}
    return found


def test_every_form_of_an_output_takes_a_contract():
    assert contracts_in(add_contracts(FORMS.encode(), NAMES)) == NAMES


def test_comments_order_quotes_and_all_other_lines_stay():
    after = add_contracts(FORMS.encode(), {("one", "plain"): RANK, ("one", "block"): RANK}).decode()
    changed = [line for line in after.splitlines() if line not in FORMS.splitlines()]
    assert changed == [
        "      plain: {type: npy, contract: {rank: 1}}   # one row per image",
        "        contract: {rank: 1}",
    ]
    assert len(after.splitlines()) == len(FORMS.splitlines()) + 1
    assert after.index("# the type") < after.index("contract: {rank: 1}\n") < after.index("# a comment of its own")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_ends_of_lines_stay_as_they_are(newline: str):
    before = FORMS.replace("\n", newline).encode()
    after = add_contracts(before, NAMES)
    assert contracts_in(after) == NAMES
    assert after.count(b"\r") == (after.count(b"\n") if newline == "\r\n" else 0)


def test_text_beyond_ascii_moves_nothing():
    before = "# für 🐟\nname: digits\nstages:\n- {name: a, description: 'ü🐟', outputs: {x: npy}} # é\n"
    after = add_contracts(before.encode(), {("a", "x"): RANK}).decode()
    assert after == before.replace("x: npy", "x: {type: npy, contract: {rank: 1}}")


def test_a_file_without_an_end_of_line_gets_none_at_its_end():
    before = b"stages:\n- name: a\n  outputs:\n    x:\n      type: npy"
    assert add_contracts(before, {("a", "x"): RANK}) == before + b"\n      contract: {rank: 1}"


def test_a_long_contract_goes_over_several_lines():
    columns: dict[str, JsonValue] = {"columns": {f"column_{n}": "float64" for n in range(100)}}
    after = add_contracts(FORMS.encode(), {("one", "block"): columns, ("one", "plain"): columns})
    assert max(map(len, after.splitlines())) <= 120
    assert contracts_in(after) == {("one", "block"): columns, ("one", "plain"): columns}


NAME = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
OUTPUT = st.one_of(
    st.just("npy"),
    st.fixed_dictionaries({"type": st.just("npy")}, optional={"optional": st.booleans()}),
)
OUTPUTS = st.dictionaries(NAME, OUTPUT, min_size=1, max_size=4)


@given(st.dictionaries(NAME, OUTPUTS, min_size=1, max_size=4), st.data())
def test_whatever_wrote_the_file_only_the_contracts_differ(stages: dict[str, dict[str, Any]], data: st.DataObject):
    document: dict[str, Any] = {"stages": [{"name": name, "outputs": each} for name, each in stages.items()]}
    style = data.draw(st.sampled_from([None, True, False]))
    before = yaml.safe_dump(document, default_flow_style=style, width=data.draw(st.integers(10, 200)), sort_keys=False)
    places = [(stage, output) for stage, outputs in stages.items() for output in outputs]
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True))
    after: Any = read_yaml(add_contracts(before.encode(), dict.fromkeys(chosen, RANK)), "pipeline.yaml")
    for stage in document["stages"]:
        for name, output in dict(stage["outputs"]).items():
            if (stage["name"], name) in chosen:
                written = output if isinstance(output, dict) else {"type": output}
                stage["outputs"][name] = {**written, "contract": RANK}
    assert after == document


@given(described(), st.integers(0, 40))
def test_what_was_found_in_bytes_can_be_written_and_read_again(found: Any, indent: int):
    signal, known = found
    seen = observed(signal, known)
    written = as_written(signal, seen) if seen is not None else None
    if seen is None or written is None:
        return
    text = f"contract: {wrapped(yaml_line(dict(written)), indent + 2)}\n"
    again = read_yaml(text.encode(), "contract.yaml")["contract"]
    assert again == written
    problems = Problems()
    assert isinstance(again, Mapping)
    assert (read_contract("contract", signal, again, problems), problems.found) == (seen, [])


def test_what_is_inferred_is_yaml_for_a_pipeline():
    text = contracts_yaml({"prepare": {"x": {"shape": [None, 3]}, "yes": {"columns": ["no", "a b", "1", "é"]}}})
    assert read_yaml(text.encode(), "x") == {
        "prepare": {
            "outputs": {
                "x": {"contract": {"shape": [None, 3]}},
                "yes": {"contract": {"columns": ["no", "a b", "1", "é"]}},
            }
        }
    }
