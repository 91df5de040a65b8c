"""Every use case as one method: the only thing that the command line, MCP and the web may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.ledger.envelope import Actor

if TYPE_CHECKING:
    from goldfish.api.goldfish import Goldfish

__all__ = ["Actor", "Goldfish"]


def __getattr__(name: str) -> object:
    """`Goldfish`, imported when it is first used: whoever only asks questions needs no commands."""
    if name == "Goldfish":
        from goldfish.api.goldfish import Goldfish

        return Goldfish
    raise AttributeError(name)
