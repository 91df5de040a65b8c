"""From a method to the definition of a tool: closed inputs, typed answers, and schemas without needless words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations

Schema = dict[str, Any]
_ANYTHING: Schema = {"$ref": "#/$defs/JsonValue"}
_UNSAID: dict[str, tuple[Any, ...]] = {"additionalProperties": (_ANYTHING,), "minLength": (1,), "minimum": (0, 1)}
_ONE_OR_MANY: list[Schema] = [{"type": "string"}, {"items": {"type": "string"}, "type": "array"}]


def reads(function: Callable[..., object]) -> Tool:
    """A tool that changes nothing."""
    return _tool(function, ToolAnnotations(read_only_hint=True, open_world_hint=False))


def writes(function: Callable[..., object], *, destructive: bool = False, idempotent: bool = False) -> Tool:
    """A tool that records. `destructive`: it ends something. `idempotent`: a second identical call adds nothing."""
    annotations = ToolAnnotations(
        read_only_hint=False, destructive_hint=destructive, idempotent_hint=idempotent, open_world_hint=False
    )
    return _tool(function, annotations)


def _tool(function: Callable[..., object], annotations: ToolAnnotations) -> Tool:
    description = " ".join((function.__doc__ or "").split())
    tool = Tool.from_function(function, description=description, annotations=annotations)
    metadata = tool.fn_metadata
    closed = type(metadata.arg_model.__name__, (metadata.arg_model,), {"__module__": __name__}, extra="forbid")
    metadata.arg_model = cast("type[Any]", closed)
    tool.parameters = _plain(metadata.arg_model.model_json_schema(by_alias=True))
    metadata.output_schema = _sparse(_untitled(metadata.output_schema or {}))
    metadata.output_model = None  # answers are made from that model; what is cut and left out fits the schema only
    return tool


def _sparse(schema: Schema) -> Schema:
    """An output schema by which a key may be missing where null was allowed."""
    for part in (schema, *schema.get("$defs", {}).values()):
        nullable = {name for name, given in part.get("properties", {}).items() if _may_be_null(given)}
        if "required" in part:
            part["required"] = [name for name in part["required"] if name not in nullable]
    return schema


def _may_be_null(given: Schema) -> bool:
    return given == _ANYTHING or {"type": "null"} in given.get("anyOf", [])


def _plain(schema: Schema) -> Schema:
    """An input schema that says only what callers need: every word of it is put before a model again and again.

    An argument that may be left out has the type that it has when it is given. That a list of one may be given as text,
    that texts are not empty and nothing is counted below zero, is known without saying.
    """
    plain = _untitled(schema)
    plain["properties"] = {name: _brief(_without_null(given)) for name, given in plain.get("properties", {}).items()}
    if plain.get("$defs") == {"JsonValue": {}}:
        del plain["$defs"]
    return plain


def _brief(given: Schema) -> Schema:
    if given.get("anyOf") == _ONE_OR_MANY:
        rest = {key: value for key, value in given.items() if key not in ("anyOf", "maxLength")}
        return {**_ONE_OR_MANY[1], "maxItems": given["maxLength"], **rest}
    return {key: value for key, value in given.items() if value not in _UNSAID.get(key, ())}


def _without_null(given: Schema) -> Schema:
    choices = [choice for choice in given.get("anyOf", []) if choice != {"type": "null"}]
    rest = {key: value for key, value in given.items() if key != "anyOf" and (key, value) != ("default", None)}
    if not choices:
        return rest
    return {**choices[0], **rest} if len(choices) == 1 else {"anyOf": choices, **rest}


def _untitled(schema: Schema) -> Schema:
    """The schema without the titles that pydantic makes of names."""
    return {
        key: {name: _untitled(inner) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else _deeper(value)
        for key, value in schema.items()
        if key != "title"
    }


def _deeper(value: Any) -> Any:
    if isinstance(value, dict):
        return _untitled(value)
    return [_deeper(item) for item in value] if isinstance(value, list) else value
