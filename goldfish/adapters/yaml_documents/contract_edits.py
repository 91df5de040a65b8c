"""Writes contracts into the text of a pipeline, and changes nothing else of it: comments, order and quotes stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml
from pydantic import JsonValue

from goldfish.domain.contract_writing import wrapped, yaml_line

_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
Place = tuple[str, str]  # a stage and its output


class _Edit(NamedTuple):
    """Text that takes the place of other text."""

    start: int
    end: int
    text: str


def add(data: bytes, contracts: Mapping[Place, Mapping[str, JsonValue]]) -> bytes:
    """As `add_contracts`."""
    text = data.decode("utf-8")
    newline = found[0] if (found := _LINE_END.search(text)) else "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)  # libyaml's marks count otherwise beyond ASCII
    edits = [
        edit for place, node in _outputs(root) if place in contracts for edit in _edit(text, node, contracts[place])
    ]
    for start, end, inserted in sorted(edits, reverse=True):
        text = text[:start] + inserted.replace("\n", newline) + text[end:]
    return text.encode("utf-8")


class _Output(NamedTuple):
    """Where an output stands: its name, as far as it is not within the value, and its value."""

    name: str
    value: yaml.Node
    listed: bool
    indent: int


def _outputs(root: yaml.Node | None) -> Iterator[tuple[Place, _Output]]:
    stages = _value(root, "stages")
    for stage in stages.value if isinstance(stages, yaml.SequenceNode) else []:
        name, outputs = _value(stage, "name"), _value(stage, "outputs")
        if not isinstance(name, yaml.ScalarNode):
            continue
        if isinstance(outputs, yaml.MappingNode):
            for key, value in outputs.value:
                yield (name.value, key.value), _Output(key.value, value, False, key.start_mark.column)
        elif isinstance(outputs, yaml.SequenceNode):
            for item in outputs.value:
                called = item if isinstance(item, yaml.ScalarNode) else _value(item, "name")
                if isinstance(called, yaml.ScalarNode):
                    short = isinstance(item, yaml.ScalarNode)
                    output = called.value.rpartition(".")[0] if short else called.value
                    yield (name.value, output), _Output(output, item, True, item.start_mark.column)


def _edit(text: str, output: _Output, contract: Mapping[str, JsonValue]) -> Iterator[_Edit]:
    value = output.value
    line = f"contract: {yaml_line(dict(contract))}"
    if isinstance(value, yaml.ScalarNode):
        given = text[value.start_mark.index : value.end_mark.index]
        before = f"name: {output.name}, type: {value.value.rpartition('.')[2]}" if output.listed else f"type: {given}"
        whole = wrapped(f"{{{before}, \0{line}}}", output.indent + 4)
        yield _Edit(value.start_mark.index, value.end_mark.index, whole)
    elif isinstance(value, yaml.MappingNode) and value.flow_style:
        last = value.value[-1][1].end_mark.index
        yield _Edit(last, last, wrapped(f", \0{line}", output.indent + 4))
    elif isinstance(value, yaml.MappingNode):
        key, kind = next((key, item) for key, item in value.value if key.value == "type")
        end = _LINE_END.search(text, kind.end_mark.index)
        at = end.start() if end else len(text)
        indent = key.start_mark.column
        yield _Edit(at, at, f"\n{' ' * indent}{wrapped(line, indent + 2)}")


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)
