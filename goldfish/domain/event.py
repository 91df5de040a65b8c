"""What an event is: a named, versioned, frozen fact."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

JsonObject = dict[str, Any]
T = TypeVar("T")


def later(default: T) -> T:
    """A field that a released value did not have. It is written only when it says something.

    So the bytes of what could be said before stay as they were, and old records need no new version.
    """
    return Field(default=default, exclude_if=lambda value: value == default)


class Value(BaseModel):
    """A frozen value inside events and answers: no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Event(Value):
    """A fact that a researcher would say, in the past tense.

    `NAME` is what is stored, and outlives the Python class. `VERSION` counts its schemas: a class at version n has
    the upcasters `upcast_v1_v2` … beside it, static functions from dict to dict, which are never deleted.
    """

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1
