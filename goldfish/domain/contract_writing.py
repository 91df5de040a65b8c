"""Contracts as they are written into a pipeline: the keys of the grammar, in one line of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

from goldfish.domain.contract_grammar import read_contract
from goldfish.domain.contracts import ArrayContract, Contract
from goldfish.domain.problems import Problems
from goldfish.domain.scalars import core_scalar
from goldfish.domain.templates import placeholder
from goldfish.domain.values import SignalType

BREAK = "\0"  # where a long line may go on in the next one

_PLAIN = re.compile(r"[A-Za-z_<][A-Za-z0-9_./<>-]*")
_UNPRINTABLE = re.compile(r"[^\t -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def as_written(signal: SignalType, contract: Contract) -> dict[str, JsonValue] | None:
    """The mapping that says this contract; None when the grammar has no way to say it."""
    written: dict[str, JsonValue] = {key: value for key, value in _fields(contract).items() if value is not None}
    problems = Problems()
    again = read_contract("contract", signal, written, problems)
    return written if written and again == contract and not problems.found else None


def _fields(contract: Contract) -> dict[str, JsonValue]:
    named = [column.name for column in contract.columns]
    typed: dict[str, JsonValue] = {column.name: column.dtype for column in contract.columns}
    only_names = not any(typed.values()) and not any(placeholder(name) for name in named)
    return {
        **_array(contract),
        "arrays": {name: _array(array) for name, array in contract.arrays.items()} or None,
        "columns": ([*named] if only_names else typed) or None,
        "exact": None if contract.exact else False,
        "ordered": None if contract.ordered else False,
        "kind": contract.json_kind,
        "content_type": contract.content_type,
        "description": contract.description,
        "enforcement": None if contract.enforcement == "block" else contract.enforcement,
    }


def _array(array: Contract | ArrayContract) -> dict[str, JsonValue]:
    shape: list[JsonValue] | None = [*array.shape] if array.shape is not None else None
    fields: dict[str, JsonValue] = {"shape": shape, "rank": array.rank, "dtype": array.dtype}
    return {key: value for key, value in fields.items() if value is not None}


def yaml_line(value: JsonValue) -> str:
    """A value in YAML's flow style, with `BREAK` where a line may end."""
    match value:
        case dict():
            return f"{{{f', {BREAK}'.join(f'{_text(key)}: {yaml_line(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{f', {BREAK}'.join(map(yaml_line, value))}]"
        case str():
            return _text(value)
        case _:
            return json.dumps(value)


def wrapped(line: str, indent: int, width: int = 110) -> str:
    """A line of `yaml_line`, broken so that it stays within the width; lines after the first are indented."""
    lines, room = [""], max(40, width - indent)
    for piece in line.split(BREAK):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return ("\n" + " " * indent).join(text.rstrip() for text in lines)


def contracts_yaml(contracts: Mapping[str, Mapping[str, Mapping[str, JsonValue]]]) -> str:
    """What can be copied into a pipeline: stage → output → contract."""
    lines: list[str] = []
    for stage, outputs in contracts.items():
        lines += [f"{_text(stage)}:", "  outputs:"]
        for output, contract in outputs.items():
            lines.append(f"    {_text(output)}:")
            lines.append(f"      contract: {wrapped(yaml_line(dict(contract)), 8)}")
    return "".join(f"{line}\n" for line in lines)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and core_scalar(text) == text and text.casefold() not in _WORDS:
        return text
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


_WORDS = {"yes", "no", "on", "off", "y", "n"}  # text for goldfish, but not for every reader of YAML
