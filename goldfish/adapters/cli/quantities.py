"""Option values that are times and sizes, as people write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


class Quantity(click.ParamType[float, Any]):
    """Text like 90s or 2GiB, as a number of seconds or bytes."""

    def __init__(self, name: str, reader: str) -> None:
        self.name = name
        self._reader = reader

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; or the refusal of click, with the reason."""
        from goldfish.domain import units

        read: Callable[[object], float] = getattr(units, self._reader)
        try:
            return read(int(value) if isinstance(value, str) and value.isdecimal() else value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


SIZE = Quantity("size", "size")
TIME = Quantity("time", "seconds")
