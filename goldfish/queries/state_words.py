"""Times, numbers and names as STATE.md says them."""

from __future__ import annotations

from datetime import datetime

from goldfish.queries.markdown import inert


def time(moment: datetime) -> str:
    """To the minute."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def day(moment: datetime) -> str:
    """Only the day."""
    return moment.strftime("%Y-%m-%d")


def number(value: float | None) -> str:
    """Six significant digits."""
    return "not finite" if value is None else f"{value:.6g}"


def named(name: str, tags: list[str]) -> str:
    """`baseline@v2 [best, shipped]`."""
    return f"{name} [{', '.join(inert(tag, 70) for tag in tags[:3])}]" if tags else name


def warned(findings: list[str]) -> str:
    """` (spoiled by finding-1)`, where something was found out."""
    return f" (spoiled by {', '.join(findings[:3])})" if findings else ""
