"""YAML documents: the part of YAML 1.2 that says exactly what JSON says, and nothing that can surprise or explode."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue


def read_yaml(data: bytes, file: str) -> dict[str, JsonValue]:
    """The mapping in a YAML document; {} for an empty one. Unquoted values follow the core schema of YAML 1.2.

    Refused with `BadDocument`, naming `file` and the line: more than 1 MiB or 32 levels, several documents, anything
    but UTF-8 text, a root that is no mapping, anchors and aliases, tags, merge keys, keys that are no text, a key
    written twice, NaN and infinity, integers beyond 64 bits.
    """
    from goldfish.adapters.yaml_documents.reading import read  # PyYAML takes 20 ms to import

    return read(data, file)


def add_contracts(data: bytes, contracts: Mapping[tuple[str, str], Mapping[str, JsonValue]]) -> bytes:
    """The text of a pipeline with contracts for outputs, by stage and output, that have none; nothing else differs."""
    from goldfish.adapters.yaml_documents.contract_edits import add

    return add(data, contracts)


__all__ = ["add_contracts", "read_yaml"]
