"""mcp.md: every tool with its inputs and its answer, as a client sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
from mcp_types import Tool, ToolAnnotations

from _pages.markdown import anchor, code, document, inert, table
from goldfish.adapters.mcp.instructions import INSTRUCTIONS
from goldfish.adapters.mcp.server import build

Schema = dict[str, Any]

INTRODUCTION = """
`goldfish serve` speaks the Model Context Protocol on standard input and output;
[how to connect an agent](../how-to/connect-an-agent.md) shows the configuration. Inputs are closed: an argument that a
tool does not know is refused. Every answer comes as text and as structured content. A refusal is a result with
`isError` whose content is an [error](errors.md).
"""


def page() -> str:
    """The page."""
    tools = anyio.run(build(Path.cwd()).list_tools)
    shapes: dict[str, Schema] = {}
    parts = [part for tool in tools for part in _tool(tool, shapes)]
    listed = [(f"[{tool.name}](#{anchor(tool.name)})", _does(tool.annotations)) for tool in tools]
    return document(
        "MCP tools",
        INTRODUCTION,
        table(["tool", "what it does to the project"], listed),
        f"## What every agent is told\n\n```text\n{INSTRUCTIONS.strip()}\n```",
        "## Tools",
        *parts,
        "## Shapes",
        "Objects inside the answers.",
        *(_shape(name, shapes[name]) for name in sorted(shapes)),
    )


def _tool(tool: Tool, shapes: dict[str, Schema]) -> list[str]:
    answer = tool.output_schema or {}
    for name, shape in answer.get("$defs", {}).items():
        if name != "JsonValue" and shapes.setdefault(name, shape) != shape:
            raise ValueError(f"two tools mean different things by {name}")
    about = answer.get("description", "")
    return [
        f"### {tool.name}",
        inert(tool.description or ""),
        _inputs(tool.input_schema),
        f"Answer: {' '.join(about.split())}" if about else "Answer:",
        _fields(answer),
    ]


def _does(annotations: ToolAnnotations | None) -> str:
    if annotations is None or annotations.read_only_hint:
        return "reads"
    more = ["ends something"] if annotations.destructive_hint else []
    more += ["the same call again adds nothing"] if annotations.idempotent_hint else []
    return "; ".join(["records", *more])


def _inputs(schema: Schema) -> str:
    required = schema.get("required", [])
    rows = [
        (code(name), _kind(given), _given(name in required, given), given.get("description", ""))
        for name, given in schema.get("properties", {}).items()
    ]
    return table(["input", "type", "when left out", "what it means"], rows) or "No inputs."


def _given(is_required: bool, given: Schema) -> str:
    if is_required:
        return "required"
    return code(str(given["default"])) if given.get("default") not in (None, "", [], {}) else ""


def _shape(name: str, schema: Schema) -> str:
    about = " ".join(schema.get("description", "").split())
    return f"### {name}\n\n{about}\n\n{_fields(schema)}" if about else f"### {name}\n\n{_fields(schema)}"


def _fields(schema: Schema) -> str:
    if "properties" not in schema:
        return _kind({key: value for key, value in schema.items() if key != "$defs"})
    return table(["field", "type"], [(code(name), _kind(inner)) for name, inner in schema["properties"].items()])


def _kind(schema: Schema) -> str:
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return "any JSON" if name == "JsonValue" else f"[{name}](#{anchor(name)})"
        case {"enum": list(values)}:
            return ", ".join(code(str(value)) for value in values)
        case {"const": value}:
            return code(str(value))
        case {"anyOf": list(choices)} | {"oneOf": list(choices)}:
            return " or ".join(_kind(choice) for choice in choices)
        case {"type": "array", "prefixItems": list(items)}:
            return f"list: {', '.join(_kind(item) for item in items)}"
        case {"type": "array"}:
            return f"list of {_kind(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"object, text to {_kind(inner)}"
        case {"type": str(kind)}:
            return {"string": "text", "boolean": "true or false"}.get(kind, kind) + _bounds(schema)
        case _:
            return "any JSON"


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", {low} or more" if low is not None else ""
