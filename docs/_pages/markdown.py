"""What all pages are made of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by docs/generate.py from the code: edits are lost. `make docs` writes it again. -->"


def document(title: str, introduction: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([NOTICE, f"# {title}", introduction.strip(), *(part.strip() for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty without rows."""
    lines = ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])


def cell(text: str) -> str:
    """Text that cannot end its cell: one line, bars escaped, nothing that could be HTML."""
    return inert(" ".join(text.split())).replace("|", "\\|")


def inert(text: str) -> str:
    """Text whose angle brackets stay what they are, also outside of code."""
    return "`".join(part if n % 2 else part.replace("<", "&lt;") for n, part in enumerate(text.split("`")))


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


def prose(documented: object) -> str:
    """The docstring of something, paragraphs kept, lines joined, double backticks never."""
    text = inspect.getdoc(documented) or ""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def anchor(heading: str) -> str:
    """What GitHub calls the link to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
