"""Settings of the project: how strict goldfish is with those who work in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, JsonValue, ValidationError

from goldfish.domain.event import Value
from goldfish.domain.names import nearest
from goldfish.domain.problems import brief
from goldfish.domain.scalars import core_scalar
from goldfish.errors import BadProjectSetting

Gate = Literal["say", "refuse"]


class ProjectSettings(Value):
    """What may be set of a project."""

    gate: Gate = Field(
        default="say",
        description="What happens to new runs while others of the workspace await a verdict: say so, or refuse them.",
    )
    minimum_reason: int = Field(default=15, ge=1, le=1000, description="Characters that a reason needs.")
    trend_runs: int = Field(default=10, ge=3, le=1000, description="How many results a trend looks back at.")


def changed(settings: ProjectSettings, given: Mapping[str, JsonValue]) -> ProjectSettings:
    """The settings after a change of some. Raises `BadProjectSetting` with everything that is wrong."""
    known = ProjectSettings.model_fields
    problems = [f"there is no setting {key[:80]!r}" for key in given if key not in known]
    if problems:
        near = [name for key in given if key not in known for name in nearest(key[:80], known, limit=1)]
        raise BadProjectSetting(why=problems, near=list(dict.fromkeys(near)))
    try:
        return ProjectSettings.model_validate({**settings.model_dump(), **given}, strict=True)
    except ValidationError as error:
        why = [f"{brief(e['input'])} cannot be {e['loc'][0]}: {_rule(str(e['loc'][0]))}" for e in error.errors()]
        raise BadProjectSetting(why=why) from error


def read_setting(given: str) -> tuple[str, JsonValue]:
    """`gate=refuse` as a name and a value. Raises `BadProjectSetting`."""
    name, sign, value = given.partition("=")
    if not sign:
        raise BadProjectSetting(why=f"{brief(given)} sets nothing; write KEY=VALUE")
    try:
        return name.strip(), core_scalar(value.strip())
    except ValueError as error:
        raise BadProjectSetting(why=str(error)) from error


def _rule(name: str) -> str:
    rules = {"gate": "it is say or refuse"}
    field = ProjectSettings.model_fields[name]
    bounds = {type(bound).__name__: bound for bound in field.metadata}
    low, high = getattr(bounds.get("Ge"), "ge", None), getattr(bounds.get("Le"), "le", None)
    return rules.get(name) or f"it is a whole number from {low} to {high}"
