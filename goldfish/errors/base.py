"""What every error is: a name, a message, and what to do next."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["GoldfishError", "Refusal"]


class GoldfishError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *, near: tuple[str, ...] | list[str] = (), **facts: Any) -> None:
        self.facts = facts
        self.near = tuple(near)
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """The class name: what programs match on."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        return _fill((type(self).__doc__ or self.name).strip().split("\n", 1)[0], self.facts)

    @property
    def next_step(self) -> str:
        """What to do about it."""
        _, _, rest = (type(self).__doc__ or "").strip().partition("\n")
        step = _fill(" ".join(rest.split()), self.facts)
        return f"Did you mean {' or '.join(self.near)}? {step}".strip() if self.near else step

    def as_dict(self) -> dict[str, Any]:
        """The structured form for JSON and MCP answers."""
        return {"error": self.name, "message": self.message, "next": self.next_step, "candidates": list(self.near)}


def _fill(text: str, facts: dict[str, Any]) -> str:
    return text.format_map({key: _shown(value) for key, value in facts.items()})


def _shown(value: object) -> str | int | float:
    if isinstance(value, list | tuple):  # several problems in one answer: each bounded by itself, the first 20
        more = [f"and {len(value) - 20} more"] if len(value) > 20 else []
        return "; ".join([_inert(str(item)) for item in value[:20]] + more)
    return value if isinstance(value, int | float) else _inert(str(value))


def _inert(text: str) -> str:
    """Text from outside, made safe to print: no control or direction characters, bounded."""
    clean = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return clean if len(clean) <= 500 else clean[:480] + f"… ({len(clean)} characters)"


class Refusal(GoldfishError):
    """The request breaks a rule; nothing was changed."""

    exit_code = 2
