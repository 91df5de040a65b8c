"""Reads the bytes of a document: checks that they are bounded text, then lets libyaml find the structure."""

from __future__ import annotations

import re

import yaml
from pydantic import JsonValue

from goldfish.adapters.yaml_documents.building import Builder
from goldfish.errors import BadDocument

LIMIT = 1 << 20  # bytes

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML has it
_NOT_TEXT = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(data: bytes, file: str) -> dict[str, JsonValue]:
    """As `read_yaml`."""
    text = _decoded(data, file)
    try:
        return Builder(file, yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        why = " ".join(part for part in (error.context, error.problem) if part)
        raise BadDocument(file=file, line=line, why=why or "it is not YAML") from error


def _decoded(data: bytes, file: str) -> str:
    if len(data) > LIMIT:
        raise BadDocument(file=file, line=1, why=f"the file holds {len(data)} bytes, more than {LIMIT}")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadDocument(file=file, line=data.count(b"\n", 0, error.start) + 1, why="it is not UTF-8 text") from error
    if odd := _NOT_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise BadDocument(file=file, line=line, why=f"the character U+{ord(odd[0]):04X} is not text")
    return text
