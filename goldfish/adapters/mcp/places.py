"""What agents may name on this machine: paths inside the project, and nothing of goldfish's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from goldfish.domain.names import plain_text
from goldfish.errors import OutOfReach
from goldfish.layout import Layout

_REFERENCE: Final = re.compile(r"run-[1-9][0-9]*/[^/]+|[^/\s]+@r[1-9][0-9]*")
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH: Final = re.compile(r"\.{0,2}/|~")  # how a value of `inputs` looks that is a path
_LOCAL: Final = ("", "localhost")


def inside(layout: Layout, given: str) -> Path:
    """A path in the project, relative to it or absolute, with links followed. Raises `OutOfReach`."""
    text = plain_text(given, "path", 4_000)
    root = layout.root.resolve()
    try:
        real = (root / text).resolve()
    except (OSError, RuntimeError) as error:  # links that lead in a circle
        raise OutOfReach(path=text, why="it leads nowhere") from error
    if not real.is_relative_to(root):
        raise OutOfReach(path=text, why="it lies outside the project")
    if real.is_relative_to(layout.home.resolve()):
        raise OutOfReach(path=text, why="it is goldfish's own")
    return layout.root / real.relative_to(root)


def exports(layout: Layout, given: str) -> Path:
    """A directory in the project into which copies may be put; none that is hidden, as those of tools are."""
    path = inside(layout, given)
    if any(part.startswith(".") for part in path.relative_to(layout.root).parts):
        raise OutOfReach(path=given, why="hidden directories belong to tools")
    return path


def is_reference(layout: Layout, given: str) -> bool:
    """Whether this names bytes that are recorded already. A file of this name in the project comes first."""
    return bool(_REFERENCE.fullmatch(given)) and not (layout.root / given).exists()


def data(layout: Layout, given: str) -> str | Path:
    """An address as it is; the address of a file, and any other text, as a path in the project."""
    if not _ADDRESS.match(given):
        return inside(layout, given)
    if given.lower().startswith("file://") and (parts := urlsplit(given)).netloc in _LOCAL:
        return inside(layout, unquote(parts.path))
    return given


def inputs(layout: Layout, given: Mapping[str, str]) -> dict[str, str]:
    """The values of `inputs`, of which paths are paths in the project."""
    return {name: str(inside(layout, value)) if _PATH.match(value) else value for name, value in given.items()}
